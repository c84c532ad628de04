//! Records as rules see them: named fields, and the list of their stages.

use secspan_metrics::rules::{Field, Fields};
use secspan_records::assemble::Incomplete;
use secspan_records::durations::StageTime;
use secspan_records::record::{FieldValue, Record};

/// The name of the list of stages in rules.
const STAGES: &str = "stages";

/// A record.
pub(super) struct OfRecord<'r>(pub(super) &'r Record<'static>);

/// A workflow that did not complete: what rules may count of it.
pub(super) struct OfUnfinished<'r>(pub(super) &'r Incomplete);

/// One stage of a record.
struct OfStage(StageTime);

impl Fields for OfRecord<'_> {
    fn get(&self, name: &str) -> Option<Field<'_>> {
        self.0.field(name).map(field)
    }

    fn each(&self, list: &str, visit: &mut dyn FnMut(&dyn Fields)) {
        if list == STAGES {
            for stage in self.0.stages() {
                if stage.ran {
                    visit(&OfStage(stage));
                }
            }
        }
    }
}

impl Fields for OfUnfinished<'_> {
    fn get(&self, name: &str) -> Option<Field<'_>> {
        match name {
            "kind" => Some(Field::Text(self.0.kind.name)),
            "workflow" => Some(Field::Text(&self.0.workflow)),
            "outcome" => Some(Field::Text(self.0.outcome.as_str())),
            name if self.0.kind.unfinished.contains(&name) => self.0.draft.field(name).map(field),
            _ => None,
        }
    }

    fn each(&self, _: &str, _: &mut dyn FnMut(&dyn Fields)) {}
}

impl Fields for OfStage {
    fn get(&self, name: &str) -> Option<Field<'_>> {
        match name {
            "stage" => Some(Field::Text(self.0.stage)),
            "legacy_key" => Some(Field::Text(self.0.legacy_key)),
            "seconds" => i64::try_from(self.0.seconds).ok().map(Field::Int),
            "over_budget" => Some(Field::Bool(self.0.over_budget())),
            _ => None,
        }
    }

    fn each(&self, _: &str, _: &mut dyn FnMut(&dyn Fields)) {}
}

fn field(value: FieldValue<'_>) -> Field<'_> {
    match value {
        FieldValue::Text(text) => Field::Text(text),
        FieldValue::Int(number) => {
            i64::try_from(number).map_or(Field::Float(number as f64), Field::Int)
        }
        FieldValue::Float(number) => Field::Float(number),
        FieldValue::Bool(value) => Field::Bool(value),
    }
}
