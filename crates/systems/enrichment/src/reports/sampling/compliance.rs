//! Shares of required reviews, by priority, against what the rule wants.

use crate::sampling::Rate;

use super::tally::{Priorities, Tally, WHOLE, hundredths};
use super::{Options, section as named};
use secspan_reports::cells::{NO_DATA, chart, interval, many, share, table, text};
use secspan_reports::document::{Block, Cell, Column, Form, Level, Note, Section, Unit};

const OVERVIEW: [Column; 6] = [
    Column::new("decisions", "Decisions", Unit::Count),
    Column::new("required", "Required", Unit::Count),
    Column::new("mandatory", "Mandatory", Unit::Count),
    Column::new("sampled", "Sampled", Unit::Count),
    Column::new("not_required", "Not required", Unit::Count),
    Column::new("rate", "Rate", Unit::Share),
];

const BY_PRIORITY: [Column; 7] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("n", "Decisions", Unit::Count),
    Column::new("required", "Required", Unit::Count),
    Column::new("mandatory", "Mandatory", Unit::Count),
    Column::new("sampled", "Sampled", Unit::Count),
    Column::new("not_required", "Not required", Unit::Count),
    Column::new("rate", "Rate", Unit::Share),
];

const COMPLIANCE: [Column; 9] = [
    Column::new("priority", "Priority", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("rate", "Rate", Unit::Share).of("n"),
    Column::new("rate_low", "95 % from", Unit::Share),
    Column::new("rate_high", "to", Unit::Share),
    Column::new("target", "Target", Unit::Share),
    Column::new("difference_share", "Difference", Unit::ShareDifference),
    Column::new("within_tolerance", "Within tolerance", Unit::Plain),
    Column::new("status", "Status", Unit::Plain),
];

pub(super) fn overview(total: &Priorities, repeated: u64) -> Section {
    let mut row = counts(&total.all());
    row.push(share(total.all().required(), total.all().n()));
    let mut blocks = vec![table("overview", &OVERVIEW, vec![row])];
    if repeated > 0 {
        let decisions = many(repeated, "decision is", "decisions are");
        blocks.push(
            Note::info(format!(
                "{decisions} about a ticket that was decided about before; each counts."
            ))
            .into(),
        );
    }
    named("overview", blocks)
}

pub(super) fn by_priority(total: &Priorities) -> Section {
    let row = |name: &str, tally: &Tally| {
        let mut row = vec![text(name)];
        row.extend(counts(tally));
        row.push(share(tally.required(), tally.n()));
        row
    };
    let rows = total
        .each()
        .map(|(priority, tally)| row(priority.as_str(), &tally));
    named(
        "priorities",
        vec![table("by_priority", &BY_PRIORITY, rows.collect())],
    )
}

/// Number, required, mandatory, sampled, not required.
fn counts(tally: &Tally) -> Vec<Cell> {
    vec![
        Cell::Count(tally.n()),
        Cell::Count(tally.required()),
        Cell::Count(tally.mandatory),
        Cell::Count(tally.sampled),
        Cell::Count(tally.not_required),
    ]
}

pub(super) fn section(total: &Priorities, options: &Options) -> Section {
    let rate = |priority| options.rates.of(priority);
    let rows = total.each().map(|(priority, tally)| {
        row(
            priority.as_str(),
            &tally,
            rate(priority),
            options.tolerance_points,
        )
    });
    let judged: Vec<_> = total
        .each()
        .map(|(priority, tally)| {
            (
                priority,
                judge(&tally, rate(priority), options.tolerance_points),
            )
        })
        .collect();
    let names = |wanted: fn(Judgement) -> bool| {
        let found = judged.iter().filter(|(_, judgement)| wanted(*judgement));
        found
            .map(|(priority, _)| priority.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    };
    let off = names(|judgement| matches!(judgement, Judgement::Below | Judgement::Above));
    let open = names(|judgement| judgement == Judgement::TooFew);
    let mut sentence = if off.is_empty() {
        "No priority is outside of its tolerance as far as the numbers can tell.".to_owned()
    } else {
        format!("Outside of the tolerance: {off}.")
    };
    if !open.is_empty() {
        sentence = format!("{sentence} Too few decisions to tell: {open}.");
    }
    let level = if off.is_empty() {
        Level::Good
    } else {
        Level::Warning
    };
    let categories = total
        .each()
        .map(|(priority, _)| priority.as_str().to_owned());
    let rates = total.each().map(|(_, tally)| tally.rate().share());
    let targets = total
        .each()
        .map(|(priority, _)| Some(rate(priority).percent() / 100.0));
    named(
        "compliance",
        vec![
            table("compliance", &COMPLIANCE, rows.collect()),
            Block::Note(Note { level, text: sentence }),
            Note::info(format!(
                "The tolerance is {} percentage points to either side. A share outside of it is called a miss only when its \
                 whole 95 % interval (Wilson) lies outside as well.",
                options.tolerance_points
            ))
            .into(),
            chart(
                ("rate_by_priority", "Required reviews by priority"),
                (Form::Bars, Unit::Share),
                categories.collect(),
                vec![("rate", rates.collect()), ("target", targets.collect())],
            ),
        ],
    )
}

fn row(priority: &str, tally: &Tally, target: Rate, tolerance: f64) -> Vec<Cell> {
    let judgement = judge(tally, target, tolerance);
    let [low, high] = interval(tally.rate());
    let target_share = target.percent() / 100.0;
    let difference = tally.rate().share().map(|rate| rate - target_share);
    let within = match judgement {
        Judgement::NoData => Cell::Missing(NO_DATA),
        judgement => Cell::Flag(judgement == Judgement::Within),
    };
    vec![
        text(priority),
        Cell::Count(tally.n()),
        Cell::number(tally.rate().share(), NO_DATA),
        low,
        high,
        Cell::Number(target_share),
        Cell::number(difference, NO_DATA),
        within,
        text(judgement.words()),
    ]
}

/// What a share is against its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    /// Within the tolerance.
    Within,
    /// Below it, the whole interval too.
    Below,
    /// Above it, the whole interval too.
    Above,
    /// Outside of it, but the interval is not.
    TooFew,
    /// There is no decision.
    NoData,
}

impl Judgement {
    fn words(self) -> &'static str {
        match self {
            Self::Within => "within tolerance",
            Self::Below => "below tolerance",
            Self::Above => "above tolerance",
            Self::TooFew => "outside tolerance, n too small to tell",
            Self::NoData => NO_DATA,
        }
    }
}

