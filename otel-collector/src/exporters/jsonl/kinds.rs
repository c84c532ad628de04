//! Kinds of records as a setting: `records: [enrichment, review]`.

use std::collections::BTreeSet;

use secspan_records::kind::Kind;

use crate::config::nearest::did_you_mean;
use crate::config::problem::Shown;
use crate::config::{Complaint, ScalarSetting, Section};

/// A kind of record by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KindName(pub(crate) &'static Kind);

/// The names of all kinds.
fn names() -> impl Iterator<Item = &'static str> {
    secspan_systems::kinds().iter().map(|kind| kind.name)
}

impl ScalarSetting for KindName {
    const EXPECTED: &'static str = "a kind of record";

    fn parse(text: &str) -> Result<Self, String> {
        secspan_systems::kind(text).map(Self).ok_or_else(|| {
            let known = format!("kinds are {}", names().collect::<Vec<_>>().join(", "));
            did_you_mean(text, names()).unwrap_or(known)
        })
    }

    fn placeholder() -> Self {
        #[expect(
            clippy::indexing_slicing,
            reason = "an empty inventory does not compile"
        )]
        const FIRST: &Kind = secspan_systems::SYSTEMS[0].kinds[0];
        Self(FIRST)
    }

    fn show(&self) -> Shown {
        Shown::Scalar(self.0.name.to_owned())
    }
}

/// The kinds under `records`; all of them where there is no such key.
pub(super) fn read(section: &mut Section<'_>) -> BTreeSet<&'static Kind> {
    let listed = section.list::<KindName>("records").check(|kinds| {
        if kinds.is_empty() {
            return Err(Complaint::new("no kind of record is named")
                .hint("to write nothing, set `enabled: false`"));
        }
        Ok(())
    });
    let all = secspan_systems::kinds().iter().map(|kind| KindName(kind));
    let listed = listed.or(all.collect()).into_iter();
    listed.map(|name| name.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::read_text;

    fn kinds(text: &str) -> (Vec<&'static str>, Vec<String>) {
        let (kinds, problems) = read_text(text, read);
        let problems = problems.iter().map(|problem| {
            let details = problem.complaint.details();
            let details: Vec<&str> = details.map(|(_, detail)| detail).collect();
            format!("{}: {}", problem.path, details.join("; "))
        });
        let names = kinds.into_iter().map(|kind| kind.name);
        (names.collect(), problems.collect())
    }

    #[test]
    fn every_kind_is_written_unless_some_are_named() {
        let mut all: Vec<&str> = names().collect();
        all.sort_unstable();
        assert_eq!(kinds(""), (all, vec![]));
        let named = vec!["decision", "review"];
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
            ["records[1]: decisions; a kind of record; did you mean `decision`?"]
        );
        let (_, problems) = kinds("records: []");
        assert!(problems[0].contains("enabled: false"), "{problems:?}");
    }
}
