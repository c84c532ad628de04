//! Its one report: how much each host has kept.

use secspan_records::record::Record;
use secspan_reports::cells::{table, text};
use secspan_reports::choices::{Choices, Form, Invalid, OptionDef};
use secspan_reports::document::{Cell, Column, Source, Unit};
use secspan_reports::people::ByName;
use secspan_reports::period::Span;
use secspan_reports::report::{AnyReport, Body, Outline, Report, ReportDef, Use};
use secspan_reports::statistics::Merge;

use super::kind;

pub(super) static REPORT: ReportDef = ReportDef {
    name: "backups",
    title: "Backups",
    about: "How much each host has kept",
    examples: &[],
    reads: &[&kind::BACKUP],
    reads_before: &[],
    options: &[&HOST],
    new,
};

pub(super) static HOST: OptionDef = OptionDef {
    name: "host",
    about: "This host alone",
    heading: "Rules",
    form: Form::Text {
        value: "NAME",
        check: |name| match name.trim() {
            "" => Err("write the name of a host".to_owned()),
            _ => Ok(()),
        },
        alone: None,
    },
};

const OUTLINE: Outline = Outline(&[("hosts", "Hosts")]);

const COLUMNS: [Column; 2] = [
    Column::new("host", "Host", Unit::Plain),
    Column::new("bytes", "Bytes", Unit::Count),
];

#[derive(Clone, Debug, Default)]
struct Backups {
    only: Option<String>,
    bytes: ByName<u64>,
}

#[expect(
    clippy::unnecessary_wraps,
    reason = "the signature that the inventory asks for"
)]
fn new(choices: &Choices) -> Result<Box<dyn AnyReport>, Invalid> {
    Ok(Box::new(Backups {
        only: choices.text(&HOST).map(str::to_owned),
        ..Backups::default()
    }))
}

impl Merge for Backups {
    fn merge(&mut self, other: Self) {
        self.bytes.merge(other.bytes);
    }
}

impl Report for Backups {
    fn add(&mut self, record: &Record<'_>) -> Use {
        let host = record.text(kind::HOST).unwrap_or_default();
        if self.only.as_ref().is_some_and(|only| only != host) {
            return Use::Beside;
        }
        let bytes = record.count(kind::BYTES).unwrap_or(0);
        self.bytes.at(host, |sum| *sum += bytes);
        Use::Fact(record.completed_at())
    }

    fn body(self, facts: &Span, _: &mut Source) -> Body {
        if facts.is_empty() {
            return OUTLINE.empty("There is no backup among the records.");
        }
        let rows = self.bytes.into_sorted().into_iter();
        let rows = rows.map(|(host, bytes)| vec![text(host), Cell::Count(bytes)]);
        Body {
            headline: None,
            sections: vec![
                OUTLINE.section("hosts", vec![table("hosts", &COLUMNS, rows.collect())]),
            ],
        }
    }
}
