//! Stage durations of an enrichment: eight real stages, six legacy keys, one total, and sums that are exact.

use crate::definition::{
    ENRICHMENT_LEGACY_COUNT as LEGACY, ENRICHMENT_STAGE_COUNT as REAL, RecordKind,
};
use crate::record::StageTime;
use crate::stage_time::{apportion, round_to_seconds};

/// Time spent in an enrichment, in whole seconds.
///
/// Either the legacy values add up to the total, or no stage is known and all of them are 0; only what was read from a
/// file of another writer, and not strictly, is as that file states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durations {
    total: u64,
    legacy: [u64; LEGACY],
    detail: Option<[u64; REAL]>,
    /// Bit `n` is set when real stage `n` had a span.
    ran: u8,
}

/// Stage values that do not fit together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationsError {
    /// The six values do not add up.
    #[error("the stages add up to {stages}, total_duration_seconds is {total}")]
    Sum {
        /// Sum of the stage values, in seconds.
        stages: u64,
        /// The total, in seconds.
        total: u64,
    },
    /// The eight values do not add up to the six.
    #[error("the detail of {key} adds up to {detail}, its value is {value}")]
    Detail {
        /// The legacy key.
        key: &'static str,
        /// Sum of the real stages that add to it, in seconds.
        detail: u64,
        /// Its value, in seconds.
        value: u64,
    },
}

impl Durations {
    /// From nanoseconds by real stage: `None` for a stage that did not run.
    pub fn from_stages(nanos: [Option<u64>; REAL]) -> Self {
        let real = nanos.map(|nanos| nanos.unwrap_or(0));
        let mut legacy_nanos = [0_u64; LEGACY];
        for (stage, nanos) in RecordKind::Enrichment.stages().iter().zip(real) {
            if let Some(sum) = legacy_nanos.get_mut(usize::from(stage.legacy)) {
                *sum = sum.saturating_add(nanos);
            }
        }
        let sum = legacy_nanos
            .iter()
            .fold(0_u64, |sum, nanos| sum.saturating_add(*nanos));
        let total = round_to_seconds(sum);
        let legacy = array(&apportion(total, &legacy_nanos));
        let ran = (0_u8..).zip(nanos).filter(|(_, nanos)| nanos.is_some());
        Self {
            total: legacy.iter().sum(),
            legacy,
            detail: Some(detail_of(legacy, real)),
            ran: ran.fold(0, |bits, (at, _)| bits | 1 << at),
        }
    }

    /// A workflow of which only the whole duration is known.
    pub fn whole(nanos: u64) -> Self {
        let total = round_to_seconds(nanos);
        Self {
            total,
            legacy: [0; LEGACY],
            detail: Some([0; REAL]),
            ran: 0,
        }
    }

    /// From values as a file states them.
    ///
    /// # Errors
    /// When the values do not add up.
    pub fn stated(
        total: u64,
        legacy: [u64; LEGACY],
        detail: Option<[u64; REAL]>,
    ) -> Result<Self, DurationsError> {
        let stages = legacy
            .iter()
            .fold(0_u64, |sum, value| sum.saturating_add(*value));
        if stages != total && stages != 0 {
            return Err(DurationsError::Sum { stages, total });
        }
        if let Some(detail) = detail {
            for (at, value) in legacy.into_iter().enumerate() {
                let sum = add_up(detail, at);
                if sum != value {
                    let key = RecordKind::Enrichment
                        .legacy_keys()
                        .get(at)
                        .copied()
                        .unwrap_or("");
                    return Err(DurationsError::Detail {
                        key,
                        detail: sum,
                        value,
                    });
                }
            }
        }
        Ok(Self {
            total,
            legacy,
            detail,
            ran: ran_by_value(detail),
        })
    }

    /// The same for a legacy file whose sum is off by rounding or by time between stages: the values are kept as they
    /// are stated.
    pub(super) fn stated_loosely(
        total: u64,
        legacy: [u64; LEGACY],
        detail: Option<[u64; REAL]>,
    ) -> Self {
        Self {
            total,
            legacy,
            detail,
            ran: ran_by_value(detail),
        }
    }

    /// Time spent in stages; where no stage is known, the duration of the workflow. In seconds.
    pub fn total_seconds(&self) -> u64 {
        self.total
    }

    /// The six legacy values, in seconds.
    pub fn legacy_seconds(&self) -> &[u64; LEGACY] {
        &self.legacy
    }

    /// The eight real stages, in seconds, where they are known.
    pub fn detail_seconds(&self) -> Option<&[u64; REAL]> {
        self.detail.as_ref()
    }

    /// The stages, real ones where they are known, else the legacy ones.
    pub fn stages(&self) -> Vec<StageTime> {
        let kind = RecordKind::Enrichment;
        let keys = kind.legacy_keys();
        if let Some(detail) = self.detail {
            let stages = kind.stages().iter().zip(detail).enumerate();
            return stages
                .map(|(at, (stage, seconds))| StageTime {
                    stage: stage.name,
                    legacy_key: keys.get(usize::from(stage.legacy)).copied().unwrap_or(""),
                    seconds,
                    budget_seconds: stage.budget_seconds,
                    ran: self.ran >> at & 1 == 1,
                })
                .collect();
        }
        let legacy = keys.iter().zip(self.legacy).enumerate();
        legacy
            .map(|(at, (key, seconds))| StageTime {
                stage: key,
                legacy_key: key,
                seconds,
                budget_seconds: legacy_budget_seconds(at),
                ran: seconds > 0,
            })
            .collect()
    }
}

/// What the real stages behind a legacy key may take together.
fn legacy_budget_seconds(legacy: usize) -> Option<u32> {
    let stages = RecordKind::Enrichment.stages().iter();
    stages
        .filter(|stage| usize::from(stage.legacy) == legacy)
        .map(|stage| stage.budget_seconds)
        .sum()
}

/// Splits each legacy value over the real stages behind it, so that they add up to it.
fn detail_of(legacy: [u64; LEGACY], real_nanos: [u64; REAL]) -> [u64; REAL] {
    let mut detail = [0; REAL];
    for (key, value) in legacy.into_iter().enumerate() {
        let stages = RecordKind::Enrichment.stages().iter().enumerate();
        let members: Vec<usize> = stages
            .filter(|(_, stage)| usize::from(stage.legacy) == key)
            .map(|(at, _)| at)
            .collect();
        let nanos: Vec<u64> = members
            .iter()
            .map(|at| real_nanos.get(*at).copied().unwrap_or(0))
            .collect();
        for (at, seconds) in members.into_iter().zip(apportion(value, &nanos)) {
            if let Some(place) = detail.get_mut(at) {
                *place = seconds;
            }
        }
    }
    detail
}

fn add_up(detail: [u64; REAL], legacy: usize) -> u64 {
    let stages = RecordKind::Enrichment.stages().iter().zip(detail);
    stages
        .filter(|(stage, _)| usize::from(stage.legacy) == legacy)
        .fold(0, |sum: u64, (_, seconds)| sum.saturating_add(seconds))
}

fn ran_by_value(detail: Option<[u64; REAL]>) -> u8 {
    let seconds = detail.unwrap_or([0; REAL]);
    (0_u8..)
        .zip(seconds)
        .fold(0, |bits, (at, seconds)| bits | u8::from(seconds > 0) << at)
}

fn array(values: &[u64]) -> [u64; LEGACY] {
    let mut array = [0; LEGACY];
    for (place, value) in array.iter_mut().zip(values) {
        *place = *value;
    }
    array
}
