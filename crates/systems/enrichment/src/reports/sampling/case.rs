//! One decision as a row of a list.

use crate::decision::Decision;
use crate::terms::Priority;
use secspan_records::timestamp::MicroTimestamp;

use secspan_reports::cells::{NOTHING, text};
use secspan_reports::document::{Cell, Column, Unit};
use secspan_reports::people::People;

/// The columns of [`rows`].
pub(super) const COLUMNS: [Column; 6] = [
    Column::new("decided_at", "Decided at", Unit::Plain),
    Column::new("ticket_id", "Ticket", Unit::Plain),
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("review_decision", "Decision", Unit::Plain),
    Column::new("reason", "Reason", Unit::Plain),
    Column::new("reviewer", "Reviewer", Unit::Plain),
];

/// A decision; those of one moment are in the order of their tickets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Case {
    pub(super) at: MicroTimestamp,
    ticket: Box<str>,
    priority: Priority,
    required: bool,
    reason: Box<str>,
    reviewer: Option<Box<str>>,
}

impl Case {
    pub(super) fn of(decision: &Decision<'_>) -> Self {
        Self {
            at: decision.decided_at,
            ticket: decision.ticket.as_ref().into(),
            priority: decision.priority,
            required: decision.required,
            reason: decision.reason.as_ref().into(),
            reviewer: decision.reviewer.as_ref().map(|name| name.as_ref().into()),
        }
    }
}

/// A row for each case, reviewers as people are shown.
pub(super) fn rows(cases: &[Case], people: &People) -> Vec<Vec<Cell>> {
    let mut names: Vec<&str> = cases
        .iter()
        .filter_map(|case| case.reviewer.as_deref())
        .collect();
    names.sort_unstable();
    names.dedup();
    let shown = people.names.shown(&names, "reviewer");
    let reviewer = |name: &str| {
        let place = names.binary_search(&name).ok();
        let shown = place.and_then(|place| shown.get(place));
        shown.map_or(Cell::Missing(NOTHING), |shown| text(shown.as_str()))
    };
    let row = |case: &Case| {
        vec![
            text(case.at.to_seconds().to_string()),
            text(&*case.ticket),
            text(case.priority.as_str()),
            text(if case.required {
                "required"
            } else {
                "not required"
            }),
            text(&*case.reason),
            case.reviewer
                .as_deref()
                .map_or(Cell::Missing(NOTHING), reviewer),
        ]
    };
    cases.iter().map(row).collect()
}
