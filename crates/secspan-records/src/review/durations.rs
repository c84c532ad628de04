//! Stage durations of a review: seven stages, one total, and a sum that is exact.

use crate::definition::RecordKind;
use crate::enrichment::DurationsError;
use crate::record::StageTime;
use crate::stage_time::{apportion, round_to_seconds};

/// How many stages a review has.
const STAGES: usize = 7;

/// The index of the stage in which facts are verified.
const FACT_VERIFICATION: usize = 4;

/// Time spent in a review, in whole seconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewDurations {
    total: u64,
    stages: [u64; STAGES],
    /// Bit `n` is set when stage `n` had a span.
    ran: u8,
}

impl ReviewDurations {
    /// From nanoseconds by stage: `None` for a stage that did not run.
    pub fn from_stages(nanos: [Option<u64>; STAGES]) -> Self {
        let parts = nanos.map(|nanos| nanos.unwrap_or(0));
        let total = round_to_seconds(parts.iter().fold(0, |sum, part| sum.saturating_add(*part)));
        let mut stages = [0; STAGES];
        for (place, seconds) in stages.iter_mut().zip(apportion(total, &parts)) {
            *place = seconds;
        }
        let ran = (0_u8..).zip(nanos).filter(|(_, nanos)| nanos.is_some());
        Self {
            total,
            stages,
            ran: ran.fold(0, |bits, (at, _)| bits | 1 << at),
        }
    }

    /// A workflow of which only the whole duration is known.
    pub fn whole(nanos: u64) -> Self {
        Self {
            total: round_to_seconds(nanos),
            stages: [0; STAGES],
            ran: 0,
        }
    }

    /// From values as a file states them.
    ///
    /// # Errors
    /// When the values do not add up.
    pub fn stated(total: u64, stages: [u64; STAGES]) -> Result<Self, DurationsError> {
        let sum = stages
            .iter()
            .fold(0_u64, |sum, value| sum.saturating_add(*value));
        if sum != total && sum != 0 {
            return Err(DurationsError::Sum { stages: sum, total });
        }
        Ok(Self::stated_loosely(total, stages))
    }

    /// The same for a legacy file whose sum is off: the values are kept as they are stated.
    pub(crate) fn stated_loosely(total: u64, stages: [u64; STAGES]) -> Self {
        let ran = (0_u8..).zip(stages);
        let ran = ran.fold(0, |bits, (at, seconds)| bits | u8::from(seconds > 0) << at);
        Self { total, stages, ran }
    }

    /// Time spent in stages; where no stage is known, the duration of the workflow. In seconds.
    pub fn total_seconds(&self) -> u64 {
        self.total
    }

    /// The seven values, in seconds.
    pub fn stage_seconds(&self) -> &[u64; STAGES] {
        &self.stages
    }

    /// Whether the stage ran in which facts are verified.
    pub(crate) fn verified_facts(&self) -> bool {
        self.ran >> FACT_VERIFICATION & 1 == 1
    }

    /// The stages.
    pub fn stages(&self) -> Vec<StageTime> {
        let kind = RecordKind::Review;
        let named = kind
            .stages()
            .iter()
            .zip(kind.legacy_keys())
            .zip(self.stages)
            .enumerate();
        named
            .map(|(at, ((stage, legacy_key), seconds))| StageTime {
                stage: stage.name,
                legacy_key,
                seconds,
                budget_seconds: stage.budget_seconds,
                ran: self.ran >> at & 1 == 1,
            })
            .collect()
    }
}
