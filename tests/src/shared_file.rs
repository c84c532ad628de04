//! One record file, many processes that append to it, and somebody who moves it away while they do: who wrote which line,
//! and whether every line is there, whole, once.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use secspan_jsonl::writer::{Settings, Writer};
use secspan_records::facts::UnixNanos;
use secspan_records::join::Joined;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

use crate::child::Process;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// A record as it stands in the file; `NUMBER`, `TRACE` and `DATE` are the writer's own. Writers in other languages fill
/// it in as well, so that every line that should be there is known to the letter.
pub const TEMPLATE: &str = concat!(
    r#"{"workflow_id":"security-alert-enrichment-v1","ticket_id":"OPS-NUMBER","cve_id":"CVE-2025-40112","#,
    r#""analyst":"Mira (Security Analyst)","enrichment_date":"DATET09:41:07Z","total_duration_seconds":655,"#,
    r#""stage_durations":{"stage1_fetch_ticket":41,"stage2_research_cve":262,"stage3_priority_assessment":77,"#,
    r#""stage4_context_analysis":108,"stage5_remediation_guidance":119,"stage6_update_jira":48},"#,
    r#""perplexity_tool":"deep_research","perplexity_queries":2,"priority_assigned":"P1","cvss_score":9.1,"#,
    r#""epss_score":0.4213,"kev_status":true,"sources_cited":6,"mitre_techniques_mapped":2,"schema_version":"1","#,
    r#""trace_id":"TRACE","span_id":"00f067aa0ba902b7"}"#
);

/// The two days on which a writer's records completed: it goes from one file to the next in its middle.
pub const DAYS: [&str; 2] = ["2025-12-03", "2025-12-04"];

/// Most records in one batch of a writer.
const BATCH_MAX: u64 = 7;

/// How often a batch that could not be written is tried again.
const ATTEMPTS_MAX: u32 = 100;

/// Between two looks at the size of the file that is to be moved.
const LOOK: Duration = Duration::from_millis(1);

/// The line of record `number` of `writer`, one of `count`.
pub fn line(writer: u64, number: u64, count: u64) -> String {
    let day = if number < count / 2 { DAYS[0] } else { DAYS[1] };
    let identity = writer * 1_000_000 + number + 1;
    TEMPLATE
        .replace("NUMBER", &identity.to_string())
        .replace("TRACE", &format!("{identity:032x}"))
        .replace("DATE", day)
}

/// Writes `count` records through the writer that the collector uses, in batches of changing size.
///
/// # Errors
/// When a batch could not be written however often it was tried.
pub fn write(directory: &Path, writer: u64, count: u64) -> Result<()> {
    let mut files = Writer::new(Settings::in_directory(
        directory,
        secspan_systems::kinds().iter().copied(),
    ));
    let kind = secspan_systems::kind("enrichment").ok_or("there is no such kind")?;
    let mut next = 0;
    while next < count {
        let size = (1 + (next + writer) % BATCH_MAX).min(count - next);
        let mut batch = Vec::new();
        for number in next..next + size {
            let line = line(writer, number, count);
            let record = Record::from_line(kind, &line, Reading::default())?;
            if record.to_line() != line {
                return Err(format!("a record comes back otherwise: {line}").into());
            }
            batch.push(Joined::Record(record));
        }
        put(&mut files, batch)?;
        next += size;
    }
    let totals = files.totals().get(kind);
    match totals {
        Some(totals) if totals.written == count && totals.repaired == 0 => Ok(()),
        other => Err(format!("{count} records, but the writer says {other:?}").into()),
    }
}

/// Writes a batch, and what of it could not be written again, as the collector does.
fn put(files: &mut Writer, mut batch: Vec<Joined>) -> Result<()> {
    for _ in 0..ATTEMPTS_MAX {
        let report = files.write(&batch, UnixNanos(0));
        batch = report
            .unwritten
            .iter()
            .filter_map(|at| batch.get(*at).cloned())
            .collect();
        if batch.is_empty() {
            return Ok(());
        }
    }
    Err(format!("{} records could not be written", batch.len()).into())
}

