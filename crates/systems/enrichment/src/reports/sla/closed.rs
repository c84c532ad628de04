//! Closed tickets: in time or not, by priority and in all.

use crate::service_level::State;
use crate::terms::Priority;

use super::judged::{Case, Judged, hours};
use super::{Options, named};
use secspan_reports::cells::{NO_DATA, NOTHING, interval, many, table, text};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::render::value;
use secspan_reports::statistics::Ratio;

/// Why a value is missing: nothing is promised for the priority.
pub(super) const NO_TARGET: &str = "no target";

/// Seconds in an hour.
const HOUR: u64 = 3_600;

const OVERVIEW: [Column; 9] = [
    Column::new("tickets", "Tickets", Unit::Count),
    Column::new("closed", "Closed", Unit::Count),
    Column::new("met", "In time", Unit::Count),
    Column::new("missed", "Too late", Unit::Count),
    Column::new("compliance", "Compliance", Unit::Share),
    Column::new("target", "Target", Unit::Share),
    Column::new("open", "Open", Unit::Count),
    Column::new("overdue", "Overdue", Unit::Count),
    Column::new(
        "compliance_with_overdue",
        "With overdue as too late",
        Unit::Share,
    ),
];

const COMPLIANCE: [Column; 10] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("limit_hours", "Limit", Unit::Hours),
    Column::new("n", "Closed", Unit::Count),
    Column::new("met", "In time", Unit::Count),
    Column::new("missed", "Too late", Unit::Count),
    Column::new("compliance", "Compliance", Unit::Share).of("n"),
    Column::new("compliance_low", "95 % from", Unit::Share),
    Column::new("compliance_high", "to", Unit::Share),
    Column::new("target", "Target", Unit::Share),
    Column::new("status", "Status", Unit::Plain),
];

/// What became of the tickets for which something is promised.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    pub(super) met: u64,
    pub(super) missed: u64,
    pub(super) overdue: u64,
}

impl Tally {
    pub(super) fn of<'a>(cases: impl Iterator<Item = &'a Case>) -> Self {
        let mut tally = Self::default();
        for case in cases {
            match case.state {
                State::Met => tally.met += 1,
                State::Missed => tally.missed += 1,
                State::OpenOverdue => tally.overdue += 1,
                State::OpenWithin | State::OpenWarning | State::NoTarget => {}
            }
        }
        tally
    }

    pub(super) fn n(self) -> u64 {
        self.met + self.missed
    }

    pub(super) fn ratio(self) -> Ratio {
        Ratio::new(self.met, self.n())
    }

    /// The same when tickets that are open and overdue already count as too late, which they will be.
    pub(super) fn with_overdue(self) -> Ratio {
        Ratio::new(self.met, self.n() + self.overdue)
    }
}

pub(super) fn overview(judged: &Judged<'_>, options: &Options) -> Section {
    let tally = Tally::of(judged.cases.iter());
    let closed = judged.cases.iter().filter(|case| case.closed_on.is_some());
    let closed = closed.count() as u64;
    let tickets = judged.cases.len() as u64;
    let row = vec![
        Cell::Count(tickets),
        Cell::Count(closed),
        Cell::Count(tally.met),
        Cell::Count(tally.missed),
        Cell::number(tally.ratio().share(), NO_DATA),
        Cell::Number(options.target_share),
        Cell::Count(tickets - closed),
        Cell::Count(tally.overdue),
        Cell::number(tally.with_overdue().share(), NO_DATA),
    ];
    let mut blocks = vec![
        table("overview", &OVERVIEW, vec![row]),
        verdict(tally, options.target_share).into(),
    ];
    if tally.overdue > 0 {
        let tickets = many(tally.overdue, "open ticket is", "open tickets are");
        blocks.push(Note::warning(format!("{tickets} overdue.")).into());
    }
    blocks.push(
        Note::info("Compliance is the share of closings in time. Tickets without a target are in none of the shares.").into(),
    );
    blocks.extend(unknown(judged, tally).map(Block::Note));
    named("overview", blocks)
}

/// What would follow if all the tickets were open of which nobody knows whether they are closed.
fn unknown(judged: &Judged<'_>, tally: Tally) -> Option<Note> {
    let unknown = judged.unknown();
    if unknown.tickets == 0 {
        return None;
    }
    let tickets = many(unknown.tickets, "ticket was", "tickets were");
    let overdue = tally.overdue + unknown.late;
    let share = Tally { overdue, ..tally }.with_overdue().share();
    let share = share.map_or(String::new(), |share| {
        let share = value::number(share, Unit::Share);
        format!(", and the share with overdue as too late would be {share}")
    });
    let late = value::count(unknown.late);
    Some(Note::info(format!(
        "{tickets} enriched and have no line of their own, so nobody knows whether they are closed. If all of them are open, \
         {late} of them are overdue{share}."
    )))
}

