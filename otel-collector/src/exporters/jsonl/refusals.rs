//! Logs which records could not be made and why: each cause at once, and then at most once a minute.
//!
//! A cause is a kind of record and the first field that is wrong with it: a sender that forgets the priority of every
//! decision is one line a minute with a count, and does not hide another one that forgets something else.

use std::fmt::Write as _;
use std::time::Instant;

use secspan_records::assemble::Incomplete;
use secspan_records::join::Joined;
use secspan_records::kind::Kind;

use crate::log_once::LogOnce;

/// Reasons in a line at most; the side file has them all.
const REASONS_MAX: usize = 2;

/// Longest reason in a line, in bytes.
const REASON_MAX_BYTES: usize = 200;

/// What is wrong: with what kind of record, and with which of its fields.
type Cause = (Option<&'static Kind>, String);

/// What was logged, by cause; kinds and fields are few, so it stays small.
#[derive(Debug)]
pub(super) struct Refusals {
    component: String,
    logged: LogOnce<Cause>,
}

impl Refusals {
    /// For the component of that id.
    pub(super) fn new(component: &str) -> Self {
        Self {
            component: component.to_owned(),
            logged: LogOnce::default(),
        }
    }

    /// Notes what became no record.
    pub(super) fn note(&self, joined: &Joined, now: Instant) {
        if let Some(line) = self.line(joined, now) {
            tracing::warn!(component = %self.component, "{line}");
        }
    }

    /// What to say about it, when it is time for a line.
    fn line(&self, joined: &Joined, now: Instant) -> Option<String> {
        let (cause, mut line) = match joined {
            Joined::Record(_) => return None,
            Joined::Rejected(unfinished) => (cause(unfinished), rejected(unfinished)),
            Joined::Incomplete(unfinished) => (cause(unfinished), incomplete(unfinished)),
            Joined::Orphaned(orphaned) => {
                let subject = orphaned.subject.as_deref().map(shortened);
                let subject = subject.map(|subject| format!(" of {subject}"));
                let line = format!(
                    "no record{}: the workflow span of trace {} never arrived",
                    subject.unwrap_or_default(),
                    orphaned.trace
                );
                ((None, String::new()), line)
            }
        };
        line.push_str(&self.logged.due(cause, now)?);
        Some(line)
    }
}

/// Reasons begin with the name of the field.
fn cause(unfinished: &Incomplete) -> Cause {
    let first = unfinished.reasons.first().map_or("", String::as_str);
    let field = first.split(':').next().unwrap_or_default();
    (Some(unfinished.kind), shortened(field))
}

fn rejected(unfinished: &Incomplete) -> String {
    format!(
        "{} rejected: {}; see .rejected",
        unfinished.kind.name,
        reasons(unfinished)
    )
}

fn incomplete(unfinished: &Incomplete) -> String {
    format!(
        "no {} record: the workflow ended as {} without all that is required: {}",
        unfinished.kind.name,
        unfinished.outcome.as_str(),
        reasons(unfinished)
    )
}

/// The first reasons, and how many there are besides.
fn reasons(unfinished: &Incomplete) -> String {
    let first = unfinished.reasons.iter().take(REASONS_MAX);
    let first: Vec<String> = first.map(|reason| shortened(reason)).collect();
    let mut text = first.join("; ");
    let more = unfinished.reasons.len().saturating_sub(REASONS_MAX);
    if more > 0 {
        let _infallible = write!(text, "; and {more} more");
    }
    text
}

/// At most [`REASON_MAX_BYTES`] of a text: senders choose what stands in it.
fn shortened(text: &str) -> String {
    let end = text.floor_char_boundary(REASON_MAX_BYTES);
    match text.get(..end) {
        Some(start) if end < text.len() => format!("{start}…"),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::clock;
    use secspan_records::assemble::of_event;
    use secspan_records::event::FactEvent;
    use secspan_records::facts::{FactValue, UnixNanos};
    use secspan_semconv::attribute;
    use secspan_testkit::kinds::{DECISION, TICKET};

    fn refused(kind: &'static Kind, given: &[(&str, &str)]) -> Joined {
        let event = FactEvent::read(kind, None, UnixNanos(1), |key| {
            let (_, text) = given.iter().find(|(known, _)| *known == key)?;
            FactValue::text(text)
        });
        Joined::Rejected(of_event(&event).unwrap_err())
    }

    #[test]
    fn a_line_has_the_kind_and_the_first_reasons_once_a_minute_for_each_cause() {
        let refusals = Refusals::new("jsonl");
        let start = clock::instant();
        let at = |seconds| start + Duration::from_secs(seconds);
        let empty = refused(&DECISION, &[]);
        insta::assert_snapshot!(refusals.line(&empty, at(0)).unwrap(), @"decision rejected: ticket_id: missing; set secops.ticket.id on the event secops.review.decided; priority: missing; set secops.priority on the event secops.review.decided; and 2 more; see .rejected");
        let ticket = refused(&TICKET, &[(attribute::SECOPS_TICKET_ID, "OPS-1")]);
        insta::assert_snapshot!(refusals.line(&ticket, at(1)).unwrap(), @"ticket rejected: priority: missing; set secops.priority on the event secops.ticket.closed; see .rejected");
        assert_eq!(refusals.line(&empty, at(1)), None);
        assert_eq!(refusals.line(&empty, at(59)), None);
        let again = refusals.line(&empty, at(60)).unwrap();
        assert!(
            again.ends_with("(2 more since the last such line)"),
            "{again}"
        );
        assert_eq!(refusals.line(&empty, at(61)), None);
    }

    #[test]
    fn a_line_is_short_whatever_a_sender_wrote() {
        let refusals = Refusals::new("jsonl");
        let Joined::Rejected(mut unfinished) = refused(&DECISION, &[]) else {
            panic!("it lacks everything")
        };
        unfinished.reasons = vec!["ü".repeat(5_000); 50];
        let joined = Joined::Rejected(unfinished);
        let line = refusals.line(&joined, clock::instant()).unwrap();
        assert!(line.len() < 500 && line.contains("and 48 more"), "{line}");
    }
}
