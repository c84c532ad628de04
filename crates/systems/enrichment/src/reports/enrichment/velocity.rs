//! Velocity: how many enrichments are completed in a day, on the calendar, on days with work, by analyst and by week.

use super::analysts::Analysts;
use super::weekly::WeekOfWork;
use secspan_reports::calendar::{Day, Timeline, Week, Weeks};
use secspan_reports::cells::{NO_DATA, chart, spread, table, text};
use secspan_reports::document::{Block, Cell, Column, Form, Note, Section, Unit};
use secspan_reports::period::Span;
use secspan_reports::statistics::{Counts, Distribution, Merge};

/// Completed enrichments by day.
#[derive(Clone, Debug, Default)]
pub(super) struct Velocity(Timeline<Day, u64>);

/// How many enrichments were completed in a day.
#[derive(Clone, Debug, Default)]
pub(super) struct Days {
    /// On each day from the first to the last.
    calendar: Distribution,
    /// On each day on which there was one.
    pub(super) active: Distribution,
    /// By each analyst on each day on which that analyst completed one.
    analyst: Distribution,
}

impl Velocity {
    #[inline]
    pub(super) fn add(&mut self, day: Day) {
        self.0.at(day, |count| *count += 1);
    }

    pub(super) fn days(&self, span: &Span, analysts: &Analysts) -> Days {
        let mut counts = Counts::default();
        for count in self.0.values() {
            counts.add(*count);
        }
        let active = counts.distribution();
        let all = span.days().map_or(0, |(first, last)| first.days_to(last));
        counts.add_times(0, all.saturating_sub(active.n()));
        Days {
            calendar: counts.distribution(),
            active,
            analyst: analysts.per_day(),
        }
    }
}

impl Merge for Velocity {
    fn merge(&mut self, other: Self) {
        self.0.merge(other.0);
    }
}

const COLUMNS: [Column; 5] = [
    Column::new("basis", "Enrichments in", Unit::Plain),
    Column::new("n", "Days", Unit::Count),
    Column::new("mean", "Mean", Unit::Number).of("n"),
    Column::new("median", "Median", Unit::Number).of("n"),
    Column::new("max", "Most", Unit::Count),
];

const WEEK_COLUMNS: [Column; 7] = [
    Column::new("week", "Week", Unit::Plain),
    Column::new("days", "Days", Unit::Count),
    Column::new("active_days", "Days with work", Unit::Count),
    Column::new("n", "Enrichments", Unit::Count),
    Column::new("mean_per_day", "Per day", Unit::Number).of("days"),
    Column::new("mean_per_active_day", "Per day with work", Unit::Number).of("active_days"),
    Column::new("median_seconds", "Median", Unit::Seconds).of("n"),
];

impl Days {
    pub(super) fn section(&self, span: &Span, weeks: &Weeks<WeekOfWork>) -> Section {
        let basis = |name: &str, values: &Distribution| {
            let [mean, median, _] = spread(values);
            let most = values.max().map_or(Cell::Missing(NO_DATA), Cell::Count);
            vec![text(name), Cell::Count(values.n()), mean, median, most]
        };
        let rows = vec![
            basis("calendar day", &self.calendar),
            basis("day with work", &self.active),
            basis("analyst's day with work", &self.analyst),
        ];
        let in_period = |week| days_in_period(week, span);
        let week_rows = weeks.weeks.iter();
        let week_rows = week_rows.map(|(week, work)| week_row(*week, in_period(*week), work));
        let per_day = weeks.weeks.iter().map(|(week, work)| {
            let days = in_period(*week);
            (days > 0).then(|| work.n() as f64 / days as f64)
        });
        let mut blocks = vec![
            table("velocity", &COLUMNS, rows),
            Note::info(
                "Calendar days are all days from the first to the last enrichment, those without work and weekends \
                 included; days are UTC and those of completion.",
            )
            .into(),
            table("velocity_weeks", &WEEK_COLUMNS, week_rows.collect()),
        ];
        blocks.extend(weeks.note.clone().map(Block::Note));
        blocks.push(chart(
            ("velocity_trend", "Enrichments per calendar day, by week"),
            (Form::Lines, Unit::Number),
            weeks.names(),
            vec![("per day", per_day.collect())],
        ));
        Section {
            key: "velocity",
            title: "Velocity".to_owned(),
            blocks,
        }
    }
}

/// How many days of a week lie in the period of the report: the first and the last week may be cut.
fn days_in_period(week: Week, span: &Span) -> u64 {
    let (first, last) = (week.first_day(), week.last_day());
    span.days()
        .map_or(0, |(from, to)| first.max(from).days_to(last.min(to)))
}

fn week_row(week: Week, days: u64, work: &WeekOfWork) -> Vec<Cell> {
    let (n, active) = (work.n(), work.active_days());
    let per = |days: u64| Cell::number((days > 0).then(|| n as f64 / days as f64), NO_DATA);
    let median = work.seconds.distribution().median();
    vec![
        text(week.name()),
        Cell::Count(days),
        Cell::Count(active),
        Cell::Count(n),
        per(days),
        per(active),
        Cell::number(median, NO_DATA),
    ]
}
