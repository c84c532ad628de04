//! A document that uses every kind of block, cell, unit, level and form.

use secspan_records::timestamp::Timestamp;

use crate::document::{
    Block, Cell, Chart, Column, Document, Form, Malformed, Note, Period, Section, Series, Source,
    Table, Unit,
};
use crate::headline::{Figure, Headline, Status};

pub(super) fn everything() -> Document {
    Document {
        key: "sample",
        title: "Everything a report can hold".to_owned(),
        period: Some(Period {
            from: moment("2025-12-01T08:00:00Z").date(),
            to: moment("2025-12-31T17:30:00Z").date(),
        }),
        headline: Some(headline()),
        source: Source {
            files: vec![
                "metrics/enrichment-metrics-2025-12-01.jsonl".to_owned(),
                "metrics/review-decisions.csv".to_owned(),
            ],
            records: 1204,
            other_records: 4,
            outside_period: 17,
            superseded: 2,
            malformed: 3,
            malformed_examples: vec![
                malformed(
                    12,
                    "priority is no priority: \"P6\", one of P1, P2, P3, P4, P5",
                ),
                malformed(40, "not a JSON object: ends after 57 bytes"),
            ],
            as_of: Some(moment("2025-12-31T17:30:00Z")),
        },
        sections: vec![units(), people(), charts(), nothing()],
    }
}

/// A report over files in which nothing is of use to it.
pub(super) fn empty() -> Document {
    Document {
        key: "sampling",
        title: "Review sampling".to_owned(),
        period: None,
        headline: None,
        source: Source {
            files: vec!["metrics/review-decisions.csv".to_owned()],
            records: 3,
            other_records: 3,
            malformed: 1,
            malformed_examples: vec![malformed(2, "priority is no priority")],
            ..Source::default()
        },
        sections: Vec::new(),
    }
}

