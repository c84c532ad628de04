//! Records as facts: a neutral view, so that this crate need not know what a record is.
//!
//! Field names that the built-in packs read, for whoever implements [`Fields`]. A record that was written has all that
//! it knows; a workflow that ended without one has `kind`, `workflow`, `outcome` and, where known, `priority`, so that
//! it counts by its outcome and in nothing else. Amendments of a record that was counted are not given to rules.
//!
//! | field | value |
//! |---|---|
//! | `kind` | text: `enrichment`, `review`, `decision`, `ticket`, … |
//! | `ticket_id` | text: what is open, never a label |
//! | `completed_at_seconds` | number, Unix seconds: when the fact was complete |
//! | `workflow`, `outcome`, `priority`, `analyst` | text |
//! | `total_duration_seconds`, `cvss_score`, `epss_score` | number |
//! | `kev_status` | bool |
//! | `stages` | list, one item for each stage that ran: `stage` text, `seconds` number, `over_budget` bool |
//! | `quality_classification`, `investigation_type` | text, reviews |
//! | `overall_score`, `critical_issues`, `significant_gaps`, `minor_improvements` | number, reviews |
//! | `review_decision` | text, decisions: `required`, `not_required` |
//! | `enriched_at_seconds`, `closed_at_seconds` | number, Unix seconds, tickets; the second is absent while it is open |
//! | `service_level` | text, closed tickets: `met`, `missed`; absent where it cannot be said |
//!
//! What is unknown is absent: it adds nothing.

use std::fmt;

use secspan_otlp::view::Value;

use super::compile::{Each, Rule, Source};
use super::evaluate::Facts;
use crate::value_text::stated;

/// The value of a field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Field<'a> {
    /// Text.
    Text(&'a str),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// True or false.
    Bool(bool),
}

/// Something with named fields and named lists of such things.
pub trait Fields {
    /// The value of a field; `None` when it is absent, null, or a list.
    fn get(&self, name: &str) -> Option<Field<'_>>;

    /// Calls `visit` with each item of a list; not at all when there is no such list.
    fn each(&self, list: &str, visit: &mut dyn FnMut(&dyn Fields));
}

impl<'a> From<Field<'a>> for Value<'a> {
    fn from(field: Field<'a>) -> Self {
        match field {
            Field::Text(text) => Self::Str(text),
            Field::Int(value) => Self::Int(value),
            Field::Float(value) => Self::Double(value),
            Field::Bool(value) => Self::Bool(value),
        }
    }
}

/// A record, and the item of a `for_each`.
#[derive(Clone, Copy)]
pub(super) struct RecordFacts<'r> {
    record: &'r dyn Fields,
    item: Option<&'r dyn Fields>,
    item_name: Option<&'r str>,
}

impl<'r> RecordFacts<'r> {
    /// A record as a whole, without a `for_each`.
    pub(super) fn whole(record: &'r dyn Fields) -> Self {
        Self {
            record,
            item: None,
            item_name: None,
        }
    }
}

impl fmt::Debug for RecordFacts<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("RecordFacts")
            .field("item_name", &self.item_name)
            .finish_non_exhaustive()
    }
}

impl Facts for RecordFacts<'_> {
    fn value(&self, source: &Source) -> Option<Value<'_>> {
        match source {
            Source::Field(name) => {
                let of_item = self.item.and_then(|item| item.get(name)).map(Value::from);
                stated(of_item).or_else(|| stated(self.record.get(name).map(Value::from)))
            }
            Source::Item => self.item_name.map(Value::Str),
            _ => None,
        }
    }
}

/// Calls `add` with each number that the rule adds for a record.
pub(super) fn apply(rule: &Rule, record: &dyn Fields, add: &mut dyn FnMut(f64, &RecordFacts<'_>)) {
    let facts = RecordFacts::whole(record);
    match &rule.for_each {
        None => {
            if let Some(value) = rule.number(&facts).filter(|_| rule.matches(&facts)) {
                add(value, &facts);
            }
        }
        Some(Each::Fields(fields)) => {
            for (item, sources) in fields.iter().filter(|_| rule.matches(&facts)) {
                let facts = RecordFacts {
                    item_name: Some(item),
                    ..facts
                };
                if let Some(value) = rule.number_of(&facts, sources) {
                    add(value, &facts);
                }
            }
        }
        Some(Each::List(list)) => record.each(list, &mut |item| {
            let facts = RecordFacts {
                record,
                item: Some(item),
                item_name: None,
            };
            if let Some(value) = rule.number(&facts).filter(|_| rule.matches(&facts)) {
                add(value, &facts);
            }
        }),
    }
}
