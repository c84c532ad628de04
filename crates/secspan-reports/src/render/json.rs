//! A document for machines: one JSON object, every number with every digit, keys in the order of the report.
//!
//! ```json
//! {
//!   "report": "sampling", "title": "…",
//!   "period": {"from": "2025-12-01", "to": "2025-12-31"},
//!   "no_data": null,
//!   "headline": {
//!     "answer": {"level": "good", "text": "…"},
//!     "figures": [{"key": "…", "title": "…", "value": 0.25, "unit": "share", "n": 4, "goal": "at most 30.0 %",
//!                  "status": "met"}],
//!     "chart": "<chart>"
//!   },
//!   "source": {"files": [], "records": 0, "other_records": 0, "outside_period": 0, "superseded": 0, "malformed": 0,
//!              "malformed_examples": [{"file": "…", "line": 1, "reason": "…"}], "as_of": null},
//!   "sections": {
//!     "<section>": {
//!       "title": "…",
//!       "notes": [{"level": "info", "text": "…"}],
//!       "tables": {"<table>": [{"<column>": 0.25}]},
//!       "charts": {"<chart>": {"title": "…", "form": "lines", "unit": "share", "categories": ["…"],
//!                              "series": [{"name": "…", "values": [null]}]}}
//!     }
//!   }
//! }
//! ```
//!
//! `period` and `headline` are null and `no_data` says why when there is nothing to report. A missing value is null, and so are
//! `n`, `goal` and `status` of a figure that has none. Levels are `no_data`, `info`, `good` and `warning`; statuses are `met`,
//! `missed`, `too_few` and `no_data`. Units are in the keys, those of figures beside them; shares are from 0 to 1.

use serde::{Serialize, Serializer};

use crate::document::{Cell, Chart, Document, Note, Period, Section, Source, Table};
use crate::headline::Headline;

/// The document as indented JSON with a line feed at the end.
pub fn render(document: &Document) -> String {
    // Keys are text and writing goes to memory: there is nothing here that could fail.
    let mut text = serde_json::to_string_pretty(&Root::from(document))
        .unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }).to_string());
    text.push('\n');
    text
}

/// A document, in the order of its keys.
#[derive(Serialize)]
struct Root<'a> {
    report: &'static str,
    title: &'a str,
    period: Option<Period>,
    no_data: Option<String>,
    headline: Option<&'a Headline>,
    source: &'a Source,
    sections: Keyed<Part<'a>>,
}

/// A section, in the order of its keys.
#[derive(Serialize)]
struct Part<'a> {
    title: &'a str,
    notes: Vec<&'a Note>,
    tables: Keyed<Vec<Keyed<&'a Cell>>>,
    charts: Keyed<&'a Chart>,
}

/// Values under their keys, as a JSON object in their order.
struct Keyed<V>(Vec<(&'static str, V)>);

impl<V: Serialize> Serialize for Keyed<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<V> FromIterator<(&'static str, V)> for Keyed<V> {
    fn from_iter<I: IntoIterator<Item = (&'static str, V)>>(values: I) -> Self {
        Self(values.into_iter().collect())
    }
}

impl<'a> From<&'a Document> for Root<'a> {
    fn from(document: &'a Document) -> Self {
        let sections = document.sections.iter();
        Self {
            report: document.key,
            title: &document.title,
            period: document.period,
            no_data: document.no_data(),
            headline: document.headline.as_ref(),
            source: &document.source,
            sections: sections
                .map(|section| (section.key, section.into()))
                .collect(),
        }
    }
}

impl<'a> From<&'a Section> for Part<'a> {
    fn from(section: &'a Section) -> Self {
        Self {
            title: &section.title,
            notes: section.notes().collect(),
            tables: section
                .tables()
                .map(|table| (table.key, rows(table)))
                .collect(),
            charts: section.charts().map(|chart| (chart.key, chart)).collect(),
        }
    }
}

/// Each row as an object with the keys of the columns.
fn rows(table: &Table) -> Vec<Keyed<&Cell>> {
    let keys = || table.columns.iter().map(|column| column.key);
    let rows = table.rows.iter();
    rows.map(|cells| keys().zip(cells).collect()).collect()
}
