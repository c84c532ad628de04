//! Archives in an object store that speaks S3: put once, fetched again and compared, never replaced.
//!
//! Buckets are part of the path (`https://host/bucket/name`). An archive goes up in one request, so it may have 5 GiB.

use std::fs::{self, File};
use std::future::Future;
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use hmac_sha256::Hash;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, HOST, IF_NONE_MATCH, USER_AGENT};
use http::{Method, Request, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use secspan_jsonl::archive::ArchiveStore;
use tokio::runtime::Handle;

use crate::clock;
use crate::config::{Complaint, Endpoint, Scheme, Section};
use crate::tls::{ClientTls, TlsClient};
use secspan_transport::error_chain;

mod exchange;
mod signature;

use exchange::{Answer, Outgoing, exchange};
use signature::{Credentials, Signed, hex};

/// The largest archive, in bytes: what S3 takes in one request.
const OBJECT_MAX_BYTES: u64 = 5 << 30;

/// Time for one request unless configured.
const TIMEOUT: Duration = Duration::from_mins(10);

/// How much of a refusal is shown, in characters.
const SHOWN_MAX: usize = 300;

/// How much of a file is hashed at a time, in bytes.
const STEP_BYTES: usize = 64 << 10;

/// What stays as it is in a path.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'/');

/// The parsed section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectStoreConfig {
    endpoint: Endpoint,
    bucket: String,
    prefix: String,
    credentials: Credentials,
    tls: ClientTls,
    timeout: Duration,
}

impl ObjectStoreConfig {
    /// Reads the section.
    pub fn read(section: &mut Section<'_>) -> Self {
        let endpoint = section.endpoint("endpoint").check(|endpoint| {
            let complaint = Complaint::new("has no scheme")
                .allowed("a URL, such as https://s3.eu-central-1.amazonaws.com");
            endpoint.scheme.map(drop).ok_or(complaint)
        });
        let bucket = section.string("bucket").check(|bucket| {
            let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            if bucket.is_empty() || !bucket.chars().all(legal) {
                return Err(
                    Complaint::new("is no bucket").allowed("letters, digits, `-`, `_` and `.`")
                );
            }
            Ok(())
        });
        let prefix = section.string("prefix").check(|prefix| {
            if prefix.starts_with('/') || prefix.split('/').any(|part| part == "..") {
                return Err(Complaint::new("is no prefix").allowed("a path such as secspan/team-a"));
            }
            Ok(())
        });
        Self {
            endpoint: endpoint.required(),
            bucket: bucket.required(),
            prefix: prefix.or(String::new()),
            credentials: Credentials {
                access_key_id: section.string("access_key_id").required(),
                secret_access_key: section.secret("secret_access_key").required(),
                session_token: section.secret("session_token").optional(),
                region: section.string("region").or("us-east-1".to_owned()),
            },
            tls: section.section("tls", crate::tls::read_client),
            timeout: section
                .duration("timeout")
                .within(Duration::from_secs(1)..=Duration::from_hours(24))
                .or(TIMEOUT),
        }
    }

    /// The store. Nothing is sent yet. Archives are fetched into the folder `staging`; `stop` ends an upload.
    ///
    /// # Errors
    /// When a certificate or key cannot be used.
    pub fn store(self, staging: &Path, stop: Arc<AtomicBool>) -> Result<ObjectStore, String> {
        let secured = self.endpoint.scheme == Some(Scheme::Https);
        let tls = secured
            .then(|| TlsClient::new(&self.tls, &self.endpoint.host, &[b"http/1.1"]))
            .transpose()
            .map_err(|error| error_chain(&error))?;
        Ok(ObjectStore {
            port: self.endpoint.port.unwrap_or(if secured { 443 } else { 80 }),
            tls,
            config: self,
            staging: staging.to_owned(),
            stop,
            runtime: Handle::current(),
        })
    }
}

/// A bucket, or what is below a prefix in it.
#[derive(Debug)]
pub struct ObjectStore {
    config: ObjectStoreConfig,
    port: u16,
    tls: Option<TlsClient>,
    staging: PathBuf,
    stop: Arc<AtomicBool>,
    runtime: Handle,
}

impl ArchiveStore for ObjectStore {
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
        let found = self.fetch(name, &mut file)?;
        io::Seek::rewind(&mut file)?;
        Ok(found.then_some(file))
    }

    fn keep(&self, name: &str, ready: &Path) -> io::Result<()> {
        let mut file = File::open(ready)?;
        let len = file.metadata()?.len();
        if len > OBJECT_MAX_BYTES {
            let message = format!("{len} bytes are more than an object store takes at once, 5 GiB");
            return Err(io::Error::new(ErrorKind::FileTooLarge, message));
        }
        let mut sent = Digest::default();
        sent.read(&mut file)?;
        let hash = hex(&sent.hash.finalize());
        io::Seek::rewind(&mut file)?;
        let body = Outgoing::file(file, len, Arc::clone(&self.stop));
        let request = self.request(&Method::PUT, name, &hash, body)?;
        match self.run(request, &mut io::sink())? {
            Answer::Done => {}
            Answer::Refused(StatusCode::PRECONDITION_FAILED, _) => {
                return Err(ErrorKind::AlreadyExists.into());
            }
            Answer::Refused(status, said) => return Err(refusal(status, &said)),
        }
        let mut got = Digest::default();
        let there = self.fetch(name, &mut got)?;
        if !there || got.len != len || hex(&got.hash.finalize()) != hash {
            let message = "it does not give back what it was given";
            return Err(io::Error::new(ErrorKind::InvalidData, message));
        }
        Ok(())
    }

    fn location_of(&self, name: &str) -> PathBuf {
        let ObjectStoreConfig { endpoint, .. } = &self.config;
        PathBuf::from(format!("{endpoint}/{}", self.key(name)))
    }
}

