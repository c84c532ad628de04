//! Which files have been kept long enough: decided from names and the time alone.
//!
//! The daily files of every kind count, with the side files that stand beside them. A table that is one file for ever
//! (`review-decisions.csv`) is never due, nor are logs with pipes, nor anything of another name.

use std::time::Duration;

use secspan_records::facts::UnixNanos;
use secspan_records::kind::Kind;
use secspan_records::timestamp::{Date, Timestamp};

/// How long daily files are kept unless configured: 365 days.
pub const KEEP: Duration = Duration::from_secs(365 * SECONDS_PER_DAY.unsigned_abs());

/// The shortest time that files may be kept: yesterday's may still get records.
pub const KEEP_MIN: Duration = Duration::from_secs(SECONDS_PER_DAY.unsigned_abs());

/// Seconds in a UTC day.
const SECONDS_PER_DAY: i64 = 86_400;

/// What the names of a daily file and its side files end with.
const ENDS: [&str; 3] = ["", ".rejected", ".torn"];

/// A daily file, or a side file of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DailyFile {
    /// The series that it belongs to.
    pub series: &'static Kind,
    /// The UTC day that it holds.
    pub date: Date,
    /// What a side file's name has behind that of its file; else nothing.
    pub end: &'static str,
}

impl DailyFile {
    /// The file of this name, of one of these kinds; `None` for every name that no daily file has.
    pub fn of_name(kinds: &[&'static Kind], name: &str) -> Option<Self> {
        ENDS.into_iter().find_map(|end| {
            let (series, date) = Kind::of_file_name(kinds, name.strip_suffix(end)?)?;
            let date = date?;
            Some(Self { series, date, end })
        })
    }

    /// Its name.
    pub fn name(&self) -> String {
        self.part_name(0)
    }

    /// The name of a further part of it: `enrichment-metrics-2025-12-03.1.jsonl`. Part 0 is the file itself.
    pub fn part_name(&self, part: u32) -> String {
        let Self { series, date, end } = self;
        let extension = series.file.format.extension();
        let number = if part == 0 {
            String::new()
        } else {
            format!(".{part}")
        };
        format!("{}-{date}{number}.{extension}{end}", series.file.stem)
    }

    /// Whether its whole day is at least `keep` ago.
    fn is_due(&self, now: UnixNanos, keep: Duration) -> bool {
        let Ok(begins) = Timestamp::parse(&format!("{}T00:00:00Z", self.date)) else {
            return false;
        };
        let ends = begins.plus_seconds(SECONDS_PER_DAY);
        let age = Timestamp::from_nanos(now).seconds_since(ends);
        u64::try_from(age).is_ok_and(|age| age >= keep.as_secs())
    }
}

/// The files of these kinds among `names` of which every record is at least `keep` old at `now`: the oldest first, a file before its side
/// files.
pub fn due<'a>(
    kinds: &[&'static Kind],
    names: impl IntoIterator<Item = &'a str>,
    now: UnixNanos,
    keep: Duration,
) -> Vec<DailyFile> {
    let files = names
        .into_iter()
        .filter_map(|name| DailyFile::of_name(kinds, name));
    let mut due: Vec<DailyFile> = files.filter(|file| file.is_due(now, keep)).collect();
    due.sort_by(|one, other| {
        let key = |file: &DailyFile| (file.date, file.series.file.stem, file.end);
        key(one).cmp(&key(other))
    });
    due
}

#[cfg(test)]
mod tests {
    use secspan_testkit::kinds;

    use super::*;

    fn at(text: &str) -> UnixNanos {
        let seconds = Timestamp::parse(text).unwrap().unix_seconds();
        UnixNanos(seconds.unsigned_abs() * 1_000_000_000)
    }

    fn days(days: u64) -> Duration {
        Duration::from_secs(days * 86_400)
    }

    #[test]
    fn a_day_is_due_when_its_last_second_is_old_enough() {
        let name = "enrichment-metrics-2024-11-20.jsonl";
        for (now, keep, is_due) in [
            ("2025-11-20T23:59:59Z", days(365), false),
            ("2025-11-21T00:00:00Z", days(365), true),
            ("2026-11-21T00:00:00Z", days(365), true),
            ("2024-11-20T12:00:00Z", days(1), false),
            ("2024-11-21T23:59:59Z", days(1), false),
            ("2024-11-22T00:00:00Z", days(1), true),
            ("2024-11-22T11:59:59Z", Duration::from_hours(36), false),
            ("2024-11-22T12:00:00Z", Duration::from_hours(36), true),
            // A clock that is wrong takes nothing away.
            ("1970-01-01T00:00:00Z", days(1), false),
        ] {
            let found = due(&kinds::KINDS, [name], at(now), keep);
            assert_eq!(!found.is_empty(), is_due, "{now}, {keep:?}");
        }
    }

    #[test]
    fn daily_files_and_their_side_files_are_due_and_nothing_else() {
        let names = [
            "ticket-metrics-2024-02-29.jsonl",
            "review-metrics-2024-02-29.jsonl.rejected",
            "review-metrics-2024-02-29.jsonl",
            "review-metrics-2024-02-29.jsonl.torn",
            "enrichment-metrics-2024-01-31.jsonl",
            // Never: one file for ever, and what stands beside it.
            "review-decisions.csv",
            "review-decisions.csv.rejected",
            "review-decisions-2020-01-01.csv",
            "sla-alerts.log",
            "notification-failures.log",
            // Archives, and what other people put there.
            "enrichment-metrics-2020-01-01.jsonl.zst",
            "enrichment-metrics-2020-01-01.1.jsonl",
            "enrichment-metrics-2020-01-01.jsonl.partial",
            "enrichment-metrics-2020-01-01.jsonl.rejected.rejected",
            "enrichment-metrics-2020-13-01.jsonl",
            "enrichment-metrics.jsonl",
            "my-enrichment-metrics-2020-01-01.jsonl",
            "notes-2020-01-01.jsonl",
            "",
        ];
        let due = due(&kinds::KINDS, names, at("2025-12-03T09:41:07Z"), KEEP);
        let due: Vec<String> = due.iter().map(DailyFile::name).collect();
        assert_eq!(
            due,
            [
                "enrichment-metrics-2024-01-31.jsonl",
                "review-metrics-2024-02-29.jsonl",
                "review-metrics-2024-02-29.jsonl.rejected",
                "review-metrics-2024-02-29.jsonl.torn",
                "ticket-metrics-2024-02-29.jsonl",
            ]
        );
    }

    #[test]
    fn parts_are_numbered_before_the_extension_so_that_readers_know_them() {
        let file =
            DailyFile::of_name(&kinds::KINDS, "review-metrics-2024-02-29.jsonl.rejected").unwrap();
        let names = [0, 1, 12].map(|part| file.part_name(part));
        assert_eq!(
            names,
            [
                "review-metrics-2024-02-29.jsonl.rejected",
                "review-metrics-2024-02-29.1.jsonl.rejected",
                "review-metrics-2024-02-29.12.jsonl.rejected",
            ]
        );
    }
}
