//! What was made: for people on standard error, for machines on standard output.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secspan::DeliveryReport;
use secspan_records::kind::Kind;
use secspan_records::timestamp::Date;
use serde_json::{Map, Value, json};

use crate::args::{SampleArgs, Summary, reports};
use crate::exit::Failed;
use crate::output;
use crate::terminal::Voice;

/// What was written.
#[derive(Debug)]
pub(super) struct Written {
    directory: PathBuf,
    kinds: Vec<(&'static Kind, Counts)>,
    /// Lines of each log.
    pub(super) logs: BTreeMap<&'static str, u64>,
    days: Option<(Date, Date)>,
}

/// What was written of one kind.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) records: u64,
    pub(super) files: u64,
}

impl Written {
    pub(super) fn new(directory: PathBuf) -> Self {
        Self {
            directory,
            kinds: secspan_systems::kinds()
                .iter()
                .map(|kind| (*kind, Counts::default()))
                .collect(),
            logs: BTreeMap::new(),
            days: None,
        }
    }

    /// The counts of a kind, if it is one that can be written.
    pub(super) fn of(&mut self, kind: &Kind) -> Option<&mut Counts> {
        let mut kinds = self.kinds.iter_mut();
        kinds
            .find(|(known, _)| *known == kind)
            .map(|(_, counts)| counts)
    }

    /// How many records there are of the kind of which there are most.
    pub(super) fn most(&self) -> u64 {
        let records = self.kinds.iter().map(|(_, counts)| counts.records);
        records.max().unwrap_or(0)
    }

    /// Facts come in the order of their dates.
    pub(super) fn add_day(&mut self, date: Date) {
        let first = self.days.map_or(date, |(first, _)| first);
        self.days = Some((first, date));
    }
}

/// Tells what was written to files.
pub(super) fn of_files(args: &SampleArgs, written: &Written, voice: Voice) -> Result<(), Failed> {
    let kinds = || written.kinds.iter();
    if args.summary == Summary::Json {
        let counts: Map<String, Value> = kinds()
            .map(|(kind, counts)| {
                let value = json!({ "records": counts.records, "files": counts.files });
                (kind.name.to_owned(), value)
            })
            .collect();
        let summary = json!({
            "directory": written.directory.display().to_string(),
            "seed": args.seed,
            "from": written.days.map(|(first, _)| first.to_string()),
            "to": written.days.map(|(_, last)| last.to_string()),
            "kinds": counts,
            "logs": written.logs,
        });
        return output::to_stdout(&format!("{summary}\n"));
    }
    let mut lines = vec![format!("{}:", written.directory.display())];
    for (kind, counts) in kinds() {
        let [one, several] = kind.nouns;
        let name = if counts.records == 1 { one } else { several };
        let files = if counts.files == 1 { "file" } else { "files" };
        lines.push(format!(
            "  {:>9} {name} in {} {files}",
            counts.records, counts.files
        ));
    }
    for (log, count) in &written.logs {
        let name = if *count == 1 { "line" } else { "lines" };
        lines.push(format!("  {count:>9} {name} in {log}"));
    }
    if let Some((first, last)) = written.days {
        lines.push(format!(
            "{first} to {last}, seed {}; try: secspan report {} {}",
            args.seed,
            reports().next().map_or("NAME", |report| report.name),
            args.out.display()
        ));
    }
    voice.say(lines.join("\n"));
    Ok(())
}

/// Tells what became of spans.
pub(super) fn of_spans(
    args: &SampleArgs,
    endpoint: &str,
    facts: u64,
    report: &DeliveryReport,
    voice: Voice,
) -> Result<(), Failed> {
    if args.summary == Summary::Json {
        let summary = json!({
            "endpoint": endpoint,
            "seed": args.seed,
            "facts": facts,
            "spans": {
                "produced": report.produced,
                "exported": report.exported,
                "rejected": report.rejected,
                "dropped": report.dropped,
                "failed": report.failed,
                "pending": report.pending,
            },
        });
        return output::to_stdout(&format!("{summary}\n"));
    }
    voice.say(format_args!("{endpoint}: {facts} facts as spans: {report}"));
    Ok(())
}
