//! Finished enrichments, as the collector wrote them down: its files are an interface that an application may read.

use std::fs;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use secspan::enrichment::Priority;
use secspan::review::Investigation;
use secspan_enrichment::enrichment::Enrichment;
use secspan_enrichment::kinds::ENRICHMENT;
use secspan_enrichment::terms;
use secspan_records::invalid::Invalid;
use secspan_records::origin::Reading;
use secspan_records::record::Record;

/// The name that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Why there is nothing to follow up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FinishedError {
    /// The file cannot be read.
    #[error("{} cannot be read", .0.display())]
    Read(PathBuf, #[source] io::Error),
    /// A line is no enrichment record.
    #[error("{}, line {line}: not an enrichment record", .path.display())]
    Line {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong with it.
        source: Invalid,
    },
}

/// A finished enrichment.
#[derive(Debug, Clone)]
pub struct Finished {
    /// Its record.
    pub record: Enrichment<'static>,
}

impl Finished {
    /// The ticket.
    pub fn ticket(&self) -> &str {
        &self.record.ticket
    }

    /// Who enriched it.
    pub fn analyst(&self) -> &str {
        &self.record.analyst
    }

    /// Its priority, in the SDK's words.
    pub fn priority(&self) -> Priority {
        match self.record.priority {
            terms::Priority::P1 => Priority::P1,
            terms::Priority::P2 => Priority::P2,
            terms::Priority::P3 => Priority::P3,
            terms::Priority::P4 => Priority::P4,
            terms::Priority::P5 => Priority::P5,
        }
    }

    /// What it is about: a ticket without a vulnerability is about an event.
    pub fn investigation(&self) -> Investigation {
        match self.record.cve {
            Some(_) => Investigation::Cve,
            None => Investigation::Event,
        }
    }

    /// When it was complete.
    pub fn at(&self) -> SystemTime {
        let seconds = self.record.completed_at.unix_seconds();
        UNIX_EPOCH + Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
    }
}

/// The records of a file; `-` is standard input.
///
/// # Errors
/// When the file cannot be read, or a line of it is no record.
pub fn read(path: &Path) -> Result<Vec<Finished>, FinishedError> {
    let text = if path == Path::new(STANDARD_INPUT) {
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    let text = text.map_err(|error| FinishedError::Read(path.to_owned(), error))?;
    parse(path, &text)
}

fn parse(path: &Path, text: &str) -> Result<Vec<Finished>, FinishedError> {
    (1..)
        .zip(text.lines())
        .map(|(line, text)| {
            let malformed = |source| FinishedError::Line {
                path: path.to_owned(),
                line,
                source,
            };
            let record = Record::from_line(&ENRICHMENT, text, Reading::default());
            let record = Enrichment::of(&record.map_err(malformed)?);
            record
                .map(|record| Finished { record })
                .ok_or_else(|| malformed(Invalid::default()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_record_is_named() {
        let error = parse(Path::new("x.jsonl"), "{\"ticket_id\": 7}\n").unwrap_err();
        assert_eq!(
            error.to_string(),
            "x.jsonl, line 1: not an enrichment record"
        );
        assert!(parse(Path::new("x.jsonl"), "").unwrap().is_empty());
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("not-there.jsonl")).unwrap_err();
        assert_eq!(error.to_string(), "not-there.jsonl cannot be read");
    }
}
