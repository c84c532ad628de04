//! `retention`: old files go into archives, in a folder or an object store, at the start and then once a day.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use secspan_jsonl::archive::{Archiver, Compression, Folder, Outcome, Settings};
use secspan_jsonl::retention::{KEEP, KEEP_MIN};
use secspan_metrics::store::{Instrument, Store};
use secspan_semconv::metric;
use tokio::task::JoinHandle;

#[cfg(feature = "object-store")]
use crate::archive_store::ObjectStoreConfig;
use crate::clock;
use crate::component::StartError;
use crate::config::Section;
use crate::context::Context;

/// From one look for old files to the next.
const PAUSE: Duration = Duration::from_hours(24);

/// The same after something went wrong.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_hours(1);

/// The longest time that files may be kept before they are archived; as long as a duration can be.
const KEEP_MAX: Duration = Duration::from_hours(100 * 365 * 24);

/// The folder of archives below that of the exporter, unless configured.
const ARCHIVE_DIRECTORY: &str = "archive";

/// The folder with the daily files below that of the exporter.
const RECORDS_DIRECTORY: &str = "metrics";

/// What the section says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Retention {
    pub(super) settings: Settings,
    /// Where archives go instead of the folder in which they are made.
    #[cfg(feature = "object-store")]
    pub(super) object_store: Option<ObjectStoreConfig>,
}

/// Reads the section; `None` when files are kept for ever.
pub(super) fn read(
    section: &mut Section<'_>,
    directory: &Path,
    lock_wait: Duration,
) -> Option<Retention> {
    let enabled = section.bool("enabled").or(true);
    let keep = section
        .duration("after")
        .within(KEEP_MIN..=KEEP_MAX)
        .or(KEEP);
    let retention = section.section("archive", |archive| {
        let names = [("zstd", Compression::Zstd), ("gzip", Compression::Gzip)];
        let compression = archive
            .choice("compression", &names)
            .or(Compression::default());
        let level = archive
            .u64("level")
            .within(1..=u64::from(compression.level_max()))
            .or(u64::from(compression.level()));
        let settings = Settings {
            kinds: secspan_systems::kinds().to_vec(),
            records: directory.join(RECORDS_DIRECTORY),
            staging: archive
                .path_buf("directory")
                .or(directory.join(ARCHIVE_DIRECTORY)),
            keep,
            compression,
            level: u32::try_from(level).unwrap_or(compression.level()),
            lock_wait,
        };
        #[cfg(not(feature = "object-store"))]
        archive.unsupported(
            "object_store",
            "build the collector with the feature `object-store`",
        );
        Retention {
            settings,
            #[cfg(feature = "object-store")]
            object_store: archive.optional_section("object_store", ObjectStoreConfig::read),
        }
    });
    enabled.then_some(retention)
}

/// The task that archives; dropping it ends it, and a file in hand stays as it is.
#[derive(Debug)]
pub(super) struct Task {
    stop: Arc<AtomicBool>,
    task: JoinHandle<()>,
}

impl Drop for Task {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        self.task.abort();
    }
}

/// Begins to archive.
///
/// # Errors
/// When a certificate or key of the object store cannot be used.
pub(super) fn start(retention: Retention, id: &str, context: &Context) -> Result<Task, StartError> {
    let stop = Arc::new(AtomicBool::new(false));
    let teller = Teller {
        id: id.to_owned(),
        store: context.telemetry.derived.clone(),
    };
    teller.count(0, 0);
    let archiver = archiver(retention, &stop).map_err(|reason| StartError {
        component: id.to_owned(),
        reason,
    })?;
    let task = tokio::spawn(archive(archiver, teller, Arc::clone(&stop)));
    Ok(Task { stop, task })
}

#[cfg_attr(
    not(feature = "object-store"),
    expect(
        unused_variables,
        clippy::unnecessary_wraps,
        reason = "a folder always opens"
    )
)]
fn archiver(retention: Retention, stop: &Arc<AtomicBool>) -> Result<Archiver, String> {
    let settings = retention.settings;
    #[cfg(feature = "object-store")]
    if let Some(store) = retention.object_store {
        let archives = store.open(&settings.staging, Arc::clone(stop))?;
        return Ok(Archiver::new(settings, archives));
    }
    let folder = Folder::new(&settings.staging);
    Ok(Archiver::new(settings, folder))
}

async fn archive(mut archiver: Archiver, teller: Teller, stop: Arc<AtomicBool>) {
    let teller = Arc::new(teller);
    loop {
        let (stop, teller) = (Arc::clone(&stop), Arc::clone(&teller));
        // What was done is told even when nobody waits for it any more.
        let run = move || {
            let outcome = archiver.run(clock::now(), &stop);
            teller.tell(&outcome);
            (archiver, outcome.failures.is_empty())
        };
        let Ok((back, well)) = tokio::task::spawn_blocking(run).await else {
            return;
        };
        archiver = back;
        let pause = if well { PAUSE } else { PAUSE_AFTER_FAILURE };
        tokio::time::sleep(pause).await;
    }
}

