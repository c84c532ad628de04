//! The priority score, 0 to 24, as far as records know it: an interval, and the priorities that it allows.
//!
//! Six factors give points: CVSS 1 to 4, EPSS 1 to 4, a listing as known exploited 5, the asset's criticality 1 to 4, its
//! exposure 1 to 3, exploitability 1 to 4. Records have the first three; the others may be anything. Scores from 20 are P1,
//! from 15 P2, from 10 P3, from 6 P4, the rest is P5.

use crate::terms::Priority;

/// What a listing as known exploited does to a priority.
///
/// The source documents disagree: the task that assigns priorities says P1, the framework that it refers to says at least
/// P2.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum KevRule {
    /// It is P1.
    #[default]
    P1,
    /// It is P2 at least.
    AtLeastP2,
}

impl KevRule {
    /// The least urgent priority that a listed vulnerability may have.
    pub(super) fn floor(self) -> Priority {
        match self {
            Self::P1 => Priority::P1,
            Self::AtLeastP2 => Priority::P2,
        }
    }
}

/// A factor with points from 1 to 4: the lower ends of 4, 3 and 2 points.
type Ends = [f64; 3];

const CVSS: Ends = [9.0, 7.0, 4.0];
const EPSS: Ends = [0.75, 0.50, 0.25];

/// Fewest and most points of the factors that no record knows: criticality, exposure, exploitability.
const UNKNOWN: (u8, u8) = (3, 11);

/// Points of a listing as known exploited.
const LISTED: u8 = 5;

/// Names of the bands of CVSS by points, 0 points standing for a score that is not known.
pub(super) const CVSS_BANDS: [&str; 5] =
    ["not known", "below 4", "4 to 6.9", "7 to 8.9", "9 and more"];

/// How many kinds of evidence there are.
pub(super) const KINDS: usize = 5 * 5 * 3;

/// What a record knows of the score, as points; 0 points of CVSS or EPSS stand for a score that is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) cvss: u8,
    epss: u8,
    pub(super) listed: Option<bool>,
}

fn points(score: Option<f64>, [four, three, two]: Ends) -> u8 {
    score.map_or(0, |score| {
        1 + u8::from(score >= two) + u8::from(score >= three) + u8::from(score >= four)
    })
}

impl Evidence {
    #[inline]
    pub(super) fn new(cvss: Option<f64>, epss: Option<f64>, listed: Option<bool>) -> Self {
        Self {
            cvss: points(cvss, CVSS),
            epss: points(epss, EPSS),
            listed,
        }
    }

    /// Its number among all kinds of evidence.
    #[inline]
    pub(super) fn index(self) -> usize {
        let listed = self.listed.map_or(0, |listed| 1 + usize::from(listed));
        (usize::from(self.cvss) * 5 + usize::from(self.epss)) * 3 + listed
    }

    /// Every kind, by number.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        (0..5).flat_map(|cvss| {
            (0..5).flat_map(move |epss| {
                [None, Some(false), Some(true)].map(|listed| Self { cvss, epss, listed })
            })
        })
    }

    /// Whether nothing at all is known, so that every priority may be right.
    pub(super) fn is_nothing(self) -> bool {
        self.cvss == 0 && self.epss == 0 && self.listed.is_none()
    }

    /// Fewest and most points.
    fn interval(self) -> (u8, u8) {
        let ends = |points: u8| {
            if points == 0 {
                (1, 4)
            } else {
                (points, points)
            }
        };
        let (cvss, epss) = (ends(self.cvss), ends(self.epss));
        let listed = match self.listed {
            Some(true) => (LISTED, LISTED),
            Some(false) => (0, 0),
            None => (0, LISTED),
        };
        (
            cvss.0 + epss.0 + listed.0 + UNKNOWN.0,
            cvss.1 + epss.1 + listed.1 + UNKNOWN.1,
        )
    }

    /// The most and the least urgent priority that the score allows.
    pub(super) fn by_score(self) -> (Priority, Priority) {
        let (fewest, most) = self.interval();
        (priority(most), priority(fewest))
    }

    /// The most and the least urgent priority that score and rule allow together.
    pub(super) fn allowed(self, rule: KevRule) -> (Priority, Priority) {
        let (urgent, relaxed) = self.by_score();
        let floor = rule.floor();
        match self.listed {
            Some(true) => (urgent.min(floor), relaxed.min(floor)),
            None => (urgent.min(floor), relaxed),
            Some(false) => (urgent, relaxed),
        }
    }
}

fn priority(score: u8) -> Priority {
    match score {
        20.. => Priority::P1,
        15.. => Priority::P2,
        10.. => Priority::P3,
        6.. => Priority::P4,
        _ => Priority::P5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Priority::{P1, P2, P3, P5};

    #[test]
    fn the_score_allows_what_its_unknown_factors_leave_open() {
        for (cvss, epss, listed, interval, by_score, allowed) in [
            (
                Some(9.8),
                Some(0.9),
                Some(true),
                (16, 24),
                (P1, P2),
                (P1, P1),
            ),
            (
                Some(9.0),
                Some(0.75),
                Some(false),
                (11, 19),
                (P2, P3),
                (P2, P3),
            ),
            (
                Some(3.9),
                Some(0.1),
                Some(false),
                (5, 13),
                (P3, P5),
                (P3, P5),
            ),
            (
                Some(3.9),
                Some(0.1),
                Some(true),
                (10, 18),
                (P2, P3),
                (P1, P1),
            ),
            (Some(3.9), Some(0.1), None, (5, 18), (P2, P5), (P1, P5)),
            (
                Some(7.0),
                Some(0.5),
                Some(false),
                (9, 17),
                (P2, Priority::P4),
                (P2, Priority::P4),
            ),
            (None, None, None, (5, 24), (P1, P5), (P1, P5)),
        ] {
            let evidence = Evidence::new(cvss, epss, listed);
            assert_eq!(evidence.interval(), interval, "{evidence:?}");
            assert_eq!(evidence.by_score(), by_score, "{evidence:?}");
            assert_eq!(evidence.allowed(KevRule::P1), allowed, "{evidence:?}");
        }
        let listed = Evidence::new(Some(2.0), Some(0.1), Some(true));
        assert_eq!(listed.allowed(KevRule::AtLeastP2), (P2, P2));
    }

    #[test]
    fn evidence_is_numbered_without_gaps() {
        assert!(Evidence::all().map(Evidence::index).eq(0..KINDS));
        assert!(Evidence::new(None, None, None).is_nothing());
        assert!(!Evidence::new(None, None, Some(false)).is_nothing());
    }
}
