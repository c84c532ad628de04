//! Where records of a kind are kept: the one place that says what a file is called and how it is laid out.
//!
//! Writers and readers ask here and need no `match` over kinds.

use crate::decision;
use crate::definition::RecordKind;
use crate::timestamp::Date;

/// How records stand in a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object per line.
    JsonLines,
    /// A header, then one row of comma-separated values per record.
    Csv,
}

/// Which records share a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Period {
    /// Those of one UTC day; the date is part of the name.
    Day,
    /// All of them.
    Ever,
}

/// The file, or the series of daily files, in which records of one kind are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RecordFile {
    /// What the records are.
    pub kind: RecordKind,
    /// First part of the name.
    pub stem: &'static str,
    /// How records stand in it.
    pub format: Format,
    /// Which records share it.
    pub period: Period,
}

impl Format {
    /// The end of the name, behind its dot.
    pub fn extension(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
        }
    }
}

impl RecordKind {
    /// Where records of this kind are kept.
    pub fn file(self) -> RecordFile {
        let (stem, format, period) = match self {
            Self::Enrichment => ("enrichment-metrics", Format::JsonLines, Period::Day),
            Self::Review => ("review-metrics", Format::JsonLines, Period::Day),
            Self::Decision => ("review-decisions", Format::Csv, Period::Ever),
            Self::Ticket => ("ticket-metrics", Format::JsonLines, Period::Day),
        };
        RecordFile {
            kind: self,
            stem,
            format,
            period,
        }
    }
}

impl RecordFile {
    /// The name of the file for records of `date`: `enrichment-metrics-2025-12-03.jsonl`, `review-decisions.csv`.
    pub fn name(&self, date: Date) -> String {
        let (stem, extension) = (self.stem, self.format.extension());
        match self.period {
            Period::Day => format!("{stem}-{date}.{extension}"),
            Period::Ever => format!("{stem}.{extension}"),
        }
    }

    /// The first line of a new file, without its line feed; `None` when records start at once.
    pub fn header(&self) -> Option<&'static str> {
        match self.format {
            Format::JsonLines => None,
            Format::Csv => Some(decision::HEADER),
        }
    }

    /// What a file of this name holds, and of which date: `None` for a name that no kind has.
    pub fn of_name(name: &str) -> Option<(Self, Option<Date>)> {
        RecordKind::ALL.into_iter().find_map(|kind| {
            let file = kind.file();
            let stem = name
                .strip_suffix(file.format.extension())?
                .strip_suffix('.')?
                .strip_prefix(file.stem)?;
            match file.period {
                Period::Ever => stem.is_empty().then_some((file, None)),
                Period::Day => {
                    let date = Date::parse(stem.strip_prefix('-')?)?;
                    Some((file, Some(date)))
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timestamp::Timestamp;

    #[test]
    fn names_are_those_of_the_contract_and_are_recognised() {
        let date = Timestamp::parse("2025-12-03T09:41:07Z").unwrap().date();
        let names = RecordKind::ALL.map(|kind| kind.file().name(date));
        assert_eq!(
            names,
            [
                "enrichment-metrics-2025-12-03.jsonl",
                "review-metrics-2025-12-03.jsonl",
                "review-decisions.csv",
                "ticket-metrics-2025-12-03.jsonl",
            ]
        );
        for (kind, name) in RecordKind::ALL.into_iter().zip(names) {
            let (file, found) = RecordFile::of_name(&name).unwrap();
            assert_eq!(file, kind.file());
            assert_eq!(found.is_some(), file.period == Period::Day);
            assert_eq!(file.name(found.unwrap_or(date)), name);
        }
        for name in [
            "review-decisions-2025-12-03.csv",
            "enrichment-metrics.jsonl",
            "enrichment-metrics-2025-12-03.jsonl.rejected",
            "enrichment-metrics-2025-13-03.jsonl",
            "enrichment-metrics-2025-12-3.jsonl",
            "enrichment-metrics-2025-12-03jsonl",
            "notes.jsonl",
        ] {
            assert_eq!(RecordFile::of_name(name), None, "{name}");
        }
    }
}
