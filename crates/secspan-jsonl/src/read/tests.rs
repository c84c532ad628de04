//! Whatever is read in parallel, in blocks and in passes is what a reader of one line after the other finds.

mod files;
mod once;
mod shapes;

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use secspan_testkit::kinds;
use tempfile::TempDir;

use super::*;

/// A line of an enrichment; the identity is left out when `span` is 0.
fn enrichment(ticket: &str, span: u64, amendment: u32) -> String {
    let identity = match span {
        0 => String::new(),
        _ => format!(r#","trace_id":"{span:032x}","span_id":"{span:016x}""#),
    };
    let amendment = match amendment {
        0 => String::new(),
        number => format!(r#","amendment":{number}"#),
    };
    format!(
        r#"{{"workflow_id":"security-alert-enrichment-v1","ticket_id":"{ticket}","cve_id":null,"analyst":"Mira","enrichment_date":"2025-12-03T09:41:07Z","total_duration_seconds":6,"stage_durations":{{"stage1_fetch_ticket":1,"stage2_research_cve":1,"stage3_priority_assessment":1,"stage4_context_analysis":1,"stage5_remediation_guidance":1,"stage6_update_jira":1}},"perplexity_tool":null,"perplexity_queries":0,"priority_assigned":"P1","cvss_score":null,"epss_score":null,"kev_status":null{identity}{amendment}}}"#
    )
}

fn ticket(record: &Record<'_>) -> String {
    record.subject().to_owned()
}

/// The sources that `arguments` below `folder` name, for any kind of record.
fn found(folder: &Path, arguments: &[&str]) -> Result<Sources, ReadError> {
    let paths: Vec<_> = arguments.iter().map(|name| folder.join(name)).collect();
    Sources::find(&paths, &kinds::KINDS, &kinds::KINDS)
}

fn settings(threads: usize, examples: usize) -> Settings {
    Settings {
        threads: NonZeroUsize::new(threads).unwrap(),
        examples,
        ..Settings::of(&kinds::KINDS)
    }
}

/// The tickets of all records in order, and the summary.
fn read_by(block_bytes: u64, sources: &Sources, settings: Settings) -> (Vec<String>, Summary) {
    let scan = scan_by(
        block_bytes,
        sources,
        settings,
        Vec::new,
        |tickets: &mut Vec<String>, entry| tickets.push(ticket(entry)),
        |_| {},
    );
    let scan = scan.unwrap_or_else(|error| panic!("{error}"));
    let mut tickets = scan.accumulators.concat();
    tickets.sort();
    (tickets, scan.summary)
}

fn read(folder: &Path, arguments: &[&str]) -> (Vec<String>, Summary) {
    let sources = found(folder, arguments).unwrap_or_else(|error| panic!("{error}"));
    read_by(BLOCK_BYTES, &sources, settings(2, 10))
}

/// The malformed lines as `file:line reason`, without the folder.
fn named(summary: &Summary, folder: &Path) -> Vec<String> {
    let folder = format!("{}/", folder.display());
    let one =
        |it: &Malformed| format!("{}:{} {}", it.file.replace(&folder, ""), it.line, it.reason);
    summary.malformed_examples.iter().map(one).collect()
}

fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    folder
}
