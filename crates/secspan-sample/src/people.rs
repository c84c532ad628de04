//! The people of a made-up team: how fast they work, how well, and how much of the work they take.

use crate::random::{Purpose, Random};

/// People who share work.
#[derive(Clone, Debug)]
pub struct People(Vec<Person>);

/// One person.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Person {
    /// The name.
    pub name: &'static str,
    /// How long the person takes for what takes others 1.
    pub pace: f64,
    /// What the person's work is worth, 0 to 100.
    pub skill: f64,
    /// How much of the work the person takes, beside that of others.
    share: u64,
}

impl People {
    /// The first `count` of these names. A person is the same in every team: numbers count from `from` on.
    pub fn new(seed: u64, names: &[&'static str], count: usize, from: u64) -> Self {
        let numbered = names.iter().zip(from..).take(count);
        Self(
            numbered
                .map(|(name, number)| Person::new(seed, name, number))
                .collect(),
        )
    }

    /// Somebody, by how much of the work everybody takes.
    pub fn pick(&self, random: &mut Random) -> Person {
        let mut left = random.below(self.0.iter().map(|person| person.share).sum());
        for person in &self.0 {
            if left < person.share {
                return *person;
            }
            left -= person.share;
        }
        Person::new(0, "", 0)
    }

    /// How many they are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

impl Person {
    fn new(seed: u64, name: &'static str, number: u64) -> Self {
        let mut random = Random::new(seed, Purpose::PERSON, number);
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
    fn everybody_works() {
        let people = People::new(1, &["Mira", "Robin", "Tariq"], 2, 0);
        assert_eq!(people.count(), 2);
        let mut random = Random::new(1, Purpose(2), 0);
        let mut seen: Vec<&str> = (0..200).map(|_| people.pick(&mut random).name).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, ["Mira", "Robin"]);
    }
}
