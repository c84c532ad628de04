//! Archives in an object store: put once, fetched again and compared, never replaced. S3, Google Cloud Storage and Azure
//! Blob Storage through `object_store`.
//!
//! ```text
//!  up to PART_BYTES   put, only if the name is free
//!  larger             parts ─> <name>.partial ─> copy, only if the name is free ─> delete <name>.partial
//!  then               get, compare with the file
//! ```

use std::fs::{self, File};
use std::future::Future;
use std::io::{self, ErrorKind, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::StreamExt as _;
use object_store::path::Path as Key;
use object_store::{GetResult, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};
use secspan_jsonl::archive::ArchiveStore;
use secspan_transport::error_chain;
use tokio::runtime::Handle;

mod config;
mod http;

pub use config::ObjectStoreConfig;

/// The largest archive, in bytes: what S3 copies in one request.
const ARCHIVE_MAX_BYTES: u64 = 5 << 30;

/// How much is sent in one request, in bytes. Beyond it an archive goes up in parts; S3 takes at most 10 000 of them.
const PART_BYTES: usize = 8 << 20;

/// How long a stop waits at most until it is noticed.
const STOP_LOOK: Duration = Duration::from_millis(100);

/// A bucket, or what is below a prefix in it.
#[derive(Debug)]
pub struct ObjectArchives {
    store: Arc<dyn ObjectStore>,
    /// Where the bucket is, for people.
    url: String,
    prefix: Key,
    /// Time for one request with its repetitions.
    timeout: Duration,
    /// The folder that archives are fetched into.
    staging: PathBuf,
    stop: Arc<AtomicBool>,
    runtime: Handle,
}

impl ArchiveStore for ObjectArchives {
    fn open(&self, name: &str) -> io::Result<Option<File>> {
        let path = self.staging.join(format!("{name}.partial"));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)?;
        // It lives for as long as it is open.
        fs::remove_file(&path)?;
        let found = self.run(self.fetch(name, |piece| file.write_all(piece)))?;
        file.rewind()?;
        Ok(found.then_some(file))
    }

    fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
        self.run(async {
            self.put(name, File::open(ready)?).await?;
            self.compare(name, File::open(ready)?).await
        })
    }

    fn location_of(&self, name: &str) -> PathBuf {
        PathBuf::from(format!("{}/{}", self.url, self.key(name)))
    }
}

impl ObjectArchives {
    fn key(&self, name: &str) -> Key {
        self.prefix.clone().join(name)
    }

    /// Runs it to its end, or until the collector stops.
    fn run<T>(&self, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let stopped = async {
            while !self.stop.load(Ordering::Relaxed) {
                tokio::time::sleep(STOP_LOOK).await;
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done,
                () = stopped => Err(io::Error::other("asked to stop")),
            }
        })
    }

    /// Fetches an object piece by piece; false when there is none.
    async fn fetch(
        &self,
        name: &str,
        mut take: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<bool> {
        self.within(async {
            let object = match self.store.get(&self.key(name)).await {
                Ok(object) => object,
                Err(object_store::Error::NotFound { .. }) => return Ok(false),
                Err(error) => return Err(refusal(&error)),
            };
            let mut pieces = GetResult::into_stream(object);
            while let Some(piece) = pieces.next().await {
                take(&piece.map_err(|error| refusal(&error))?)?;
            }
            Ok(true)
        })
        .await
    }

    async fn put(&self, name: &str, file: File) -> io::Result<()> {
        let len = file.metadata()?.len();
        if len > ARCHIVE_MAX_BYTES {
            let message =
                format!("{len} bytes are more than an object store copies at once, 5 GiB");
            return Err(io::Error::new(ErrorKind::FileTooLarge, message));
        }
        if len > PART_BYTES as u64 {
            return self.put_in_parts(name, file).await;
        }
        let bytes = part(&file)?;
        let create = PutOptions::from(PutMode::Create);
        let key = self.key(name);
        let put = self.store.put_opts(&key, bytes.into(), create);
        self.within(async { put.await.map(drop).map_err(|error| refusal(&error)) })
            .await
    }

    /// Uploads in parts cannot be told to create only, copies can.
    async fn put_in_parts(&self, name: &str, file: File) -> io::Result<()> {
        let whole = self.key(name);
        let staged = self.key(&format!("{name}.partial"));
        let begun = self.store.put_multipart(&staged);
        let mut upload = self
            .within(async { begun.await.map_err(|error| refusal(&error)) })
            .await?;
        let sent = async {
            loop {
                let bytes = part(&file)?;
                if bytes.is_empty() {
                    break;
                }
                let sent = upload.put_part(bytes.into());
                self.within(async { sent.await.map_err(|error| refusal(&error)) })
                    .await?;
            }
            self.within(async { upload.complete().await.map_err(|error| refusal(&error)) })
                .await
        };
        if let Err(error) = sent.await {
            // A store removes what is left of an upload after some days, too.
            drop(upload.abort().await);
            return Err(error);
        }
        let copied = self.store.copy_if_not_exists(&staged, &whole);
        let copied = self
            .within(async { copied.await.map_err(|error| refusal(&error)) })
            .await;
        // It is in nobody's way: no reader takes the name for an archive.
        drop(self.store.delete(&staged).await);
        copied
    }

    /// Checks that the store gives back what is in the file.
    async fn compare(&self, name: &str, mut file: File) -> io::Result<()> {
        let different = || {
            let message = "it does not give back what it was given";
            io::Error::new(ErrorKind::InvalidData, message)
        };
        let mut kept = Vec::new();
        let compared = self.fetch(name, |piece| {
            kept.resize(piece.len(), 0);
            match file.read_exact(&mut kept) {
                Ok(()) if kept == piece => Ok(()),
                Err(error) if error.kind() != ErrorKind::UnexpectedEof => Err(error),
                _ => Err(different()),
            }
        });
        let found = compared.await?;
        let rest = file.read(&mut [0])?;
        (found && rest == 0).then_some(()).ok_or_else(different)
    }

    async fn within<T>(&self, work: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let timed = tokio::time::timeout(self.timeout, work).await;
        timed.unwrap_or_else(|_elapsed| {
            let message = format!("no answer within {} s", self.timeout.as_secs());
            Err(io::Error::new(ErrorKind::TimedOut, message))
        })
    }
}

/// The next part of a file; empty at its end.
fn part(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.take(PART_BYTES as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// What the store said, as an error.
fn refusal(error: &object_store::Error) -> io::Error {
    use object_store::Error as E;
    let kind = match error {
        E::NotFound { .. } => ErrorKind::NotFound,
        E::AlreadyExists { .. } | E::Precondition { .. } => return ErrorKind::AlreadyExists.into(),
        E::PermissionDenied { .. } | E::Unauthenticated { .. } => ErrorKind::PermissionDenied,
        _ => ErrorKind::Other,
    };
    let mut message = error_chain(error);
    if kind == ErrorKind::PermissionDenied {
        message
            .push_str(" (the key needs the rights to list the bucket, to put and to get objects)");
    }
    io::Error::new(kind, message)
}

#[cfg(test)]
mod tests;
