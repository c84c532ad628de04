//! Stage durations of a workflow's record: stages, the keys that they add to, one total, and sums that are exact.
//!
//! Either the values of the keys add up to the total, or no stage is known and all of them are 0; only what was read from a
//! file of another writer, and not strictly, is as that file states it.

use crate::kind::Workflow;
use crate::stage_time::{apportion, round_to_seconds};

/// Time spent in a workflow, in whole seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Durations {
    /// Time in stages; where no stage is known, the duration of the workflow.
    pub total: u64,
    /// By key.
    pub keys: Vec<u64>,
    /// By stage, where it is known.
    pub stages: Option<Vec<u64>>,
    /// Bit `n` is set when stage `n` ran.
    pub ran: u32,
}

/// How long one stage of a record took.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageTime {
    /// Name of the stage; the key where a record from elsewhere knows no more.
    pub stage: &'static str,
    /// Key in the record's list of stages.
    pub legacy_key: &'static str,
    /// Duration, in seconds.
    pub seconds: u64,
    /// What the stage may take, in seconds.
    pub budget_seconds: Option<u32>,
    /// Whether the stage ran; a stage of less than half a second ran and lasted 0 seconds.
    pub ran: bool,
}

impl StageTime {
    /// Whether the stage took more than twice its budget.
    pub fn over_budget(&self) -> bool {
        self.budget_seconds
            .is_some_and(|budget| self.seconds > 2 * u64::from(budget))
    }
}

/// Stage values that do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationsError {
    /// The values of the keys do not add up.
    #[error("the stages add up to {stages}, total_duration_seconds is {total}")]
    Sum {
        /// Sum of the values, in seconds.
        stages: u64,
        /// The total, in seconds.
        total: u64,
    },
    /// The values of the stages do not add up to those of the keys.
    #[error("the detail of {key} adds up to {detail}, its value is {value}")]
    Detail {
        /// The key.
        key: &'static str,
        /// Sum of the stages that add to it, in seconds.
        detail: u64,
        /// Its value, in seconds.
        value: u64,
    },
}

impl Durations {
    /// From nanoseconds by stage: `None` for a stage that did not run.
    pub fn from_stages(workflow: &Workflow, nanos: &[Option<u64>]) -> Self {
        let nanos_of = |at: usize| nanos.get(at).copied().flatten().unwrap_or(0);
        let mut by_key = vec![0_u64; workflow.keys.names.len()];
        for (at, stage) in workflow.stages.iter().enumerate() {
            if let Some(sum) = by_key.get_mut(usize::from(stage.key)) {
                *sum = sum.saturating_add(nanos_of(at));
            }
        }
        let sum = by_key
            .iter()
            .fold(0_u64, |sum, nanos| sum.saturating_add(*nanos));
        let keys = apportion(round_to_seconds(sum), &by_key);
        let mut stages = vec![0; workflow.stages.len()];
        for (key, value) in keys.iter().enumerate() {
            // The stages behind a key add up to it.
            let members: Vec<usize> = members(workflow, key).collect();
            let parts: Vec<u64> = members.iter().map(|at| nanos_of(*at)).collect();
            for (at, seconds) in members.into_iter().zip(apportion(*value, &parts)) {
                if let Some(place) = stages.get_mut(at) {
                    *place = seconds;
                }
            }
        }
        let ran = (0_u32..).zip(nanos).filter(|(_, nanos)| nanos.is_some());
        Self {
            total: keys.iter().sum(),
            keys,
            stages: Some(stages),
            ran: ran.fold(0, |bits, (at, _)| bits | 1 << at),
        }
    }

    /// A workflow of which only the whole duration is known.
    pub fn whole(workflow: &Workflow, nanos: u64) -> Self {
        Self {
            total: round_to_seconds(nanos),
            keys: vec![0; workflow.keys.names.len()],
            stages: Some(vec![0; workflow.stages.len()]),
            ran: 0,
        }
    }

    /// Checks values as a file states them.
    ///
    /// # Errors
    /// When they do not add up.
    pub fn check(&self, workflow: &Workflow) -> Result<(), DurationsError> {
        let add = |sum: u64, value: &u64| sum.saturating_add(*value);
        let (stages, total) = (self.keys.iter().fold(0, add), self.total);
        if stages != total && stages != 0 {
            return Err(DurationsError::Sum { stages, total });
        }
        let Some(by_stage) = &self.stages else {
            return Ok(());
        };
        for (at, value) in self.keys.iter().enumerate() {
            let parts = members(workflow, at).filter_map(|stage| by_stage.get(stage));
            let detail = parts.fold(0, add);
            if detail != *value {
                let key = workflow.keys.names.get(at).copied().unwrap_or("");
                return Err(DurationsError::Detail {
                    key,
                    detail,
                    value: *value,
                });
            }
        }
        Ok(())
    }
}

/// The stages that add to a key.
fn members(workflow: &Workflow, key: usize) -> impl Iterator<Item = usize> {
    let stages = workflow.stages.iter().enumerate();
    stages
        .filter(move |(_, stage)| usize::from(stage.key) == key)
        .map(|(at, _)| at)
}

/// A bit for each stage that took some time.
pub(crate) fn ran_by_value(seconds: &[u64]) -> u32 {
    let ran = (0_u32..32)
        .zip(seconds)
        .filter(|(_, seconds)| **seconds > 0);
    ran.fold(0, |bits, (at, _)| bits | 1 << at)
}

/// The stages of a record, real ones where they are known, else one for each key.
pub(crate) fn stage_times(
    workflow: &'static Workflow,
    keys: &[u64],
    stages: Option<&[u64]>,
    ran: u32,
) -> Vec<StageTime> {
    let key_of = |at: usize| workflow.keys.names.get(at).copied().unwrap_or("");
    // Where each stage has a key of its own, the keys say it all.
    let one_to_one = workflow.stages.len() == workflow.keys.names.len();
    if let Some(seconds) = stages.or(one_to_one.then_some(keys)) {
        let stages = workflow.stages.iter().zip(seconds).enumerate();
        return stages
            .map(|(at, (stage, seconds))| StageTime {
                stage: stage.name,
                legacy_key: key_of(usize::from(stage.key)),
                seconds: *seconds,
                budget_seconds: stage.budget_seconds,
                ran: ran >> at & 1 == 1,
            })
            .collect();
    }
    let by_key = keys.iter().enumerate();
    by_key
        .map(|(at, seconds)| StageTime {
            stage: key_of(at),
            legacy_key: key_of(at),
            seconds: *seconds,
            budget_seconds: members(workflow, at)
                .map(|stage| workflow.stages.get(stage)?.budget_seconds)
                .sum(),
            ran: *seconds > 0,
        })
        .collect()
}
