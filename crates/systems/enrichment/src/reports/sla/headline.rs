//! The answer: whether enough closings were in time, and how many open tickets already are not.

use crate::service_level::State;
use crate::terms::Priority;

use super::closed::{Judgement, Tally, judge, verdict};
use super::judged::Judged;
use secspan_reports::cells::NO_DATA;
use secspan_reports::document::{Cell, Section, Unit};
use secspan_reports::headline::{Figure, Headline, Status, chart};
use secspan_reports::render::value;
use secspan_reports::statistics::Ratio;

/// The charts, the best first: without closings in several weeks there is no trend.
const CHARTS: [&str; 3] = ["trend_compliance", "time_to_close_chart", "open_chart"];

/// Key and title of the figure of each priority, P1 first.
const FIGURES: [(&str, &str); 5] = [
    ("p1_compliance", "P1 in time"),
    ("p2_compliance", "P2 in time"),
    ("p3_compliance", "P3 in time"),
    ("p4_compliance", "P4 in time"),
    ("p5_compliance", "P5 in time"),
];

/// The headline.
pub(super) fn of(judged: &Judged<'_>, target: f64, sections: &[Section]) -> Headline {
    let all = Tally::of(judged.cases.iter());
    let promised = Priority::ALL
        .into_iter()
        .filter(|priority| judged.levels.target(*priority).is_some());
    let by_priority: Vec<(Priority, Ratio)> = promised
        .map(|priority| (priority, Tally::of(judged.of_priority(priority)).ratio()))
        .collect();
    let compliance = |(key, title), ratio| compliance(key, title, ratio, target);
    let mut figures = vec![compliance(("compliance", "Closed in time"), all.ratio())];
    figures.extend(by_priority.iter().filter_map(|(priority, ratio)| {
        let names = FIGURES.get(*priority as usize)?;
        Some(compliance(*names, *ratio))
    }));
    let with_overdue = ("compliance_with_overdue", "With overdue as too late");
    figures.push(compliance(with_overdue, all.with_overdue()));
    let open = Open::of(judged, all);
    figures.extend(open.figures());
    figures.push(Figure::new(
        "no_closing_known",
        "No closing known",
        Cell::Count(judged.unknown().tickets),
        Unit::Count,
    ));
    let mut answer = verdict(all, target).text;
    answer.truncate(answer.trim_end_matches('.').len());
    let missed = by_priority
        .iter()
        .filter(|(_, ratio)| judge(*ratio, target) == Judgement::Missed)
        .map(|(priority, ratio)| {
            let share = value::number(ratio.share().unwrap_or(0.0), Unit::Share);
            format!("{} ({share})", priority.as_str())
        });
    let missed: Vec<String> = missed.collect();
    if !missed.is_empty() {
        answer = format!("{answer}; missed for {}", missed.join(", "));
    }
    answer = format!("{answer}; {}.", open.words());
    Headline::new(answer, figures, chart(sections, &CHARTS))
}

/// Tickets that are open.
struct Open {
    all: u64,
    /// Those for which something is promised.
    promised: u64,
    /// Those of them that are over their time.
    overdue: u64,
}

impl Open {
    fn of(judged: &Judged<'_>, tally: Tally) -> Self {
        let open = || judged.cases.iter().filter(|case| case.closed_on.is_none());
        Self {
            all: open().count() as u64,
            promised: open().filter(|case| case.state != State::NoTarget).count() as u64,
            overdue: tally.overdue,
        }
    }

    fn words(&self) -> String {
        match (self.overdue, self.promised) {
            (_, 0) => "no ticket with a target is open".to_owned(),
            (0, 1) => "the open ticket is not overdue".to_owned(),
            (_, 1) => "the open ticket is overdue".to_owned(),
            (0, open) => format!("none of {} open tickets is overdue", value::count(open)),
            (overdue, open) => {
                let is = if overdue == 1 { "is" } else { "are" };
                let (overdue, open) = (value::count(overdue), value::count(open));
                format!("{overdue} of {open} open tickets {is} overdue")
            }
        }
    }

    /// How many there are, and how many are over their time, which none is to be.
    fn figures(&self) -> [Figure; 2] {
        let status = match (self.promised, self.overdue) {
            (0, _) => Status::NoData,
            (_, 0) => Status::Met,
            _ => Status::Missed,
        };
        let overdue = Cell::Count(self.overdue);
        [
            Figure::new("open", "Open", Cell::Count(self.all), Unit::Count),
            Figure::new("overdue", "Overdue", overdue, Unit::Count)
                .of(self.promised)
                .against("0", status),
        ]
    }
}

fn compliance(key: &'static str, title: &'static str, ratio: Ratio, target: f64) -> Figure {
    let status = match judge(ratio, target) {
        Judgement::Met => Status::Met,
        Judgement::Missed => Status::Missed,
        Judgement::MetByFew | Judgement::TooFew => Status::TooFew,
        Judgement::NoData => Status::NoData,
    };
    let goal = format!("at least {}", value::number(target, Unit::Share));
    Figure::new(
        key,
        title,
        Cell::number(ratio.share(), NO_DATA),
        Unit::Share,
    )
    .of(ratio.whole)
    .against(goal, status)
}