fn moment(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn malformed(line: u64, reason: &str) -> Malformed {
    Malformed {
        file: "metrics/review-decisions.csv".to_owned(),
        line,
        reason: reason.to_owned(),
    }
}

fn headline() -> Headline {
    let share = |value| Cell::Number(value);
    Headline {
        answer: Note::warning(
            "Work takes 12 min 30 s on average, within the target of 10 to 15 minutes, but 2 of 1,204 are late.",
        ),
        figures: vec![
            Figure::new("all", "All of it", Cell::Count(1204), Unit::Count),
            Figure::new("mean", "Mean duration", Cell::Number(750.25), Unit::Seconds)
                .of(1204)
                .against("10 to 15 minutes", Status::Met),
            Figure::new("late", "Late", Cell::Count(2), Unit::Count).against("0", Status::Missed),
            Figure::new(
                "rate",
                "Reviewed of those with a long title",
                share(0.25),
                Unit::Share,
            )
            .of(4)
            .against("at least 95.0 %", Status::TooFew),
            Figure::new("none", "Of nothing", Cell::Missing("no data"), Unit::Hours)
                .of(0)
                .against("less than 24 h", Status::NoData),
        ],
        chart: Some("charts"),
    }
}

fn units() -> Section {
    const COLUMNS: [Column; 10] = [
        Column::new("name", "Name", Unit::Plain),
        Column::new("n", "n", Unit::Count),
        Column::new("mean_seconds", "Mean", Unit::Seconds).of("n"),
        Column::new("age_hours", "Age", Unit::Hours).of("n"),
        Column::new("share", "Share", Unit::Share).of("n"),
        Column::new("change_share", "Change", Unit::ShareDifference),
        Column::new("score", "Score", Unit::Score).of("n"),
        Column::new("rho", "Correlation", Unit::Number).of("n"),
        Column::new("value", "Value", Unit::Plain),
        Column::new("met", "Target met", Unit::Plain),
    ];
    let full = vec![
        text("full"),
        Cell::Count(1204),
        Cell::Number(750.25),
        Cell::Number(1036.251),
        Cell::Number(0.25),
        Cell::Number(-0.025),
        Cell::Number(86.5),
        Cell::Number(-0.312_345_678),
        Cell::Number(1e-9),
        Cell::Flag(true),
    ];
    let thin = vec![
        text("thin"),
        Cell::Count(3),
        Cell::Missing("n < 5"),
        Cell::Missing(""),
        Cell::Number(1.0),
        Cell::Number(0.1),
        Cell::Number(100.0),
        Cell::Missing("n < 5"),
        Cell::Count(u64::MAX),
        Cell::Flag(false),
    ];
    Section {
        key: "units",
        title: "Units".to_owned(),
        blocks: vec![
            Note::info("One row with every value, one with few.").into(),
            table("units", &COLUMNS, vec![full, thin]),
            Note::good("The target of 95 % is met.").into(),
            Note::warning("2 mandatory reviews were not required: OPS-771, OPS-802.").into(),
        ],
    }
}

fn people() -> Section {
    const COLUMNS: [Column; 3] = [
        Column::new("analyst", "Analyst", Unit::Plain),
        Column::new("enrichments", "Enrichments", Unit::Count),
        Column::new("remark", "Remark of the team lead", Unit::Plain),
    ];
    let remark =
        "works on the night shift and takes whatever the day left over, which is mostly P3 and P4";
    let rows = vec![
        vec![
            text("Mira (Security Analyst)"),
            Cell::Count(120),
            text(remark),
        ],
        vec![text("\u{5c0f}\u{6797}"), Cell::Count(7), text("")],
        vec![
            text("\u{5de}\u{5d9}\u{5e8}\u{5d4}"),
            Cell::Count(0),
            Cell::Missing("no remark"),
        ],
    ];
    Section {
        key: "people",
        title: "People".to_owned(),
        blocks: vec![table("by_analyst", &COLUMNS, rows)],
    }
}

const WEEKS: [&str; 5] = ["2025-W49", "2025-W50", "2025-W51", "2025-W52", "2026-W01"];

fn charts() -> Section {
    let mean = [Some(750.0), Some(812.5), None, Some(640.0), Some(655.0)];
    let median = [Some(655.0), Some(700.0), None, Some(600.0), Some(612.0)];
    let change = [None, Some(0.02), Some(-0.035), Some(0.0), Some(0.11)];
    let (lines, hours, points) = (Form::Lines, Unit::Hours, Unit::ShareDifference);
    let people: &[(&str, &[Option<f64>])] = &[("reviews", &[Some(12.0), Some(3.0)])];
    let mut by_reviewer = chart(
        "load",
        "Reviews by reviewer",
        (Form::Bars, Unit::Count),
        people,
    );
    by_reviewer.categories = vec![
        "Jonas (Senior Reviewer)".to_owned(),
        "Riley (Security Reviewer)".to_owned(),
    ];
    let blocks = [
        rates(),
        decisions(),
        chart(
            "charts",
            "Time by week",
            (lines, Unit::Seconds),
            &[("Mean", &mean), ("Median", &median)],
        ),
        chart(
            "change",
            "Change to the week before",
            (Form::Bars, points),
            &[("Change", &change)],
        ),
        by_reviewer,
        chart("unknown", "Hours", (lines, hours), &[("P1", &[None; 5])]),
    ];
    Section {
        key: "charts",
        title: "Charts".to_owned(),
        blocks: blocks.map(Block::Chart).to_vec(),
    }
}

fn rates() -> Chart {
    let rate = [Some(1.0), Some(1.0), Some(0.271), Some(0.083), None];
    let target = [Some(1.0), Some(1.0), Some(0.25), Some(0.1), Some(0.05)];
    let series: &[(&str, &[Option<f64>])] = &[("Rate", &rate), ("Target", &target)];
    let mut chart = chart(
        "rate",
        "Required reviews by priority",
        (Form::Bars, Unit::Share),
        series,
    );
    chart.categories = ["P1", "P2", "P3", "P4", "P5"].map(str::to_owned).to_vec();
    chart
}

fn decisions() -> Chart {
    let required = [Some(12.0), Some(8.0), Some(30.0), None, Some(1.0)];
    let others = [Some(30.0), Some(41.0), Some(12.0), None, Some(0.0)];
    let series: &[(&str, &[Option<f64>])] = &[("required", &required), ("not required", &others)];
    chart(
        "weeks",
        "Decisions by week",
        (Form::StackedBars, Unit::Count),
        series,
    )
}

fn nothing() -> Section {
    const COLUMNS: [Column; 1] = [Column::new("ticket", "Ticket", Unit::Plain)];
    Section {
        key: "nothing",
        title: "Nothing".to_owned(),
        blocks: vec![
            Note::no_data("no decision names a reviewer").into(),
            table("none", &COLUMNS, Vec::new()),
        ],
    }
}

fn text(text: &str) -> Cell {
    Cell::Text(text.to_owned())
}

fn table(key: &'static str, columns: &[Column], rows: Vec<Vec<Cell>>) -> Block {
    Block::Table(Table {
        key,
        columns: columns.to_vec(),
        rows,
    })
}

/// A chart over weeks.
fn chart(
    key: &'static str,
    title: &str,
    (form, unit): (Form, Unit),
    series: &[(&str, &[Option<f64>])],
) -> Chart {
    let series = series.iter().map(|(name, values)| Series {
        name: (*name).to_owned(),
        values: values.to_vec(),
    });
    Chart {
        key,
        title: title.to_owned(),
        form,
        unit,
        categories: WEEKS.map(str::to_owned).to_vec(),
        series: series.collect(),
    }
}