impl ObjectStore {
    /// Bucket, prefix and name.
    fn key(&self, name: &str) -> String {
        let prefix = self.config.prefix.trim_end_matches('/');
        let between = if prefix.is_empty() { "" } else { "/" };
        format!("{}/{prefix}{between}{name}", self.config.bucket)
    }

    /// Fetches an object; false when there is none.
    fn fetch(&self, name: &str, sink: &mut impl Write) -> io::Result<bool> {
        let nothing = hex(&Hash::hash(b""));
        let request = self.request(&Method::GET, name, &nothing, Outgoing::nothing())?;
        match self.run(request, sink)? {
            Answer::Done => Ok(true),
            Answer::Refused(StatusCode::NOT_FOUND, said) if !said.contains("NoSuchBucket") => {
                Ok(false)
            }
            Answer::Refused(status, said) => Err(refusal(status, &said)),
        }
    }

    fn run(&self, request: Request<Outgoing>, sink: &mut impl Write) -> io::Result<Answer> {
        let address = (self.config.endpoint.host.as_str(), self.port);
        let exchanged = exchange(address, self.tls.as_ref(), request, sink);
        self.runtime
            .block_on(within(self.config.timeout, exchanged))
    }

    /// A signed request.
    fn request(
        &self,
        method: &Method,
        name: &str,
        hash: &str,
        body: Outgoing,
    ) -> io::Result<Request<Outgoing>> {
        let ObjectStoreConfig {
            endpoint,
            credentials,
            ..
        } = &self.config;
        let key = self.key(name);
        let base = endpoint.path.trim_end_matches('/');
        let path = format!("{base}/{}", utf8_percent_encode(&key, PLAIN));
        let host = match endpoint.port {
            Some(port) => endpoint.authority(port),
            None => endpoint.host.clone(),
        };
        let time = time_now();
        let mut headers = vec![
            (HOST.as_str(), host.as_str()),
            ("x-amz-content-sha256", hash),
            ("x-amz-date", &time),
        ];
        if let Some(token) = &credentials.session_token {
            headers.push(("x-amz-security-token", token.reveal()));
        }
        let authorization = credentials.authorization(&Signed {
            method: method.as_str(),
            path: &path,
            headers: &headers,
            body: hash,
            time: &time,
        });
        let mut request = Request::builder().method(method).uri(&path);
        for (name, value) in headers {
            request = request.header(name, value);
        }
        request = request.header(AUTHORIZATION, authorization).header(
            USER_AGENT,
            concat!("secspan-collector/", env!("CARGO_PKG_VERSION")),
        );
        if method == Method::PUT {
            let len = http_body::Body::size_hint(&body).exact().unwrap_or(0);
            request = request
                .header(CONTENT_LENGTH, len)
                .header(IF_NONE_MATCH, "*");
        }
        request.body(body).map_err(io::Error::other)
    }
}

async fn within<T>(limit: Duration, future: impl Future<Output = io::Result<T>>) -> io::Result<T> {
    let timed = tokio::time::timeout(limit, future).await;
    timed.unwrap_or_else(|_elapsed| {
        let message = format!("no answer within {} s", limit.as_secs());
        Err(io::Error::new(ErrorKind::TimedOut, message))
    })
}

/// Now, as requests say it: `20130524T000000Z`.
fn time_now() -> String {
    let nanos = i128::from(clock::now().0);
    let now = jiff::Timestamp::from_nanosecond(nanos).unwrap_or_default();
    now.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// What the store said, as an error.
fn refusal(status: StatusCode, said: &str) -> io::Error {
    let kind = match status {
        StatusCode::FORBIDDEN | StatusCode::UNAUTHORIZED => ErrorKind::PermissionDenied,
        StatusCode::NOT_FOUND => ErrorKind::NotFound,
        _ => ErrorKind::Other,
    };
    let part = |tag: &str| {
        let (_, rest) = said.split_once(&format!("<{tag}>"))?;
        let (text, _) = rest.split_once('<')?;
        Some(text.chars().take(SHOWN_MAX).collect::<String>())
    };
    let mut message = format!("the object store answers {status}");
    for text in [part("Code"), part("Message")].into_iter().flatten() {
        message.push_str(": ");
        message.push_str(&text);
    }
    if status == StatusCode::FORBIDDEN {
        message
            .push_str(" (the key needs the rights to list the bucket, to put and to get objects)");
    }
    io::Error::new(kind, message)
}

/// Length and SHA-256 of what is written to it.
#[derive(Clone)]
struct Digest {
    hash: Hash,
    len: u64,
}

impl Default for Digest {
    fn default() -> Self {
        Self {
            hash: Hash::new(),
            len: 0,
        }
    }
}

impl Digest {
    fn read(&mut self, from: &mut File) -> io::Result<()> {
        let mut buffer = vec![0; STEP_BYTES];
        loop {
            let count = from.read(&mut buffer)?;
            if count == 0 {
                return Ok(());
            }
            self.write_all(buffer.get(..count).unwrap_or_default())?;
        }
    }
}

impl Write for Digest {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.hash.update(bytes);
        self.len += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
