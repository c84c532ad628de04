//! Targets of a team, and whether they are met: value, goal, number of cases, verdict.

use crate::cells::{NO_DATA, many, table, text};
use crate::document::{Block, Cell, Column, Level, Note, Unit};
use crate::headline::{Figure, Status};

/// Fewer cases than this give no verdict about a target.
pub const CASES_MIN: u64 = 5;

/// What a value is to be.
#[derive(Clone, Copy, Debug)]
pub enum Goal {
    /// From here to there, both included.
    Within(f64, f64),
    /// Greater than.
    Above(f64),
    /// Less than.
    Below(f64),
    /// At most, in either direction.
    AtMost(f64),
}

/// One target and what became of it.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// What is measured.
    pub name: &'static str,
    /// The unit of value and goal, as a word.
    pub unit: &'static str,
    /// What is wanted.
    pub goal: Goal,
    /// What is.
    pub value: Option<f64>,
    /// From how many cases.
    pub n: u64,
}

impl Goal {
    fn words(self) -> String {
        match self {
            Self::Within(low, high) => format!("{low} to {high}"),
            Self::Above(limit) => format!("more than {limit}"),
            Self::Below(limit) => format!("less than {limit}"),
            Self::AtMost(limit) => format!("at most {limit}"),
        }
    }

    /// What a value is against the goal.
    fn verdict(self, value: f64) -> Verdict {
        match self {
            Self::Within(low, _) if value < low => Verdict::Missed("below"),
            Self::Within(_, high) if value > high => Verdict::Missed("above"),
            Self::Above(limit) if value <= limit => Verdict::Missed("below"),
            Self::Below(limit) if value >= limit => Verdict::Missed("above"),
            Self::AtMost(limit) if value > limit => Verdict::Missed("above"),
            _ => Verdict::Met,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    Met,
    /// On which side of the goal.
    Missed(&'static str),
    TooFew,
    NoData,
}

impl Target {
    fn verdict(&self) -> Verdict {
        match self.value {
            None => Verdict::NoData,
            Some(_) if self.n < CASES_MIN => Verdict::TooFew,
            Some(value) => self.goal.verdict(value),
        }
    }

    fn row(&self) -> Vec<Cell> {
        let status = match self.verdict() {
            Verdict::Met => "met".to_owned(),
            Verdict::Missed(side) => format!("missed, {side}"),
            Verdict::TooFew => format!("too few (n < {CASES_MIN})"),
            Verdict::NoData => "no data".to_owned(),
        };
        vec![
            text(self.name),
            Cell::number(self.value, NO_DATA),
            text(self.unit),
            text(self.goal.words()),
            Cell::Count(self.n),
            text(status),
        ]
    }

    /// The target as a figure of the headline, its value in the unit in which people read it there.
    pub fn figure(&self, key: &'static str, title: &'static str, value: (Cell, Unit)) -> Figure {
        let status = match self.verdict() {
            Verdict::Met => Status::Met,
            Verdict::Missed(_) => Status::Missed,
            Verdict::TooFew => Status::TooFew,
            Verdict::NoData => Status::NoData,
        };
        let (value, unit) = value;
        let figure = Figure::new(key, title, value, unit);
        let goal = format!("{} {}", self.goal.words(), self.unit);
        figure.of(self.n).against(goal, status)
    }

    /// Whether the value is not as it is to be, and rests on enough cases to say so.
    pub fn is_missed(&self) -> bool {
        matches!(self.verdict(), Verdict::Missed(_))
    }

    /// What the value is against its goal, as the end of a sentence: `below the target of more than 80 points`.
    pub fn standing(&self) -> String {
        let standing = match self.verdict() {
            Verdict::Met => "which meets",
            Verdict::Missed(side) => side,
            Verdict::TooFew => "too few cases to judge by",
            Verdict::NoData => "without a value for",
        };
        let goal = self.goal.words();
        format!("{standing} the target of {goal} {}", self.unit)
    }
}

const COLUMNS: [Column; 6] = [
    Column::new("target", "Target", Unit::Plain),
    Column::new("value", "Value", Unit::Number).of("n"),
    Column::new("unit", "Unit", Unit::Plain),
    Column::new("goal", "Goal", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("status", "Status", Unit::Plain),
];

/// The table of targets, and a sentence about how many are met.
pub fn blocks(targets: &[Target]) -> [Block; 2] {
    let rows = targets.iter().map(Target::row).collect();
    [table("targets", &COLUMNS, rows), Block::Note(note(targets))]
}

/// How many targets are met, which are missed, and which cannot be judged.
fn note(targets: &[Target]) -> Note {
    let names = |such: fn(Verdict) -> bool| -> Vec<&str> {
        let such = targets.iter().filter(|target| such(target.verdict()));
        such.map(|target| target.name).collect()
    };
    let met = names(|verdict| verdict == Verdict::Met).len();
    let missed = names(|verdict| matches!(verdict, Verdict::Missed(_)));
    let open = names(|verdict| matches!(verdict, Verdict::TooFew | Verdict::NoData));
    let (all, of) = (
        targets.len(),
        many(targets.len() as u64, "target", "targets"),
    );
    let mut sentence = if met == all {
        format!("All {of} met")
    } else {
        format!("{met} of {of} met")
    };
    for (word, names) in [("missed", &missed), ("too few cases to judge", &open)] {
        if !names.is_empty() {
            sentence = format!("{sentence}; {word}: {}", names.join(", "));
        }
    }
    let level = match (missed.is_empty(), open.len() == all) {
        (_, true) => Level::NoData,
        (true, false) => Level::Good,
        (false, false) => Level::Warning,
    };
    Note {
        level,
        text: format!("{sentence}."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn goals_end_where_they_say() {
        for (goal, value, met) in [
            (Goal::Within(10.0, 15.0), 10.0, true),
            (Goal::Within(10.0, 15.0), 15.0, true),
            (Goal::Within(10.0, 15.0), 15.01, false),
            (Goal::Within(10.0, 15.0), 9.99, false),
            (Goal::Above(80.0), 80.0, false),
            (Goal::Above(80.0), 80.1, true),
            (Goal::Below(5.0), 5.0, false),
            (Goal::Below(5.0), 4.9, true),
            (Goal::AtMost(10.0), 10.0, true),
            (Goal::AtMost(10.0), 10.5, false),
        ] {
            assert_eq!(goal.verdict(value) == Verdict::Met, met, "{goal:?} {value}");
        }
    }

    #[test]
    fn few_cases_give_no_verdict() {
        let target = |value, n| Target {
            name: "score",
            unit: "points",
            goal: Goal::Above(80.0),
            value,
            n,
        };
        assert_eq!(target(Some(10.0), 4).verdict(), Verdict::TooFew);
        assert_eq!(target(Some(10.0), 5).verdict(), Verdict::Missed("below"));
        assert_eq!(target(None, 0).verdict(), Verdict::NoData);
        let standing = |value, n| target(Some(value), n).standing();
        let goal = "the target of more than 80 points";
        assert_eq!(
            standing(10.0, 4),
            format!("too few cases to judge by {goal}")
        );
        assert_eq!(standing(10.0, 5), format!("below {goal}"));
        assert_eq!(standing(90.0, 5), format!("which meets {goal}"));
        let [_, Block::Note(note)] = blocks(&[target(Some(10.0), 9), target(Some(90.0), 9)]) else {
            panic!("a note follows the table");
        };
        assert_eq!(note.text, "1 of 2 targets met; missed: score.");
    }
}
