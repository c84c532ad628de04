//! The answer: how well analyses score, how many have critical issues, and which of the other targets are missed.

use super::tally::Tally;
use secspan_reports::cells::{NO_DATA, many};
use secspan_reports::document::{Cell, Section, Unit};
use secspan_reports::headline::{Figure, Headline, chart};
use secspan_reports::render::value;
use secspan_reports::target::Target;

/// The headline; the targets are those of the overview.
pub(super) fn of(total: &Tally, targets: &[Target; 7], sections: &[Section]) -> Headline {
    let [
        score,
        critical,
        accuracy,
        first_pass,
        duration,
        per_day,
        balance,
    ] = targets;
    let number = |value| Cell::number(value, NO_DATA);
    let seconds = number(total.seconds.distribution().mean());
    let reviews = Figure::new("reviews", "Reviews", Cell::Count(total.n), Unit::Count);
    let figures = vec![
        reviews,
        score.figure(
            "mean_score",
            "Mean score",
            (number(score.value), Unit::Score),
        ),
        critical.figure(
            "critical_rate",
            "With critical issues",
            (number(total.critical_rate().share()), Unit::Share),
        ),
        first_pass.figure(
            "first_pass_rate",
            "First pass",
            (number(total.first_pass_rate().share()), Unit::Share),
        ),
        accuracy.figure(
            "mean_accuracy",
            "Mean accuracy",
            (number(accuracy.value), Unit::Score),
        ),
        duration.figure("mean_duration", "Mean duration", (seconds, Unit::Seconds)),
        per_day.figure(
            "per_day_with_work",
            "Per day with work",
            (number(per_day.value), Unit::Number),
        ),
        balance.figure(
            "balance",
            "Balance of reviewers",
            (number(balance.value), Unit::Number),
        ),
    ];
    Headline::new(
        answer(total, targets),
        figures,
        chart(sections, &["score_trend_chart"]),
    )
}

fn answer(total: &Tally, [score, critical, others @ ..]: &[Target; 7]) -> String {
    let cell = |value, unit| value::cell(&Cell::number(value, NO_DATA), unit).into_owned();
    let issues = match total.with_critical {
        0 => "none found".to_owned(),
        n => {
            let share = cell(total.critical_rate().share(), Unit::Share);
            format!("{} ({share}) found", value::count(n))
        }
    };
    let mut answer = format!(
        "{} scored {} points{}, {}; {issues} critical issues, {}",
        many(total.n, "review", "reviews"),
        cell(score.value, Unit::Score),
        if total.n > 1 { " on average" } else { "" },
        score.standing(),
        critical.standing(),
    );
    let missed = others.iter().filter(|target| target.is_missed());
    let missed: Vec<&str> = missed.map(|target| target.name).collect();
    if !missed.is_empty() {
        answer = format!("{answer}; other targets missed: {}", missed.join(", "));
    }
    answer.push('.');
    answer
}
