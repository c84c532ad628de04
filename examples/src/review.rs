//! Review: from a finished enrichment to a decision, a score and a closed ticket.
//!
//! - [`follow_up`] decides whether the analysis of a ticket is reviewed, with the sampling rule of the team, and tells
//!   the decision and the end of the ticket as events: facts on their own, which need no workflow;
//! - [`review`] is a workflow, because its span carries `secops.workflow.name`, with seven stages below it;
//! - the score is made up of eight [marks], and its class is left to the collector: one that is told as well may
//!   contradict it.

use std::time::Duration;

use secspan::enrichment::Priority;
use secspan::review::{self as fact, Decision};
use secspan::ticket::{self, Closing};
use secspan::workflow::{self, Outcome};
use secspan_enrichment::sampling::SamplingRule;
use tracing::instrument;

use self::finished::Finished;
use self::marks::Marks;
use crate::chance;

pub mod cli;
pub mod finished;
pub mod marks;
pub mod shift;

#[cfg(test)]
mod tests;

/// Who reviews.
const REVIEWERS: [&str; 3] = ["Jonas", "Kim", "Noor"];

/// Time that the work of each stage takes at normal speed.
mod effort {
    use std::time::Duration;

    pub(super) const PREPARATION: Duration = Duration::from_millis(54);
    pub(super) const EVALUATION: Duration = Duration::from_millis(162);
    pub(super) const GAP_IDENTIFICATION: Duration = Duration::from_millis(71);
    pub(super) const BIAS_DETECTION: Duration = Duration::from_millis(46);
    pub(super) const FACT_VERIFICATION: Duration = Duration::from_millis(83);
    pub(super) const DOCUMENTATION: Duration = Duration::from_millis(62);
    pub(super) const FEEDBACK_LOOP: Duration = Duration::from_millis(25);
}

/// What reviews are done with.
#[derive(Debug)]
pub struct Desk {
    /// Which analyses are reviewed.
    pub rule: SamplingRule,
    /// Decides who reviews and what the marks are.
    pub seed: u64,
    /// Divides the time that everything takes.
    pub speed: f64,
}

impl Desk {
    /// Stands for the work of people that this example does not have.
    async fn work(&self, finished: &Finished, what: &str, effort: Duration) {
        let variation = 0.75 + chance::fraction(self.seed, finished.ticket(), what) / 2.0;
        tokio::time::sleep(effort.mul_f64(variation / self.speed)).await;
    }

    /// Drawn, but nobody reviews his own analysis.
    fn reviewer(&self, finished: &Finished) -> &'static str {
        let first = chance::number(self.seed, finished.ticket(), "reviewer");
        let turn = usize::try_from(first % REVIEWERS.len() as u64).unwrap_or(0);
        let mut others = REVIEWERS
            .iter()
            .cycle()
            .skip(turn)
            .take(REVIEWERS.len())
            .filter(|name| !finished.analyst().starts_with(**name));
        others.next().copied().unwrap_or(REVIEWERS[0])
    }
}

/// What became of a finished enrichment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FollowedUp {
    /// The overall score, when there was a review.
    pub score: Option<f64>,
}

/// Decides about a review, does it where one is due, and closes the ticket.
#[instrument(skip_all)]
pub async fn follow_up(desk: &Desk, finished: &Finished) -> FollowedUp {
    let reviewer = desk.reviewer(finished);
    let score = if decide(desk, finished, reviewer) {
        Some(review(desk, finished, reviewer).await)
    } else {
        None
    };
    ticket::closed(&Closing {
        ticket: finished.ticket(),
        priority: finished.priority(),
        enriched_at: Some(finished.at()),
    });
    FollowedUp { score }
}

/// The rule is pure: the same seed and ticket give the same decision, so that anyone can check it later.
fn decide(desk: &Desk, finished: &Finished, reviewer: &str) -> bool {
    let record = &finished.record;
    let required = desk.rule.requires(finished.ticket(), record.priority);
    fact::decided(&Decision {
        ticket: finished.ticket(),
        priority: finished.priority(),
        required,
        reason: &desk.rule.reason(record.priority, required),
        reviewer: required.then_some(reviewer),
    });
    required
}

/// Reviews an analysis; the overall score.
#[instrument(skip_all, fields(secops.workflow.name = secspan::REVIEW))]
pub async fn review(desk: &Desk, finished: &Finished, reviewer: &str) -> f64 {
    fact::ticket(finished.ticket());
    fact::reviewer(reviewer);
    fact::analyst(finished.analyst());
    fact::investigation(finished.investigation());
    preparation(desk, finished).await;
    let marks = evaluation(desk, finished).await;
    gap_identification(desk, finished, marks).await;
    bias_detection(desk, finished).await;
    if matches!(finished.priority(), Priority::P1 | Priority::P2) {
        fact_verification(desk, finished).await;
    }
    documentation(desk, finished).await;
    feedback_loop(desk, finished).await;
    workflow::outcome(Outcome::Success);
    marks.overall()
}

/// Reads the analysis.
#[instrument(skip_all)]
async fn preparation(desk: &Desk, finished: &Finished) {
    desk.work(finished, "preparation", effort::PREPARATION)
        .await;
}

/// Marks the analysis; the overall score is set where it becomes known.
#[instrument(skip_all)]
async fn evaluation(desk: &Desk, finished: &Finished) -> Marks {
    desk.work(finished, "evaluation", effort::EVALUATION).await;
    let marks = Marks::draw(desk.seed, finished.ticket());
    fact::score(marks.overall());
    marks
}

/// Counts what is missing.
#[instrument(skip_all)]
async fn gap_identification(desk: &Desk, finished: &Finished, marks: Marks) {
    desk.work(finished, "gap_identification", effort::GAP_IDENTIFICATION)
        .await;
    let gaps = marks.gaps();
    fact::critical_issues(gaps.critical);
    fact::significant_gaps(gaps.significant);
    fact::minor_improvements(gaps.minor);
}

/// Looks for conclusions that were drawn too early.
#[instrument(skip_all)]
async fn bias_detection(desk: &Desk, finished: &Finished) {
    desk.work(finished, "bias_detection", effort::BIAS_DETECTION)
        .await;
}

/// Verifies facts. Only urgent tickets have this stage; the record says whether it ran.
#[instrument(skip_all)]
async fn fact_verification(desk: &Desk, finished: &Finished) {
    desk.work(finished, "fact_verification", effort::FACT_VERIFICATION)
        .await;
    fact::accuracy(Marks::accuracy(desk.seed, finished.ticket()));
}

/// Writes the review down.
#[instrument(skip_all)]
async fn documentation(desk: &Desk, finished: &Finished) {
    desk.work(finished, "documentation", effort::DOCUMENTATION)
        .await;
}

/// Tells the analyst.
#[instrument(skip_all)]
async fn feedback_loop(desk: &Desk, finished: &Finished) {
    desk.work(finished, "feedback_loop", effort::FEEDBACK_LOOP)
        .await;
}
