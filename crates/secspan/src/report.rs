//! What became of every span: the numbers that `flush` and `shutdown` answer with.

use std::fmt;

/// Where every span produced since start-up is now. Counts are exact, and
/// `produced = exported + rejected + dropped + failed + pending + spooled`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeliveryReport {
    /// Recorded spans that ended.
    pub produced: u64,
    /// Spans that the destination acknowledged.
    pub exported: u64,
    /// Spans that the destination refused by a rule (`partial_success`).
    pub rejected: u64,
    /// Spans lost to a limit of ours: queue or spool full, or ended after shutdown.
    pub dropped: u64,
    /// Spans lost to an error that a retry cannot mend, or undelivered when the process ends.
    pub failed: u64,
    /// Spans still in memory, waiting for the destination.
    pub pending: u64,
    /// Spans safe on disk; the next process with the same spool directory delivers them.
    pub spooled: u64,
    /// Spans of earlier processes that were found on disk and delivered; not part of `produced`.
    pub recovered: u64,
    /// Export attempts that failed and were, or will be, repeated.
    pub retries: u64,
}

impl DeliveryReport {
    /// Spans that will never arrive.
    pub fn lost(&self) -> u64 {
        self.rejected + self.dropped + self.failed
    }
}

impl fmt::Display for DeliveryReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} produced, {} exported", self.produced, self.exported)?;
        let rest = [
            (self.rejected, "rejected"),
            (self.dropped, "dropped"),
            (self.failed, "failed"),
            (self.pending, "pending"),
            (self.spooled, "spooled"),
            (self.recovered, "recovered"),
        ];
        for (count, word) in rest {
            if count > 0 {
                write!(f, ", {count} {word}")?;
            }
        }
        Ok(())
    }
}

/// Not everything arrived. The report says what did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DeliveryError {
    /// Spans are gone for good.
    #[error("{} of {} spans lost: {report}{}", report.lost(), report.produced, reason(last_error.as_deref()))]
    Lost {
        /// Where every span is.
        report: DeliveryReport,
        /// What the destination, or the network, said last.
        last_error: Option<String>,
    },
    /// Nothing is lost, but the deadline passed before the destination took everything.
    #[error("{} spans still undelivered: {report}{}", report.pending + report.spooled, reason(last_error.as_deref()))]
    Undelivered {
        /// Where every span is.
        report: DeliveryReport,
        /// What the destination, or the network, said last.
        last_error: Option<String>,
    },
}

impl DeliveryError {
    /// Where every span is.
    pub fn report(&self) -> &DeliveryReport {
        match self {
            Self::Lost { report, .. } | Self::Undelivered { report, .. } => report,
        }
    }
}

fn reason(last_error: Option<&str>) -> String {
    last_error
        .map(|error| format!("; last error: {error}"))
        .unwrap_or_default()
}

/// Loss before delay: the worse news is the error.
pub(crate) fn judge(
    report: DeliveryReport,
    last_error: Option<String>,
) -> Result<DeliveryReport, DeliveryError> {
    if report.lost() > 0 {
        Err(DeliveryError::Lost { report, last_error })
    } else if report.pending > 0 {
        Err(DeliveryError::Undelivered { report, last_error })
    } else {
        Ok(report)
    }
}
