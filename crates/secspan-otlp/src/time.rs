//! Points in time as OTLP carries them.
//!
//! Nothing here reads a clock: whoever knows the time passes it in.

use std::time::Duration;

/// Nanoseconds per second.
pub const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// Nanoseconds per millisecond.
pub const NANOS_PER_MILLI: u64 = 1_000_000;

/// Nanoseconds since the Unix epoch, UTC. 0 means "not set" on the wire.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnixNanos(pub u64);

impl UnixNanos {
    /// "Not set".
    pub const UNSET: Self = Self(0);

    /// The latest point that fits, in the year 2554.
    pub const MAX: Self = Self(u64::MAX);

    /// Nanoseconds from `earlier` to `self`, 0 when `earlier` is later.
    #[inline]
    pub fn since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The same as [`UnixNanos::since`], as a [`Duration`].
    #[inline]
    pub fn duration_since(self, earlier: Self) -> Duration {
        Duration::from_nanos(self.since(earlier))
    }

    /// Whether a time was set at all.
    #[inline]
    pub fn is_set(self) -> bool {
        self.0 != 0
    }

    /// From whole seconds; `None` when it does not fit.
    pub fn from_secs(seconds: u64) -> Option<Self> {
        seconds.checked_mul(NANOS_PER_SECOND).map(Self)
    }

    /// From milliseconds; `None` when it does not fit.
    pub fn from_millis(millis: u64) -> Option<Self> {
        millis.checked_mul(NANOS_PER_MILLI).map(Self)
    }

    /// From the time that passed since the epoch; `None` when it does not fit. A `SystemTime`
    /// becomes one by `duration_since(UNIX_EPOCH)`.
    pub fn from_epoch(since_epoch: Duration) -> Option<Self> {
        u64::try_from(since_epoch.as_nanos()).ok().map(Self)
    }

    /// The time that passed since the epoch.
    #[inline]
    pub fn since_epoch(self) -> Duration {
        Duration::from_nanos(self.0)
    }

    /// Whole seconds since the epoch.
    #[inline]
    pub fn secs(self) -> u64 {
        self.0 / NANOS_PER_SECOND
    }

    /// Whole milliseconds since the epoch.
    #[inline]
    pub fn millis(self) -> u64 {
        self.0 / NANOS_PER_MILLI
    }

    /// Nanoseconds within the second, below [`NANOS_PER_SECOND`].
    #[inline]
    pub fn subsec_nanos(self) -> u32 {
        self.since_epoch().subsec_nanos()
    }

    /// Seconds since the epoch, to about 0.2 microseconds: what Prometheus calls a timestamp.
    #[inline]
    pub fn as_secs_f64(self) -> f64 {
        self.since_epoch().as_secs_f64()
    }

    /// `self` plus a duration; `None` when it does not fit.
    pub fn checked_add(self, duration: Duration) -> Option<Self> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_add(nanos).map(Self)
    }

    /// `self` minus a duration; `None` before the epoch.
    pub fn checked_sub(self, duration: Duration) -> Option<Self> {
        let nanos = u64::try_from(duration.as_nanos()).ok()?;
        self.0.checked_sub(nanos).map(Self)
    }

    /// `self` plus a duration, at most [`UnixNanos::MAX`].
    #[must_use]
    pub fn saturating_add(self, duration: Duration) -> Self {
        self.checked_add(duration).unwrap_or(Self::MAX)
    }
}

impl From<u64> for UnixNanos {
    fn from(nanos: u64) -> Self {
        Self(nanos)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conversions_agree_and_overflow_is_none() {
        let time = UnixNanos::from_millis(1_700_000_000_123).unwrap();
        assert_eq!(
            (time.secs(), time.millis()),
            (1_700_000_000, 1_700_000_000_123)
        );
        assert_eq!(time.subsec_nanos(), 123_000_000);
        assert_eq!(UnixNanos::from_epoch(time.since_epoch()), Some(time));
        assert_eq!(UnixNanos::from_secs(u64::MAX), None);
        assert_eq!(UnixNanos::from_epoch(Duration::MAX), None);
        assert_eq!(UnixNanos::MAX.checked_add(Duration::from_nanos(1)), None);
        assert_eq!(UnixNanos::UNSET.checked_sub(Duration::from_nanos(1)), None);
        assert_eq!(time.saturating_add(Duration::MAX), UnixNanos::MAX);
        assert_eq!(time.since(time.saturating_add(Duration::from_secs(1))), 0);
        assert!(!UnixNanos::UNSET.is_set());
    }
}
