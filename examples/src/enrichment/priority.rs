//! The priority of a vulnerability ticket: points for six factors, and a class for their sum.

use secspan::enrichment::Priority;
use serde::Deserialize;

/// Points for a vulnerability that is known to be exploited.
const KNOWN_EXPLOITED_POINTS: u8 = 5;

/// How far an exploit has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exploit {
    /// None is known.
    None,
    /// It has been shown to be possible.
    ProofOfConcept,
    /// Code exists that works.
    Functional,
    /// Attacks have been seen.
    Active,
}

/// From where the asset can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// From nowhere else.
    Isolated,
    /// From the company's network.
    Internal,
    /// From everywhere.
    Internet,
}

/// What the priority depends on.
#[derive(Debug, Clone, Copy)]
pub struct Factors {
    /// CVSS base score, 0 to 10.
    pub cvss: f64,
    /// EPSS probability, 0 to 1.
    pub epss: f64,
    /// Whether the vulnerability is in the catalogue of known exploited ones.
    pub known_exploited: bool,
    /// Criticality of the asset, 1 to 4.
    pub criticality: u8,
    /// From where the asset can be reached.
    pub exposure: Exposure,
    /// How far an exploit has come.
    pub exploit: Exploit,
}

impl Factors {
    /// The points, 5 to 24.
    pub fn score(&self) -> u8 {
        let known = if self.known_exploited {
            KNOWN_EXPLOITED_POINTS
        } else {
            0
        };
        let exposure = match self.exposure {
            Exposure::Isolated => 1,
            Exposure::Internal => 2,
            Exposure::Internet => 3,
        };
        let exploit = match self.exploit {
            Exploit::None => 1,
            Exploit::ProofOfConcept => 2,
            Exploit::Functional => 3,
            Exploit::Active => 4,
        };
        points(self.cvss, [9.0, 7.0, 4.0])
            + points(self.epss, [0.75, 0.5, 0.25])
            + known
            + self.criticality.clamp(1, 4)
            + exposure
            + exploit
    }

    /// The class. What is known to be exploited is P1, whatever its points.
    pub fn priority(&self) -> Priority {
        if self.known_exploited {
            return Priority::P1;
        }
        match self.score() {
            20.. => Priority::P1,
            15.. => Priority::P2,
            10.. => Priority::P3,
            6.. => Priority::P4,
            _ => Priority::P5,
        }
    }
}

/// 4 points from the first bound on, 3 from the second, 2 from the third, else 1.
fn points(value: f64, bounds: [f64; 3]) -> u8 {
    let [four, three, two] = bounds;
    if value >= four {
        4
    } else if value >= three {
        3
    } else if value >= two {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: Factors = Factors {
        cvss: 0.0,
        epss: 0.0,
        known_exploited: false,
        criticality: 1,
        exposure: Exposure::Isolated,
        exploit: Exploit::None,
    };

    #[test]
    fn points_change_exactly_at_the_bounds() {
        for (cvss, epss, score) in [
            (3.9, 0.249, 5),
            (4.0, 0.249, 6),
            (6.9, 0.25, 7),
            (7.0, 0.5, 9),
            (8.9, 0.74, 9),
            (9.0, 0.75, 11),
        ] {
            let factors = Factors {
                cvss,
                epss,
                ..LEAST
            };
            assert_eq!(factors.score(), score, "{factors:?}");
        }
    }

    #[test]
    fn classes_change_exactly_at_the_bounds() {
        let at = |cvss, epss, criticality, exposure, exploit| Factors {
            cvss,
            epss,
            known_exploited: false,
            criticality,
            exposure,
            exploit,
        };
        for (factors, score, priority) in [
            (LEAST, 5, Priority::P5),
            (
                at(4.0, 0.0, 1, Exposure::Isolated, Exploit::None),
                6,
                Priority::P4,
            ),
            (
                at(9.0, 0.25, 1, Exposure::Isolated, Exploit::None),
                9,
                Priority::P4,
            ),
            (
                at(9.0, 0.25, 2, Exposure::Isolated, Exploit::None),
                10,
                Priority::P3,
            ),
            (
                at(9.0, 0.75, 3, Exposure::Internal, Exploit::None),
                14,
                Priority::P3,
            ),
            (
                at(9.0, 0.75, 3, Exposure::Internet, Exploit::None),
                15,
                Priority::P2,
            ),
            (
                at(9.0, 0.75, 4, Exposure::Internet, Exploit::Active),
                19,
                Priority::P2,
            ),
        ] {
            assert_eq!(
                (factors.score(), factors.priority()),
                (score, priority),
                "{factors:?}"
            );
        }
    }

    #[test]
    fn known_exploited_is_always_first() {
        let known = Factors {
            known_exploited: true,
            ..LEAST
        };
        assert_eq!((known.score(), known.priority()), (10, Priority::P1));
        let most = Factors {
            cvss: 10.0,
            epss: 1.0,
            known_exploited: true,
            criticality: 4,
            exposure: Exposure::Internet,
            exploit: Exploit::Active,
        };
        assert_eq!(most.score(), 24);
    }
}
