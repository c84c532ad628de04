//! The two logs: notifications that failed, and alerts about service levels.

use secspan_records::timestamp::Timestamp;

use super::{Entry, EntryError, FIELDS};

/// How much of a wrong word is shown, in characters.
const SHOWN_CHARS: usize = 40;

/// How somebody was to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Channel {
    /// By mail.
    Email,
    /// In Slack.
    Slack,
}

impl Channel {
    /// Every channel.
    pub const ALL: [Self; 2] = [Self::Email, Self::Slack];

    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Slack => "slack",
        }
    }
}

/// How near a ticket is to its service level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Severity {
    /// It will soon be violated.
    Warning,
    /// It is violated.
    Violated,
}

impl Severity {
    /// Every severity.
    pub const ALL: [Self; 2] = [Self::Warning, Self::Violated];

    /// The word in the log.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "WARNING",
            Self::Violated => "VIOLATED",
        }
    }
}

/// A notification that did not arrive: a line of `notification-failures.log`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotificationFailure {
    /// When it failed.
    pub at: Timestamp,
    /// How it was sent.
    pub channel: Channel,
    /// The ticket that it was about.
    pub ticket: String,
    /// Who was to be told; may be empty.
    pub reviewer: String,
    /// What went wrong, in any words.
    pub error: String,
}

impl Entry for NotificationFailure {
    const FILE: &'static str = "notification-failures.log";

    fn fields(&self) -> [String; FIELDS] {
        [
            self.at.to_string(),
            self.channel.as_str().to_owned(),
            self.ticket.clone(),
            self.reviewer.clone(),
            self.error.clone(),
        ]
    }

    fn from_fields(fields: [String; FIELDS]) -> Result<Self, EntryError> {
        let [at, channel, ticket, reviewer, error] = fields;
        Ok(Self {
            at: time(&at)?,
            channel: word(
                "channel",
                &channel,
                Channel::ALL,
                Channel::as_str,
                "email, slack",
            )?,
            ticket,
            reviewer,
            error,
        })
    }
}

/// An alert about a service level: a line of `sla-alerts.log`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlaAlert {
    /// When it was raised.
    pub at: Timestamp,
    /// The ticket that it is about.
    pub ticket: String,
    /// How near the ticket is to its service level.
    pub severity: Severity,
    /// How it was sent; teams have channels of their own.
    pub channel: String,
    /// To whom.
    pub recipient: String,
}

impl Entry for SlaAlert {
    const FILE: &'static str = "sla-alerts.log";

    fn fields(&self) -> [String; FIELDS] {
        [
            self.at.to_string(),
            self.ticket.clone(),
            self.severity.as_str().to_owned(),
            self.channel.clone(),
            self.recipient.clone(),
        ]
    }

    fn from_fields(fields: [String; FIELDS]) -> Result<Self, EntryError> {
        let [at, ticket, severity, channel, recipient] = fields;
        let allowed = "WARNING, VIOLATED";
        Ok(Self {
            at: time(&at)?,
            ticket,
            severity: word(
                "severity",
                &severity,
                Severity::ALL,
                Severity::as_str,
                allowed,
            )?,
            channel,
            recipient,
        })
    }
}

fn time(text: &str) -> Result<Timestamp, EntryError> {
    Timestamp::parse(text).map_err(EntryError::Time)
}

/// The value whose word this is, in any case: people write these logs too.
fn word<T: Copy, const N: usize>(
    field: &'static str,
    given: &str,
    all: [T; N],
    name: fn(T) -> &'static str,
    allowed: &'static str,
) -> Result<T, EntryError> {
    let found = all
        .into_iter()
        .find(|value| name(*value).eq_ignore_ascii_case(given.trim()));
    found.ok_or_else(|| EntryError::Word {
        field,
        given: given.chars().take(SHOWN_CHARS).collect(),
        allowed,
    })
}
