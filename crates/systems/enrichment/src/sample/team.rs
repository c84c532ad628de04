//! The people of the made-up team.

use secspan_sample::people::{People, Person};
use secspan_sample::random::Random;

/// Enrichments that one analyst finishes on a working day; the team grows with the load until everybody is hired.
const ENRICHMENTS_PER_DAY: u64 = 18;

/// The smallest team.
const ANALYSTS_MIN: usize = 5;

const ANALYSTS: [&str; 24] = [
    "Mira", "Robin", "Tariq", "Ines", "Noor", "Pavel", "Saoirse", "Diego", "Aiko", "Lena", "Kwame",
    "Freya", "Omar", "Hanna", "Ravi", "Chloe", "Bram", "Yara", "Mateo", "Signe", "Idris", "Petra",
    "Joon", "Zeynep",
];

const REVIEWERS: [&str; 6] = ["Jonas", "Priya", "Samuel", "Greta", "Luca", "Amara"];

/// The team.
#[derive(Clone, Debug)]
pub(super) struct Team {
    analysts: People,
    reviewers: People,
}

impl Team {
    /// The team that handles this many enrichments in this many days.
    pub(super) fn new(seed: u64, records: u64, days: u64) -> Self {
        let per_day = records * 7 / (days * 5).max(1);
        let wanted = usize::try_from(per_day.div_ceil(ENRICHMENTS_PER_DAY)).unwrap_or(usize::MAX);
        let analysts = wanted.clamp(ANALYSTS_MIN, ANALYSTS.len());
        let reviewers = (analysts / 3).clamp(2, REVIEWERS.len());
        Self {
            analysts: People::new(seed, &ANALYSTS, analysts, 0),
            reviewers: People::new(seed, &REVIEWERS, reviewers, 1000),
        }
    }

    /// Somebody for an enrichment.
    pub(super) fn analyst(&self, random: &mut Random) -> Person {
        self.analysts.pick(random)
    }

    /// Somebody for a review.
    pub(super) fn reviewer(&self, random: &mut Random) -> Person {
        self.reviewers.pick(random)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_team_grows_with_the_load() {
        let size = |records| {
            let team = Team::new(1, records, 90);
            (team.analysts.count(), team.reviewers.count())
        };
        assert_eq!((size(50), size(1_000_000)), ((5, 2), (24, 6)));
    }
}
