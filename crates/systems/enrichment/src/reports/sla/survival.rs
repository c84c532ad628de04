//! How long tickets take until they are closed: of those that are, and of all.
//!
//! The median of closed tickets forgets those that are open still, and among them are the slowest. The estimate of Kaplan
//! and Meier (1958) counts an open ticket as long as it has been open: it is known to have taken at least that.

use crate::terms::Priority;

use super::closed::hours_note;
use super::judged::{Case, Judged, ascending, hours, quantile_hours};
use super::{Options, named};
use secspan_reports::cells::{NO_DATA, chart, table, text};
use secspan_reports::document::{Cell, Column, Form, Note, Section, Unit};

/// Why a value is missing: half of the tickets are open longer than any other took.
const NOT_REACHED: &str = "not reached";

/// Products of shares carry the errors of floats; this much of a ticket in a million millions is no ticket.
const ROUNDING: f64 = 1e-12;

const COLUMNS: [Column; 6] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("closed", "Closed", Unit::Count),
    Column::new("median_hours", "Median", Unit::Hours).of("closed"),
    Column::new("p90_hours", "90th percentile", Unit::Hours).of("closed"),
    Column::new("tickets", "Closed and open", Unit::Count),
    Column::new("median_all_hours", "Median with open ones", Unit::Hours).of("tickets"),
];

pub(super) fn section(judged: &Judged<'_>, _: &Options) -> Section {
    let rows = Priority::ALL.map(|priority| row(judged, priority));
    let number = |cell: Option<&Cell>| match cell {
        Some(Cell::Number(value)) => Some(*value),
        _ => None,
    };
    let column = |place: usize| {
        rows.iter()
            .map(|row| number(row.get(place)))
            .collect::<Vec<_>>()
    };
    let (closed, all) = (column(2), column(5));
    let mut blocks = vec![
        table("time_to_close", &COLUMNS, rows.to_vec()),
        Note::info(
            "From the end of enrichment to the closing. The median with open ones (Kaplan-Meier) counts open tickets for as \
             long as they have been open; it is not reached while more than half are expected to stay open longer than any \
             ticket took so far.",
        )
        .into(),
    ];
    blocks.extend(hours_note(judged));
    blocks.push(chart(
        ("time_to_close_chart", "Median time to close by priority"),
        (Form::Bars, Unit::Hours),
        Priority::ALL
            .map(|priority| priority.as_str().to_owned())
            .to_vec(),
        vec![("closed", closed), ("with open ones", all)],
    ));
    named("time_to_close", blocks)
}

fn row(judged: &Judged<'_>, priority: Priority) -> Vec<Cell> {
    let elapsed = |case: &Case| case.elapsed_seconds;
    let closed = judged
        .of_priority(priority)
        .filter(|case| case.closed_on.is_some());
    let closed = ascending(closed.map(elapsed));
    let all: Vec<(u64, bool)> = judged
        .of_priority(priority)
        .map(|case| (elapsed(case), case.closed_on.is_some()))
        .collect();
    let tickets = all.len() as u64;
    let missing = if tickets == 0 { NO_DATA } else { NOT_REACHED };
    vec![
        text(priority.as_str()),
        Cell::Count(closed.len() as u64),
        Cell::number(quantile_hours(&closed, 1, 2), NO_DATA),
        Cell::number(quantile_hours(&closed, 9, 10), NO_DATA),
        Cell::Count(tickets),
        Cell::number(median(all).map(hours), missing),
    ]
}

/// The time after which half of the tickets are closed, from times and whether they ended with a closing. When exactly
/// half are closed for a while, the middle of that while: without open tickets this is the plain median.
fn median(mut times: Vec<(u64, bool)>) -> Option<f64> {
    times.sort_unstable();
    let mut at_risk = times.len();
    let mut open = 1.0;
    let mut half_since = None;
    for same in times.chunk_by(|a, b| a.0 == b.0) {
        // Whoever is open at this time was there when the others were closed.
        let closed = same.iter().filter(|(_, closed)| *closed).count();
        let time = same.first().map_or(0, |(time, _)| *time);
        if closed > 0 {
            if let Some(since) = half_since {
                return Some(f64::midpoint(since as f64, time as f64));
            }
            open *= (at_risk - closed) as f64 / at_risk as f64;
            if open < 0.5 - ROUNDING {
                return Some(time as f64);
            }
            half_since = (open <= 0.5 + ROUNDING).then_some(time);
        }
        at_risk -= same.len();
    }
    half_since.map(|since| since as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn open_tickets_count_for_as_long_as_they_are_open() {
        for (times, expected) in [
            (&[][..], None),
            (&[(5, true)], Some(5.0)),
            (&[(5, false)], None),
            // Without open ones: the plain median.
            (&[(1, true), (2, true), (3, true), (4, true)], Some(2.5)),
            // 4/5, then 4/5 * 2/3 = 0.53, then 0.53 * 1/2 = 0.27 at 4.
            (
                &[(1, true), (2, false), (3, true), (4, true), (5, false)],
                Some(4.0),
            ),
            // An open ticket of the same age was there at the closing: 2/3, 1/3 at 6.
            (&[(6, false), (6, true), (2, true)], Some(6.0)),
            (&[(1, true), (9, false), (9, false)], None),
            // The example of Freireich (1963), 6-mercaptopurine, in weeks: median 23.
            (
                &[
                    (6, true),
                    (6, true),
                    (6, true),
                    (6, false),
                    (7, true),
                    (9, false),
                    (10, true),
                    (10, false),
                    (11, false),
                    (13, true),
                    (16, true),
                    (17, false),
                    (19, false),
                    (20, false),
                    (22, true),
                    (23, true),
                    (25, false),
                    (32, false),
                    (32, false),
                    (34, false),
                    (35, false),
                ],
                Some(23.0),
            ),
        ] {
            assert_eq!(median(times.to_vec()), expected, "{times:?}");
        }
    }
}
