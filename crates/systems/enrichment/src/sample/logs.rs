//! What the logs with pipes say of a ticket: alerts about its service level, and notifications that did not arrive.

use secspan_records::timestamp::Timestamp;
use secspan_sample::random::Random;
use secspan_sample::sample::Content;

use super::facts::Facts;
use super::purpose;

/// The files.
pub(super) const FILES: [&str; 2] = [ALERTS, FAILURES];
const ALERTS: &str = "sla-alerts.log";
const FAILURES: &str = "notification-failures.log";

const MAIL_ERRORS: [&str; 3] = [
    "timed out after 30 s",
    "451 4.7.1 try again later",
    "550 5.1.1 no such user | check the address",
];

const MESSAGE_ERRORS: [&str; 3] = [
    "HTTP 503 from webhook",
    "HTTP 429 from webhook",
    "channel_not_found",
];

/// An alert that the service level is nearly, or quite, used up.
pub(super) fn alert(facts: &Facts, at: Timestamp, violated: bool) -> Content {
    let severity = if violated { "VIOLATED" } else { "WARNING" };
    let recipient = facts.enrichment.analyst.name;
    Content::Line {
        log: ALERTS,
        fields: [
            at.to_string(),
            facts.ticket(),
            severity.to_owned(),
            "slack".to_owned(),
            recipient.to_owned(),
        ],
    }
}

/// A notification that did not arrive.
pub(super) fn failure(facts: &Facts, at: Timestamp) -> Content {
    let mut random = Random::new(facts.seed, purpose::MESSAGE, facts.number);
    let by_mail = random.bits() & 1 == 0;
    let (channel, errors) = if by_mail {
        ("email", MAIL_ERRORS)
    } else {
        ("slack", MESSAGE_ERRORS)
    };
    let drawn = usize::try_from(random.below(errors.len() as u64));
    let error = drawn.ok().and_then(|drawn| errors.get(drawn));
    Content::Line {
        log: FAILURES,
        fields: [
            at.to_string(),
            channel.to_owned(),
            facts.ticket(),
            facts.assigned().unwrap_or_default().to_owned(),
            error.map_or("", |error| error).to_owned(),
        ],
    }
}
