//! The answer: whether tickets of each priority are reviewed as often as the rule says, and whether a mandatory review is missing.

use crate::sampling::Rate;
use crate::terms::Priority;

use super::Options;
use super::compliance::{Judgement, judge};
use super::tally::{Priorities, Tally, is_mandatory};
use secspan_reports::cells::{NO_DATA, many, share};
use secspan_reports::document::{Cell, Section, Unit};
use secspan_reports::headline::{Figure, Headline, Status, chart};
use secspan_reports::render::value;
use secspan_reports::target::CASES_MIN;

/// Key and title of the figure of each priority, P1 first.
const FIGURES: [(&str, &str); 5] = [
    ("p1_rate", "P1 reviewed"),
    ("p2_rate", "P2 reviewed"),
    ("p3_rate", "P3 reviewed"),
    ("p4_rate", "P4 reviewed"),
    ("p5_rate", "P5 reviewed"),
];

/// The headline; `missed` mandatory reviews were not required.
pub(super) fn of(
    total: &Priorities,
    missed: u64,
    options: &Options,
    sections: &[Section],
) -> Headline {
    let judged: Vec<Judged> = total
        .each()
        .map(|(priority, tally)| Judged::of(priority, tally, options))
        .collect();
    let all = total.all();
    let decisions = Figure::new("decisions", "Decisions", Cell::Count(all.n()), Unit::Count);
    let rate = share(all.required(), all.n());
    let rate = Figure::new("rate", "Reviewed in all", rate, Unit::Share).of(all.n());
    let figures = [decisions, rate];
    let of_priorities = judged.iter().zip(FIGURES);
    let of_priorities = of_priorities.map(|(judged, (key, title))| judged.figure(key, title));
    let mandatory = mandatory(total, missed, options);
    let figures = figures.into_iter().chain(of_priorities).chain([mandatory]);
    Headline::new(
        answer(&all, &judged, missed),
        figures.collect(),
        chart(sections, &["rate_by_priority"]),
    )
}

/// The decisions about one priority, against its rate.
struct Judged {
    priority: Priority,
    tally: Tally,
    target: Rate,
    tolerance_points: f64,
    judgement: Judgement,
}

impl Judged {
    fn of(priority: Priority, tally: Tally, options: &Options) -> Self {
        let target = options.rates.of(priority);
        Self {
            priority,
            tally,
            target,
            tolerance_points: options.tolerance_points,
            judgement: judge(&tally, target, options.tolerance_points),
        }
    }

    /// As the table judges, but a handful of decisions that fit is no proof.
    fn status(&self) -> Status {
        match self.judgement {
            Judgement::Within if self.tally.n() < CASES_MIN => Status::TooFew,
            Judgement::Within => Status::Met,
            Judgement::Below | Judgement::Above => Status::Missed,
            Judgement::TooFew => Status::TooFew,
            Judgement::NoData => Status::NoData,
        }
    }

    fn figure(&self, key: &'static str, title: &'static str) -> Figure {
        let rate = Cell::number(self.tally.rate().share(), NO_DATA);
        Figure::new(key, title, rate, Unit::Share)
            .of(self.tally.n())
            .against(self.goal(), self.status())
    }

    /// From where to where a share is within the tolerance.
    fn goal(&self) -> String {
        let end = |points: f64| {
            let percent = (self.target.percent() + points).clamp(0.0, 100.0);
            value::number(percent / 100.0, Unit::Share)
        };
        format!(
            "{} to {}",
            end(-self.tolerance_points),
            end(self.tolerance_points)
        )
    }

    /// What is off, when it is certain: `P4 less often than the rule says (2.0 %, not 10.0 %)`.
    fn miss(&self) -> Option<String> {
        let often = match self.judgement {
            Judgement::Below => "less",
            Judgement::Above => "more",
            Judgement::Within | Judgement::TooFew | Judgement::NoData => return None,
        };
        let share = |share: f64| value::number(share, Unit::Share);
        let (is, wanted) = (self.tally.rate().share()?, self.target.percent() / 100.0);
        let (priority, is, wanted) = (self.priority.as_str(), share(is), share(wanted));
        Some(format!(
            "{priority} {often} often than the rule says ({is}, not {wanted})"
        ))
    }
}

fn answer(all: &Tally, judged: &[Judged], missed: u64) -> String {
    let misses: Vec<String> = judged.iter().filter_map(Judged::miss).collect();
    let rate = value::number(all.rate().share().unwrap_or(0.0), Unit::Share);
    let asked = format!(
        "{} of {} ({rate}) asked for a review",
        value::count(all.required()),
        many(all.n(), "decision", "decisions"),
    );
    let with = |status: Status| -> Vec<&str> {
        let found = judged.iter().filter(|judged| judged.status() == status);
        found.map(|judged| judged.priority.as_str()).collect()
    };
    let (met, open) = (with(Status::Met), with(Status::TooFew));
    let is_open = met.is_empty() && misses.is_empty();
    let mut answer = if is_open {
        format!("{asked}, too few decisions to tell whether the rule is kept")
    } else if misses.is_empty() {
        format!("{asked}, as often as the rule says as far as the numbers can tell")
    } else {
        format!("{asked}: {}", misses.join(", "))
    };
    if !is_open && !open.is_empty() {
        answer = format!("{answer}; too few to tell for {}", open.join(", "));
    }
    if missed > 0 {
        let reviews = many(
            missed,
            "mandatory review was not required",
            "mandatory reviews were not required",
        );
        answer = format!("{answer}; {reviews}");
    }
    answer.push('.');
    answer
}

/// Reviews that the rule makes mandatory, whatever the draw, and that nobody asked for.
fn mandatory(total: &Priorities, missed: u64, options: &Options) -> Figure {
    let mandatory = total
        .each()
        .filter(|(priority, _)| is_mandatory(&options.rates, *priority));
    let n = mandatory.map(|(_, tally)| tally.n()).sum();
    let status = match (n, missed) {
        (0, _) => Status::NoData,
        (_, 0) => Status::Met,
        _ => Status::Missed,
    };
    let figure = Figure::new(
        "mandatory_not_required",
        "Mandatory, not required",
        Cell::Count(missed),
        Unit::Count,
    );
    figure.of(n).against("0", status)
}
