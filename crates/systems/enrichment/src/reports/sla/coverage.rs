//! What could not be judged, and why: nothing is left out silently.

use crate::terms::Priority;

use super::judged::Judged;
use super::named;
use secspan_reports::cells::{table, text};
use secspan_reports::document::{Cell, Column, Note, Section, Unit};

const COLUMNS: [Column; 2] = [
    Column::new("what", "Tickets", Unit::Plain),
    Column::new("tickets", "Number", Unit::Count),
];

const WITHOUT_LINE: [Column; 3] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("tickets", "Enriched, no closing known", Unit::Count),
    Column::new("overdue_if_open", "Overdue if open", Unit::Count),
];

pub(super) fn section(judged: &Judged<'_>) -> Section {
    let without_line = judged.unknown().tickets;
    let rows = [
        ("judged", judged.cases.len() as u64),
        ("enriched, no closing known", without_line),
        ("start of the clock unknown", judged.without_start),
        ("enriched after the moment of asking", judged.not_begun),
        ("enrichment not completed", judged.not_completed),
        ("enriched before the period", judged.before_period),
        ("closed more than once", judged.reopened),
        ("closed before the enrichment ended", judged.closed_early),
    ];
    let rows = rows.map(|(what, number)| vec![text(what), Cell::Count(number)]);
    let mut blocks = vec![table("coverage", &COLUMNS, rows.to_vec())];
    if without_line > 0 {
        let by_priority = Priority::ALL.iter().zip(judged.without_line);
        let rows = by_priority.map(|(priority, unknown)| {
            vec![
                text(priority.as_str()),
                Cell::Count(unknown.tickets),
                Cell::Count(unknown.late),
            ]
        });
        blocks.push(table("no_closing_known", &WITHOUT_LINE, rows.collect()));
    }
    blocks.push(
        Note::info(
            "Only tickets with a line of their own, open or closed, are judged. The clock starts when the ticket's line says \
             that its enrichment ended, else with the first enrichment that was completed. Of several closings the last \
             counts; a ticket that was closed before its enrichment ended took no time. Each ticket is in one of \
             the first six rows; the last two count some of them again.",
        )
        .into(),
    );
    named("coverage", blocks)
}
