//! What bounds the join in time and memory.

use std::time::Duration;

use crate::value::ShareUnit;

/// Settings of the join.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// A workflow whose span arrived is complete when nothing of its trace arrived for this long.
    pub quiet_period: Duration,
    /// At the latest this long after a trace was first seen, its workflows are complete; and for as long again late
    /// spans become amendments.
    pub deadline: Duration,
    /// Memory for traces and for the ancestry of their spans, in bytes.
    pub max_bytes: usize,
    /// What was complete longer ago than this is rejected.
    pub max_age: Duration,
    /// What is to be complete further in the future than this is rejected.
    pub max_ahead: Duration,
    /// In what unit senders state EPSS.
    pub share_unit: ShareUnit,
}

impl Settings {
    /// Quiet period unless configured.
    pub const QUIET_PERIOD: Duration = Duration::from_secs(5);
    /// Deadline unless configured.
    pub const DEADLINE: Duration = Duration::from_hours(1);
    /// Memory unless configured: some ten thousand open workflows.
    pub const MAX_BYTES: usize = 32 << 20;
    /// Oldest completion unless configured: archives of ten years can be sent again.
    pub const MAX_AGE: Duration = Duration::from_hours(24 * 3_650);
    /// Latest completion unless configured: a clock in the wrong time zone is no reason to lose a record.
    pub const MAX_AHEAD: Duration = Duration::from_hours(24);
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quiet_period: Self::QUIET_PERIOD,
            deadline: Self::DEADLINE,
            max_bytes: Self::MAX_BYTES,
            max_age: Self::MAX_AGE,
            max_ahead: Self::MAX_AHEAD,
            share_unit: ShareUnit::default(),
        }
    }
}