pub(super) fn judge(tally: &Tally, target: Rate, tolerance_points: f64) -> Judgement {
    let Some((low, high)) = tally.rate().wilson() else {
        return Judgement::NoData;
    };
    // Whole numbers: a share that is exactly at the edge is within, whatever it looks like as a float.
    let (n, target) = (tally.n() as f64, hundredths(target));
    let tolerance = (tolerance_points * 100.0).round();
    let distance = tally.required() as f64 * WHOLE - target * n;
    if distance.abs() <= tolerance * n {
        Judgement::Within
    } else if high < (target - tolerance) / WHOLE {
        Judgement::Below
    } else if low > (target + tolerance) / WHOLE {
        Judgement::Above
    } else {
        Judgement::TooFew
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_judged_by_its_tolerance_and_by_its_interval() {
        let tally = |required, n| Tally {
            mandatory: 0,
            sampled: required,
            not_required: n - required,
        };
        for (required, n, percent, judgement) in [
            (0, 0, 25.0, Judgement::NoData),
            (5, 20, 25.0, Judgement::Within),
            // Exactly 20 % and 30 %: the edges belong to it.
            (4, 20, 25.0, Judgement::Within),
            (6, 20, 25.0, Judgement::Within),
            (3, 20, 25.0, Judgement::TooFew),
            (0, 10, 25.0, Judgement::TooFew),
            (150, 1000, 25.0, Judgement::Below),
            (350, 1000, 25.0, Judgement::Above),
            (19, 20, 100.0, Judgement::Within),
            (18, 20, 100.0, Judgement::TooFew),
            (900, 1000, 100.0, Judgement::Below),
            // 17.5 % against 10 % of 1000: 15.3 % to 20.0 %.
            (175, 1000, 10.0, Judgement::Above),
        ] {
            let rate = Rate::from_percent(percent).unwrap();
            assert_eq!(
                judge(&tally(required, n), rate, 5.0),
                judgement,
                "{required} of {n} at {percent}"
            );
        }
    }
}