/// Says what was done, in events and in a metric.
#[derive(Debug)]
struct Teller {
    id: String,
    store: Store,
}

impl Teller {
    fn tell(&self, outcome: &Outcome) {
        let Outcome {
            archived, failures, ..
        } = outcome;
        self.count(archived.len(), failures.len());
        for file in archived {
            for (archive, bytes) in &file.archives {
                let message = format!(
                    "archived {} ({} bytes) as {} ({bytes} bytes), verified",
                    file.path.display(),
                    file.bytes,
                    archive.display()
                );
                tracing::debug!(component = %self.id, "{message}");
            }
        }
        if let (Some(first), Some(last)) = (archived.first(), archived.last()) {
            let before: u64 = archived.iter().map(|file| file.bytes).sum();
            let archives = archived.iter().flat_map(|file| &file.archives);
            let after: u64 = archives.map(|(_, bytes)| bytes).sum();
            let (first, last) = (name_of(&first.path), name_of(&last.path));
            let files = match archived.len() {
                1 => format!("{first}, verified"),
                count => format!("{count} files, verified: {first} to {last}"),
            };
            let message = format!("archived {files}, {before} bytes as {after}");
            tracing::info!(component = %self.id, "{message}");
        }
        for failure in failures.iter().filter(|failure| failure.first) {
            let error = &failure.error;
            let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
            let cause = cause.unwrap_or_default();
            let message = format!("{error}{cause}; {}", error.hint());
            tracing::error!(component = %self.id, "{message}");
        }
    }

    fn count(&self, archived: usize, failed: usize) {
        let name = metric::SECOPS_ARCHIVED_FILES_TOTAL;
        let help = secspan_semconv::find_metric(name).map_or("", |known| known.brief);
        for (result, count) in [("archived", archived), ("failed", failed)] {
            self.store
                .counter(&Instrument::new(name, help), &[("result", result)])
                .add(count as u64);
        }
    }
}

fn name_of(path: &Path) -> std::borrow::Cow<'_, str> {
    path.file_name().unwrap_or_default().to_string_lossy()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_text;

    fn settings(text: &str) -> (Option<Settings>, Vec<String>) {
        let wait = Duration::from_secs(1);
        let (settings, problems) =
            read_text(text, |section| read(section, Path::new("data"), wait));
        let problems = problems.iter().map(|problem| {
            let details = problem.complaint.details();
            let details: Vec<&str> = details.map(|(_, detail)| detail).collect();
            format!("{}: {}", problem.path, details.join("; "))
        });
        let settings = settings.map(|retention| retention.settings);
        (settings, problems.collect())
    }

    #[test]
    fn a_year_in_the_archive_folder_unless_said_otherwise() {
        let (found, problems) = settings("");
        let expected = Settings {
            kinds: secspan_systems::kinds().to_vec(),
            records: "data/metrics".into(),
            staging: "data/archive".into(),
            keep: Duration::from_hours(365 * 24),
            compression: Compression::Zstd,
            level: 3,
            lock_wait: Duration::from_secs(1),
        };
        assert_eq!((found, problems), (Some(expected.clone()), vec![]));
        let text = "after: 90d\narchive: { directory: /mnt/old, compression: gzip }";
        let other = Settings {
            staging: "/mnt/old".into(),
            keep: Duration::from_hours(90 * 24),
            compression: Compression::Gzip,
            level: 6,
            ..expected
        };
        assert_eq!(settings(text), (Some(other), vec![]));
        assert_eq!(settings("enabled: false"), (None, vec![]));
    }

    #[test]
    fn what_cannot_be_is_refused_with_what_is_allowed() {
        for (text, problem) in [
            ("after: 12h", "after: 12h; 1d to 36500d"),
            (
                "archive: { compression: gzip, level: 10 }",
                "archive.level: 10; 1 to 9",
            ),
            ("archive: { level: 0 }", "archive.level: 0; 1 to 19"),
            (
                "archive: { compression: zip }",
                "archive.compression: zip; zstd, gzip",
            ),
            ("days: 90", "days: days; after, archive, enabled"),
            (
                "archive: { object_store: { endpoint: \"s3:9000\", bucket: b, access_key_id: a, secret_access_key: s } }",
                "archive.object_store.endpoint: s3:9000; a URL",
            ),
            (
                "archive: { object_store: { endpoint: \"http://s3\", bucket: b, access_key_id: a } }",
                "archive.object_store.secret_access_key: a text",
            ),
        ] {
            let (_, problems) = settings(text);
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            assert!(problems[0].starts_with(problem), "{text}: {problems:?}");
        }
    }
}
