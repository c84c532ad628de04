//! What reviews of one group came to: scores, classes, issues, time.

use crate::review::Review;

use secspan_reports::statistics::{Counts, Merge, Ratio, Scores};

/// Reviews of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) n: u64,
    pub(super) scores: Scores,
    /// Excellent, Good, Needs Improvement, Inadequate, as the records state them.
    pub(super) classes: [u64; 4],
    pub(super) seconds: Counts,
    pub(super) critical_issues: u64,
    pub(super) significant_gaps: u64,
    pub(super) minor_improvements: u64,
    /// Reviews with a critical issue.
    pub(super) with_critical: u64,
    /// Reviews with neither a critical issue nor a significant gap.
    first_pass: u64,
    /// Reviews in which facts were verified.
    verified: u64,
    /// How many of the facts were right, in percent, where it is stated.
    pub(super) accuracy: Counts,
}

impl Tally {
    pub(super) fn add(&mut self, review: &Review<'_>) {
        self.n += 1;
        self.scores.add(review.score.get());
        if let Some(count) = self.classes.get_mut(review.classification as usize) {
            *count += 1;
        }
        self.seconds.add(review.total_seconds);
        let (critical, gaps) = (review.critical_issues, review.significant_gaps);
        self.critical_issues = self.critical_issues.saturating_add(critical);
        self.significant_gaps = self.significant_gaps.saturating_add(gaps);
        self.minor_improvements = self
            .minor_improvements
            .saturating_add(review.minor_improvements);
        self.with_critical += u64::from(critical > 0);
        self.first_pass += u64::from(critical == 0 && gaps == 0);
        self.verified += u64::from(review.fact_verification);
        if let Some(accuracy) = review.accuracy {
            self.accuracy.add(u64::from(accuracy));
        }
    }

    /// Reviews with a critical issue.
    pub(super) fn critical_rate(&self) -> Ratio {
        Ratio::new(self.with_critical, self.n)
    }

    /// Reviews with neither a critical issue nor a significant gap.
    pub(super) fn first_pass_rate(&self) -> Ratio {
        Ratio::new(self.first_pass, self.n)
    }

    /// Reviews in which facts were verified.
    pub(super) fn verified_rate(&self) -> Ratio {
        Ratio::new(self.verified, self.n)
    }

    /// Critical issues and significant gaps by review.
    pub(super) fn issues_per_review(&self) -> Option<f64> {
        let issues = self.critical_issues.saturating_add(self.significant_gaps);
        (self.n > 0).then(|| issues as f64 / self.n as f64)
    }
}

impl Merge for Tally {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        self.scores.merge(other.scores);
        self.classes.merge(other.classes);
        self.seconds.merge(&other.seconds);
        self.critical_issues.merge(other.critical_issues);
        self.significant_gaps.merge(other.significant_gaps);
        self.minor_improvements.merge(other.minor_improvements);
        self.with_critical += other.with_critical;
        self.first_pass += other.first_pass;
        self.verified += other.verified;
        self.accuracy.merge(&other.accuracy);
    }
}
