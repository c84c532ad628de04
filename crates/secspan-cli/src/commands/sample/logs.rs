//! Lines of the logs with pipes, as the sample tells them.

use secspan_jsonl::pipe_log::{Channel, Entry, NotificationFailure, Severity, SlaAlert};
use secspan_sample::{Alert, Untold};

/// The logs of a sample.
pub(super) const FILES: [&str; 2] = [SlaAlert::FILE, NotificationFailure::FILE];

pub(super) fn alert(alert: Alert) -> SlaAlert {
    SlaAlert {
        at: alert.at,
        ticket: alert.ticket,
        severity: if alert.violated {
            Severity::Violated
        } else {
            Severity::Warning
        },
        channel: Channel::Slack.as_str().to_owned(),
        recipient: alert.recipient.to_owned(),
    }
}

pub(super) fn untold(untold: Untold) -> NotificationFailure {
    NotificationFailure {
        at: untold.at,
        channel: if untold.by_mail {
            Channel::Email
        } else {
            Channel::Slack
        },
        ticket: untold.ticket,
        reviewer: untold.reviewer.to_owned(),
        error: untold.error.to_owned(),
    }
}
