//! The answer: how long enrichments take, how many there are in a day, and where the time goes.

use secspan_reports::cells::{NO_DATA, many, share};
use secspan_reports::document::{Cell, Section, Unit};
use secspan_reports::headline::{Figure, Headline, chart};
use secspan_reports::render::value;
use secspan_reports::statistics::Distribution;
use secspan_reports::target::Target;

/// The headline; `longest` is the stage in which most of the time goes, and its share.
pub(super) fn of(
    total: &Distribution,
    succeeded: u64,
    targets: &[Target; 2],
    longest: Option<(&str, f64)>,
    sections: &[Section],
) -> Headline {
    let [duration, per_day] = targets;
    let n = total.n();
    let mean = Cell::number(total.mean(), NO_DATA);
    let rate = Cell::number(per_day.value, NO_DATA);
    let mut answer = format!(
        "{} took {}{}, {}; the pace was {} per day with work, {}",
        many(n, "enrichment", "enrichments"),
        value::cell(&mean, Unit::Seconds),
        if n > 1 { " on average" } else { "" },
        duration.standing(),
        value::cell(&rate, Unit::Number),
        per_day.standing(),
    );
    if let Some((stage, share)) = longest {
        let share = value::number(share, Unit::Share);
        answer = format!("{answer}; the largest part of the time, {share}, went to {stage}");
    }
    answer.push('.');
    let p90 = Cell::number(total.p90(), NO_DATA);
    let figures = vec![
        Figure::new("enrichments", "Enrichments", Cell::Count(n), Unit::Count),
        duration.figure("mean_duration", "Mean duration", (mean, Unit::Seconds)),
        Figure::new("p90_duration", "90th percentile", p90, Unit::Seconds).of(n),
        per_day.figure(
            "per_day_with_work",
            "Per day with work",
            (rate, Unit::Number),
        ),
        Figure::new(
            "success",
            "Ended in success",
            share(succeeded, n),
            Unit::Share,
        )
        .of(n),
    ];
    Headline::new(answer, figures, chart(sections, &["stage_shares"]))
}