/// What the closings say about the target, in a sentence.
pub(super) fn verdict(tally: Tally, target: f64) -> Note {
    let share = |share: Option<f64>| value::number(share.unwrap_or(0.0), Unit::Share);
    let wanted = share(Some(target));
    let is = format!(
        "{} of {} were in time",
        share(tally.ratio().share()),
        many(tally.n(), "closing", "closings")
    );
    match judge(tally.ratio(), target) {
        Judgement::NoData => Note::no_data("No ticket with a target was closed."),
        Judgement::Met => Note::good(format!("{is}; the target of {wanted} is met.")),
        Judgement::MetByFew => Note::info(format!(
            "{is}, at least the target of {wanted}, but they are too few to call it met."
        )),
        Judgement::Missed => Note::warning(format!("{is}; the target of {wanted} is missed.")),
        Judgement::TooFew => Note::info(format!(
            "{is}, less than the target of {wanted}, but they are too few to call it missed."
        )),
    }
}

pub(super) fn section(judged: &Judged<'_>, options: &Options) -> Section {
    let priorities = Priority::ALL.into_iter();
    let rows = priorities.map(|priority| row(judged, priority, options.target_share));
    let mut blocks = vec![
        table("compliance", &COMPLIANCE, rows.collect()),
        Note::info(
            "A target counts as missed when the whole 95 % interval (Wilson) lies below it, and as met when none of the interval \
             does; otherwise the closings are too few to tell. Time exactly used up is in time.",
        )
        .into(),
    ];
    blocks.extend(hours_note(judged));
    named("compliance", blocks)
}

/// Which hours count, where not all do.
pub(super) fn hours_note(judged: &Judged<'_>) -> Option<Block> {
    let business = |priority: &Priority| {
        let target = judged.levels.target(*priority);
        target.is_some_and(|target| target.hours != crate::service_level::Hours::Calendar)
    };
    let names: Vec<&str> = Priority::ALL
        .iter()
        .filter(|priority| business(priority))
        .map(|priority| priority.as_str())
        .collect();
    let note = format!(
        "Hours of {} are business hours; all others are hours of the calendar.",
        names.join(", ")
    );
    (!names.is_empty()).then(|| Note::info(note).into())
}

fn row(judged: &Judged<'_>, priority: Priority, target_share: f64) -> Vec<Cell> {
    let closed = judged
        .of_priority(priority)
        .filter(|case| case.closed_on.is_some());
    let closed = closed.count() as u64;
    let Some(target) = judged.levels.target(priority) else {
        let mut row = vec![
            text(priority.as_str()),
            Cell::Missing("none"),
            Cell::Count(closed),
        ];
        row.extend([const { Cell::Missing(NOTHING) }; 6]);
        row.push(text(NO_TARGET));
        return row;
    };
    let tally = Tally::of(judged.of_priority(priority));
    let [low, high] = interval(tally.ratio());
    vec![
        text(priority.as_str()),
        limit(target.limit_seconds),
        Cell::Count(closed),
        Cell::Count(tally.met),
        Cell::Count(tally.missed),
        Cell::number(tally.ratio().share(), NO_DATA),
        low,
        high,
        Cell::Number(target_share),
        text(judge(tally.ratio(), target_share).words()),
    ]
}

/// A limit in hours, which mostly is a whole number.
fn limit(seconds: u64) -> Cell {
    if seconds.is_multiple_of(HOUR) {
        Cell::Count(seconds / HOUR)
    } else {
        Cell::Number(hours(seconds as f64))
    }
}

/// What a share of closings in time is against its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// At least the target, the whole interval too.
    Met,
    /// At least the target, but the interval reaches below it.
    MetByFew,
    /// Below it, the whole interval too.
    Missed,
    /// Below it, but the interval is not.
    TooFew,
    /// Nothing was closed.
    NoData,
}

impl Judgement {
    fn words(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::MetByFew => "met, n too small to tell",
            Self::Missed => "missed",
            Self::TooFew => "below target, n too small to tell",
            Self::NoData => NO_DATA,
        }
    }
}

/// Hundredths of a percent in the whole.
const WHOLE: f64 = 10_000.0;

pub(super) fn judge(ratio: Ratio, target: f64) -> Judgement {
    let (Some(share), Some((low, high))) = (ratio.share(), ratio.wilson()) else {
        return Judgement::NoData;
    };
    // A share of a target like 0.95 is seldom exact as a float; a millionth of a percent does not decide.
    let target = (target * WHOLE).round() / WHOLE;
    if low >= target - f64::EPSILON {
        Judgement::Met
    } else if share >= target - f64::EPSILON {
        Judgement::MetByFew
    } else if high < target {
        Judgement::Missed
    } else {
        Judgement::TooFew
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_met_or_missed_only_when_the_numbers_can_tell() {
        for (met, n, judgement) in [
            (0, 0, Judgement::NoData),
            (1, 1, Judgement::MetByFew),
            (19, 20, Judgement::MetByFew),
            (57, 60, Judgement::MetByFew),
            (133, 140, Judgement::MetByFew),
            // All of n in time: n / (n + 3.8415) is the lower end, 0.9493 and 0.9500.
            (72, 72, Judgement::MetByFew),
            (73, 73, Judgement::Met),
            (970, 1000, Judgement::Met),
            (960, 1000, Judgement::MetByFew),
            (18, 20, Judgement::TooFew),
            (0, 1, Judgement::Missed),
            (2, 3, Judgement::Missed),
            (900, 1000, Judgement::Missed),
            (949, 1000, Judgement::TooFew),
        ] {
            assert_eq!(judge(Ratio::new(met, n), 0.95), judgement, "{met} of {n}");
        }
    }
}
