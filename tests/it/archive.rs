//! Old files go into archives: by the running collector, past trouble and sudden death, and reports still read them.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

use secspan_tests::collector::Collector;
use secspan_tests::poll;
use tempfile::TempDir;

use crate::cli_program::run;

const ARCHIVED: &str = "secops_archived_files_total{result=\"archived\"}";
const FAILED: &str = "secops_archived_files_total{result=\"failed\"}";

/// A team's records of the end of 2020, which are old, and the folder that they are in.
fn old_records() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let ran = run(
        folder.path(),
        &[
            "sample",
            "--records",
            "100",
            "--days",
            "14",
            "--until",
            "2020-12-31",
            "--out",
            "data",
        ],
    );
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    folder
}

/// A collector whose files are in this folder.
fn collector(data: &Path, settings: &[&str]) -> Collector {
    let directory = format!("exporters.jsonl.directory={}", data.display());
    let mut all = vec![directory.as_str()];
    all.extend(settings);
    Collector::start(&all).unwrap()
}

/// The names in a folder and what the files hold, decompressed.
fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else {
        return BTreeMap::new();
    };
    let files = entries.flatten().filter_map(|entry| {
        let name = entry.file_name().into_string().unwrap();
        let bytes = fs::read(entry.path()).unwrap();
        let content = match name.rsplit_once('.') {
            Some((_, "zst")) => zstd::decode_all(&bytes[..]).unwrap(),
            Some((_, "gz")) => {
                let mut content = Vec::new();
                let mut decoder = flate2::read::GzDecoder::new(&bytes[..]);
                decoder.read_to_end(&mut content).unwrap();
                content
            }
            _ => bytes,
        };
        (name != ".lock").then_some((name, content))
    });
    files.collect()
}

/// The daily files among them: what is due.
fn daily(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = contents(folder);
    files.retain(|name, _| name.contains("2020") && name.strip_suffix(".jsonl").is_some());
    files
}

fn wait_until_archived(collector: &Collector, metrics: &Path) {
    let done = poll::until("archives", Duration::from_mins(1), || {
        let names = names(metrics);
        let left = names.iter().any(|name| name.contains("2020"));
        (!left).then_some(())
    });
    done.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
}

/// The names in a folder, whose files may go at any moment.
fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .map(|entry| entry.file_name().into_string().unwrap())
        .collect()
}

fn report(folder: &Path, sources: &[&str]) -> String {
    let mut arguments = vec![
        "report",
        "enrichment",
        "--format",
        "csv",
        "--table",
        "stages",
    ];
    arguments.extend(sources);
    let ran = run(folder, &arguments);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    ran.out
}

#[test]
fn old_files_are_archived_at_the_start_and_reports_read_them() {
    for (compression, end) in [("zstd", ".zst"), ("gzip", ".gz")] {
        let folder = old_records();
        let data = folder.path().join("data");
        let metrics = data.join("metrics");
        fs::write(
            metrics.join("enrichment-metrics-2020-12-30.jsonl.rejected"),
            "{}\n",
        )
        .unwrap();
        let before = daily(&metrics);
        let reported = report(folder.path(), &["data"]);
        let compression = format!("exporters.jsonl.retention.archive.compression={compression}");
        let collector = collector(&data, &[&compression]);
        wait_until_archived(&collector, &metrics);
        let files = before.len() + 1;
        collector.wait_for_metric(ARCHIVED, files as f64).unwrap();
        collector.wait_for_metric(FAILED, 0.0).unwrap();

        let mut archives = contents(&data.join("archive"));
        let side = format!("enrichment-metrics-2020-12-30.jsonl.rejected{end}");
        assert_eq!(archives.remove(&side), Some(b"{}\n".to_vec()));
        let before = before
            .into_iter()
            .map(|(name, content)| (format!("{name}{end}"), content));
        assert_eq!(archives, before.collect());
        let left = names(&metrics);
        assert!(
            left.contains(&"review-decisions.csv".to_owned()),
            "{left:?}"
        );
        let told = format!("jsonl: archived {files} files, verified: ");
        assert!(collector.log().contains(&told), "{}", collector.log());
        assert_eq!(report(folder.path(), &["data/archive"]), reported);
    }
}

#[test]
fn files_stay_for_as_long_as_is_asked_for() {
    for (settings, data) in [
        ("exporters.jsonl.retention.enabled=false", "off"),
        ("exporters.jsonl.retention.after=36500d", "later"),
    ] {
        let folder = old_records();
        let metrics = folder.path().join("data/metrics");
        let before = contents(&metrics);
        let collector = collector(&folder.path().join("data"), &[settings]);
        collector
            .wait_for_metric(
                "secops_records_total{kind=\"ticket\",result=\"written\"}",
                0.0,
            )
            .unwrap();
        let (code, _log) = collector.stop().unwrap();
        assert_eq!((code, contents(&metrics)), (Some(0), before), "{data}");
    }
}

#[test]
fn an_archive_that_cannot_be_written_is_told_once_and_nothing_goes() {
    let folder = old_records();
    let data = folder.path().join("data");
    let before = contents(&data.join("metrics"));
    fs::write(data.join("no-folder"), "").unwrap();
    let setting = format!(
        "exporters.jsonl.retention.archive.directory={}",
        data.join("no-folder").display()
    );
    let collector = collector(&data, &[&setting]);
    collector.wait_for_metric(FAILED, 1.0).unwrap();
    let log = collector.log();
    let told: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" error "))
        .collect();
    assert_eq!(told.len(), 1, "{log}");
    assert!(
        told[0].contains("cannot create ") && told[0].contains("no-folder"),
        "{log}"
    );
    assert_eq!(contents(&data.join("metrics")), before);
}

/// Ends the collector without warning at some point of its work, again and again, and lets it finish at last.
#[test]
fn sudden_death_loses_nothing_and_doubles_nothing() {
    let folder = old_records();
    let data = folder.path().join("data");
    let (metrics, archive) = (data.join("metrics"), data.join("archive"));
    let before = daily(&metrics);
    let slow = "exporters.jsonl.retention.archive.level=19";
    for round in 1..=4 {
        let collector = collector(&data, &[slow]);
        let some = before.len() * round / 6;
        let seen = poll::until("some archives", Duration::from_mins(1), || {
            (names(&archive).len() >= some).then_some(())
        });
        seen.unwrap_or_else(|error| panic!("{error}: {}", collector.log()));
        collector.signal("KILL").unwrap();
    }
    let collector = collector(&data, &[]);
    wait_until_archived(&collector, &metrics);
    let expected = before
        .into_iter()
        .map(|(name, content)| (format!("{name}.zst"), content));
    assert_eq!(contents(&archive), expected.collect());
}
