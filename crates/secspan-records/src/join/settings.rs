//! What bounds the join in time and memory.

use std::time::Duration;

use crate::score::EpssUnit;

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
    /// In what unit senders state EPSS.
    pub epss_unit: EpssUnit,
}

impl Settings {
    /// Quiet period unless configured.
    pub const QUIET_PERIOD: Duration = Duration::from_secs(5);
    /// Deadline unless configured.
    pub const DEADLINE: Duration = Duration::from_hours(1);
    /// Memory unless configured: some ten thousand open workflows.
    pub const MAX_BYTES: usize = 32 << 20;
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            quiet_period: Self::QUIET_PERIOD,
            deadline: Self::DEADLINE,
            max_bytes: Self::MAX_BYTES,
            epss_unit: EpssUnit::default(),
        }
    }
}
