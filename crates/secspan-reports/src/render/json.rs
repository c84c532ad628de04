//! A document for machines: one JSON object, every number with every digit, keys in the order of the report.
//!
//! ```json
//! {
//!   "report": "sampling", "title": "…",
//!   "period": {"from": "2025-12-01", "to": "2025-12-31"},
//!   "no_data": null,
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
//! `period` is null and `no_data` says why when there is nothing to report. A missing value is null. Levels are `no_data`,
//! `info`, `good` and `warning`. Units are in the keys; shares are from 0 to 1.

use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::document::{
    Cell, Chart, Document, Malformed, Note, Period, Section, Series, Source, Table,
};

/// The document as indented JSON with a line feed at the end.
pub fn render(document: &Document) -> String {
    // Keys are text and writing goes to memory: there is nothing here that could fail.
    let mut text = serde_json::to_string_pretty(&Json(document))
        .unwrap_or_else(|error| serde_json::json!({ "error": error.to_string() }).to_string());
    text.push('\n');
    text
}

/// A part of a document, as JSON.
struct Json<'a, T: ?Sized>(&'a T);

/// A list of parts, as a JSON array.
fn list<T>(items: &[T]) -> Vec<Json<'_, T>> {
    items.iter().map(Json).collect()
}

/// Parts under their keys, as a JSON object in their order.
struct Keyed<V>(Vec<(&'static str, V)>);

impl<V: Serialize> Serialize for Keyed<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl Serialize for Json<'_, Document> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let document = self.0;
        let sections = document
            .sections
            .iter()
            .map(|section| (section.key, Json(section)));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("report", document.key)?;
        map.serialize_entry("title", &document.title)?;
        map.serialize_entry("period", &document.period.as_ref().map(Json))?;
        map.serialize_entry("no_data", &document.no_data())?;
        map.serialize_entry("source", &Json(&document.source))?;
        map.serialize_entry("sections", &Keyed(sections.collect()))?;
        map.end()
    }
}

impl Serialize for Json<'_, Period> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("from", &self.0.from.to_string())?;
        map.serialize_entry("to", &self.0.to.to_string())?;
        map.end()
    }
}

impl Serialize for Json<'_, Source> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let source = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("files", &source.files)?;
        map.serialize_entry("records", &source.records)?;
        map.serialize_entry("other_records", &source.other_records)?;
        map.serialize_entry("outside_period", &source.outside_period)?;
        map.serialize_entry("superseded", &source.superseded)?;
        map.serialize_entry("malformed", &source.malformed)?;
        map.serialize_entry("malformed_examples", &list(&source.malformed_examples))?;
        map.serialize_entry("as_of", &source.as_of.map(|at| at.to_string()))?;
        map.end()
    }
}

impl Serialize for Json<'_, Malformed> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("file", &self.0.file)?;
        map.serialize_entry("line", &self.0.line)?;
        map.serialize_entry("reason", &self.0.reason)?;
        map.end()
    }
}

impl Serialize for Json<'_, Section> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let section = self.0;
        let notes: Vec<_> = section.notes().map(Json).collect();
        let tables = section.tables().map(|table| (table.key, Json(table)));
        let charts = section.charts().map(|chart| (chart.key, Json(chart)));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("title", &section.title)?;
        map.serialize_entry("notes", &notes)?;
        map.serialize_entry("tables", &Keyed(tables.collect()))?;
        map.serialize_entry("charts", &Keyed(charts.collect()))?;
        map.end()
    }
}

impl Serialize for Json<'_, Note> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("level", self.0.level.as_str())?;
        map.serialize_entry("text", &self.0.text)?;
        map.end()
    }
}

impl Serialize for Json<'_, Table> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let table = self.0;
        let row = |cells| {
            let keys = table.columns.iter().map(|column| column.key);
            Keyed(keys.zip(list(cells)).collect())
        };
        serializer.collect_seq(table.rows.iter().map(|cells| row(cells)))
    }
}

impl Serialize for Json<'_, Cell> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Cell::Missing(_) => serializer.serialize_none(),
            Cell::Text(text) => serializer.serialize_str(text),
            Cell::Count(count) => serializer.serialize_u64(*count),
            Cell::Number(value) => serializer.serialize_f64(*value),
            Cell::Flag(flag) => serializer.serialize_bool(*flag),
        }
    }
}

impl Serialize for Json<'_, Chart> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let chart = self.0;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("title", &chart.title)?;
        map.serialize_entry("form", chart.form.as_str())?;
        map.serialize_entry("unit", chart.unit.as_str())?;
        map.serialize_entry("categories", &chart.categories)?;
        map.serialize_entry("series", &list(&chart.series))?;
        map.end()
    }
}

impl Serialize for Json<'_, Series> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("name", &self.0.name)?;
        map.serialize_entry("values", &self.0.values)?;
        map.end()
    }
}
