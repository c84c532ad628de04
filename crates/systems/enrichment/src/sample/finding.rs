//! What a ticket is about: a vulnerability with its scores, or an event, and how urgent that makes it.
//!
//! The priority follows the score of 0 to 24 points of the source's priority framework: CVSS, EPSS, the catalogue of known
//! exploited vulnerabilities (KEV), importance of the asset, its exposure, and known exploits.

use crate::terms::Priority;

use secspan_sample::random::{Random, whole};

use super::purpose;

/// How many vulnerabilities there are for each 100 tickets: some come up again and again.
const VULNERABILITIES_PERCENT: u64 = 70;

/// Made-up CVE numbers begin here: far above those that are given out.
const CVE_NUMBER_FIRST: u64 = 9_000_000;

/// Made-up CVE numbers end before this.
const CVE_NUMBERS: u64 = 1_000_000;

/// What a ticket is about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Finding {
    /// `None` for an event.
    pub(super) vulnerability: Option<Vulnerability>,
    pub(super) priority: Priority,
}

/// A made-up vulnerability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Vulnerability {
    year: u64,
    number: u64,
    /// Ten times the CVSS base score.
    cvss_tenths: u32,
    /// The EPSS score in units of 0.00001.
    epss_units: u32,
    pub(super) known_exploited: bool,
}

impl Vulnerability {
    pub(super) fn cve(&self) -> String {
        format!("CVE-{}-{}", self.year, CVE_NUMBER_FIRST + self.number)
    }

    pub(super) fn cvss(&self) -> f64 {
        f64::from(self.cvss_tenths) / 10.0
    }

    pub(super) fn epss(&self) -> f64 {
        f64::from(self.epss_units) / 1e5
    }

    /// A vulnerability by its number, known in `year`.
    fn new(seed: u64, number: u64, year: u64) -> Self {
        let mut random = Random::new(seed, purpose::VULNERABILITY, number);
        let (low, high, exploited) = match random.below(100) {
            0..16 => (90, 100, 0.30),
            16..54 => (70, 89, 0.09),
            54..91 => (40, 69, 0.02),
            _ => (15, 39, 0.002),
        };
        let cvss_tenths = u32::try_from(random.between(low, high)).unwrap_or(0);
        let known_exploited = random.chance(exploited);
        let (even, severe) = (random.unit(), low >= 70);
        let epss = match (known_exploited, severe) {
            (true, _) => 0.35 + even * 0.62,
            (false, true) => even * even * even * 0.9,
            (false, false) => even * even * even * even * even * 0.6,
        };
        Self {
            year: year - random.below(8).saturating_sub(4),
            number: number % CVE_NUMBERS,
            cvss_tenths,
            epss_units: u32::try_from(whole(epss * 1e5)).unwrap_or(0).max(10),
            known_exploited,
        }
    }
}

impl Finding {
    /// What a ticket of a sample of `count` tickets is about, seen in `year`.
    pub(super) fn new(seed: u64, count: u64, year: u64, random: &mut Random) -> Self {
        if random.chance(0.12) {
            let points = 1 + random.below(4) + 1 + random.below(4);
            return Self {
                vulnerability: None,
                priority: judged(points + surroundings(random, 0), false, random),
            };
        }
        let pool = count * VULNERABILITIES_PERCENT / 100;
        let number = random.below(pool.clamp(1, CVE_NUMBERS));
        let vulnerability = Vulnerability::new(seed, number, year);
        let cvss = band(f64::from(vulnerability.cvss_tenths), [40.0, 70.0, 90.0]);
        let epss = band(vulnerability.epss(), [0.25, 0.50, 0.75]);
        let exploits = epss - 1 + u64::from(vulnerability.known_exploited);
        let points = cvss + epss + surroundings(random, exploits);
        Self {
            vulnerability: Some(vulnerability),
            priority: judged(points, vulnerability.known_exploited, random),
        }
    }
}

/// 1 to 4 points for a value and the three limits between them.
fn band(value: f64, limits: [f64; 3]) -> u64 {
    1 + limits.iter().filter(|limit| value >= **limit).count() as u64
}

/// Points for asset (1 to 4), exposure (1 to 3) and exploits (1 to 4, at least one more than `exploits`).
fn surroundings(random: &mut Random, exploits: u64) -> u64 {
    let asset = random.between(1, 4);
    let exposure = random.between(1, 3);
    let exploit = (1 + exploits + random.below(2)).min(4);
    asset + exposure + exploit
}

/// The priority that an analyst assigns: what the points say, P1 for what is known to be exploited, and now and then one
/// step beside it.
fn judged(points: u64, known_exploited: bool, random: &mut Random) -> Priority {
    let points = points + if known_exploited { 5 } else { 0 };
    let ruled: usize = match points {
        _ if known_exploited => 0,
        20.. => 0,
        15.. => 1,
        10.. => 2,
        6.. => 3,
        _ => 4,
    };
    let assigned = match random.below(100) {
        0..2 => ruled + 1,
        2..5 => ruled.saturating_sub(1),
        _ => ruled,
    };
    Priority::ALL.get(assigned).copied().unwrap_or(Priority::P5)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_priorities_occur_and_known_exploited_ones_are_urgent() {
        let mut by_priority = [0_u32; 5];
        let mut exploited = [0_u32; 5];
        let mut events = 0;
        for number in 0..20_000 {
            let mut random = Random::new(3, purpose::TICKET, number);
            let finding = Finding::new(3, 20_000, 2025, &mut random);
            by_priority[finding.priority as usize] += 1;
            match finding.vulnerability {
                Some(found) if found.known_exploited => exploited[finding.priority as usize] += 1,
                Some(_) => {}
                None => events += 1,
            }
        }
        assert!(
            by_priority.iter().all(|count| *count > 150),
            "{by_priority:?}"
        );
        assert!(by_priority[2] > by_priority[0], "{by_priority:?}");
        let share = f64::from(exploited[0]) / f64::from(exploited.iter().sum::<u32>());
        assert!((0.95..1.0).contains(&share), "{exploited:?}");
        assert!((2_000..2_800).contains(&events), "{events}");
    }

    #[test]
    fn a_vulnerability_is_the_same_for_every_ticket() {
        let first = Vulnerability::new(1, 42, 2025);
        assert_eq!(first, Vulnerability::new(1, 42, 2025));
        assert!(first.cve().starts_with("CVE-20"), "{}", first.cve());
        assert!((0.0..=10.0).contains(&first.cvss()));
        assert!((0.0..=1.0).contains(&first.epss()));
    }
}
