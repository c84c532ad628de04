//! The people of the made-up team: who they are, how fast they work and how well.

use crate::random::{Purpose, Random};

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
pub(crate) struct Team {
    analysts: Vec<Person>,
    reviewers: Vec<Person>,
}

/// One person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    /// How long the person takes for what takes others 1.
    pub(crate) pace: f64,
    /// Score that reviews of the person's work centre on, 0 to 100.
    pub(crate) skill: f64,
    /// How much of the work the person takes, beside that of others.
    share: u64,
}

impl Team {
    /// The team that handles this many enrichments in this many days.
    pub(crate) fn new(seed: u64, records: u64, days: u64) -> Self {
        let per_day = records * 7 / (days * 5).max(1);
        let wanted = usize::try_from(per_day.div_ceil(ENRICHMENTS_PER_DAY)).unwrap_or(usize::MAX);
        let analysts = wanted.clamp(ANALYSTS_MIN, ANALYSTS.len());
        let reviewers = (analysts / 3).clamp(2, REVIEWERS.len());
        let hire = |names: &'static [&'static str], count: usize, from: u64| {
            let numbered = names.iter().zip(from..).take(count);
            numbered
                .map(|(name, number)| Person::new(seed, name, number))
                .collect()
        };
        Self {
            analysts: hire(&ANALYSTS, analysts, 0),
            reviewers: hire(&REVIEWERS, reviewers, 1000),
        }
    }

    /// Somebody for an enrichment.
    pub(crate) fn analyst(&self, random: &mut Random) -> Person {
        pick(&self.analysts, random)
    }

    /// Somebody for a review.
    pub(crate) fn reviewer(&self, random: &mut Random) -> Person {
        pick(&self.reviewers, random)
    }
}

fn pick(people: &[Person], random: &mut Random) -> Person {
    let mut left = random.below(people.iter().map(|person| person.share).sum());
    for person in people {
        if left < person.share {
            return *person;
        }
        left -= person.share;
    }
    Person::new(0, "", 0)
}

impl Person {
    fn new(seed: u64, name: &'static str, number: u64) -> Self {
        let mut random = Random::new(seed, Purpose::Person, number);
        Self {
            name,
            pace: 0.8 + random.unit() * 0.5,
            skill: (84.0 + random.normal() * 5.0).clamp(68.0, 94.0),
            share: random.between(60, 140),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_team_grows_with_the_load_and_everybody_works() {
        let small = Team::new(1, 50, 90);
        assert_eq!((small.analysts.len(), small.reviewers.len()), (5, 2));
        let large = Team::new(1, 1_000_000, 90);
        assert_eq!((large.analysts.len(), large.reviewers.len()), (24, 6));
        let mut random = Random::new(1, Purpose::Ticket, 0);
        let mut seen: Vec<&str> = (0..2_000)
            .map(|_| large.analyst(&mut random).name)
            .collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 24);
        assert!(!seen.contains(&""));
    }
}
