//! Kinds of records as a setting: `records: [enrichment, review]`.

use std::collections::BTreeSet;

use secspan_records::definition::RecordKind;

use crate::config::nearest::did_you_mean;
use crate::config::problem::Shown;
use crate::config::{Complaint, ScalarSetting, Section};

impl ScalarSetting for RecordKind {
    const EXPECTED: &'static str = "enrichment, review, decision or ticket";

    fn parse(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|kind| kind.as_str() == text);
        found.ok_or_else(|| did_you_mean(text, Self::ALL.map(Self::as_str)).unwrap_or_default())
    }

    fn placeholder() -> Self {
        Self::Enrichment
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.as_str().to_owned())
    }
}

/// The kinds under `records`; all of them where there is no such key.
pub(super) fn read(section: &mut Section<'_>) -> BTreeSet<RecordKind> {
    let listed = section.list::<RecordKind>("records").check(|kinds| {
        if kinds.is_empty() {
            return Err(Complaint::new("no kind of record is named")
                .hint("to write nothing, set `enabled: false`"));
        }
        Ok(())
    });
    listed.or(RecordKind::ALL.into()).into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_text;

    fn kinds(text: &str) -> (Vec<RecordKind>, Vec<String>) {
        let (kinds, problems) = read_text(text, read);
        let problems = problems.iter().map(|problem| {
            let details = problem.complaint.details();
            let details: Vec<&str> = details.map(|(_, detail)| detail).collect();
            format!("{}: {}", problem.path, details.join("; "))
        });
        (kinds.into_iter().collect(), problems.collect())
    }

    #[test]
    fn every_kind_is_written_unless_some_are_named() {
        assert_eq!(kinds(""), (RecordKind::ALL.to_vec(), vec![]));
        let named = vec![RecordKind::Review, RecordKind::Decision];
        assert_eq!(
            kinds("records: [decision, review, decision]"),
            (named, vec![])
        );
    }

    #[test]
    fn what_is_no_kind_is_refused_with_what_is_allowed() {
        let (_, problems) = kinds("records: [enrichment, decisions]");
        assert_eq!(
            problems,
            [
                "records[1]: decisions; enrichment, review, decision or ticket; did you mean `decision`?"
            ]
        );
        let (_, problems) = kinds("records: []");
        assert!(problems[0].contains("enabled: false"), "{problems:?}");
    }
}