/// How an archive takes a file, once it has the lock. Every second time a file is moved without asking, as `logrotate` does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Archive {
    /// By renaming it: a line that comes after that is in the moved file.
    Renames,
    /// By copying it and removing it: a line that comes after that is lost, unless its writer looks again.
    CopiesAndRemoves,
}

/// Moves the files away whenever they are larger than `bytes`, until all of `writers` have ended well. Answers with how
/// often.
///
/// # Errors
/// When a writer failed, or a file could not be moved.
pub fn rotate(
    directory: &Path,
    bytes: u64,
    archive: Archive,
    mut writers: Vec<Process>,
) -> Result<u64> {
    let mut moved = 0;
    while !writers.is_empty() {
        for day in DAYS {
            let path = file(directory, day);
            if fs::metadata(&path).is_ok_and(|file| file.len() > bytes) {
                move_away(&path, moved, archive)?;
                moved += 1;
            }
        }
        let mut running = Vec::new();
        for mut writer in writers {
            match writer.exit_code() {
                None => running.push(writer),
                Some(Some(0)) => {}
                Some(code) => return Err(format!("a writer ended with {code:?}").into()),
            }
        }
        writers = running;
        std::thread::sleep(LOOK);
    }
    Ok(moved)
}

fn move_away(path: &Path, number: u64, archive: Archive) -> Result<()> {
    let away = path.with_extension(format!("jsonl.{number}"));
    if number % 2 == 1 {
        return Ok(fs::rename(path, away)?);
    }
    let file = File::open(path)?;
    file.lock()?;
    match archive {
        Archive::Renames => fs::rename(path, away)?,
        Archive::CopiesAndRemoves => {
            fs::copy(path, away)?;
            // Compressing and verifying take their time; who does not wait for the lock writes into a file that will be gone.
            std::thread::sleep(LOOK);
            fs::remove_file(path)?;
        }
    }
    Ok(())
}

/// Starts the writer that the collector uses in a process of its own.
///
/// # Errors
/// When it cannot be started.
pub fn start(program: &Path, directory: &Path, writer: u64, count: u64) -> Result<Process> {
    let mut command = Command::new(program);
    command.arg(directory);
    command.args([writer.to_string(), count.to_string()]);
    Ok(Process::start(&mut command)?)
}

/// Compares what is in all files with what `writers` of `count` lines each should have left. Answers with the number of
/// lines.
///
/// # Errors
/// With the first line that is not whole, strange, missing or there twice.
pub fn verify(directory: &Path, writers: u64, count: u64) -> Result<u64> {
    let mut found: BTreeMap<String, u64> = BTreeMap::new();
    for entry in fs::read_dir(directory.join("metrics"))? {
        let path = entry?.path();
        let text = fs::read_to_string(&path)?;
        let name = path.display();
        if !text.ends_with('\n') {
            return Err(format!("{name} does not end with a line feed").into());
        }
        if name.to_string().ends_with(".rejected") {
            return Err(format!("{name}: something was taken for torn: {text}").into());
        }
        for line in text.lines() {
            *found.entry(line.to_owned()).or_default() += 1;
        }
    }
    let mut lines = 0;
    for (writer, number) in (0..writers).flat_map(|writer| (0..count).map(move |n| (writer, n))) {
        let expected = line(writer, number, count);
        match found.remove(&expected) {
            Some(1) => lines += 1,
            times => return Err(format!("{times:?} times in the files: {expected}").into()),
        }
    }
    match found.into_iter().next() {
        None => Ok(lines),
        Some((strange, _)) => Err(format!("nobody wrote this line: {strange}").into()),
    }
}

/// The file of a day.
fn file(directory: &Path, day: &str) -> PathBuf {
    let name = format!("enrichment-metrics-{day}.jsonl");
    directory.join("metrics").join(name)
}
