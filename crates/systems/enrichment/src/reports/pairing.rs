//! Speed against quality: the duration of enrichments beside the score that a review gave them.
//!
//! A review belongs to the latest enrichment of its ticket that was complete when the review ended; of several reviews of
//! one enrichment the first counts. Reviews may come before or after their enrichments, so both are kept until the end,
//! sixteen bytes for an enrichment: tickets as 64-bit hashes. That two of a million tickets share a hash, and that one of
//! them was reviewed, has odds of less than one in ten million; it would cost one wrong pair.

use hashbrown::HashSet;
use secspan_records::timestamp::Timestamp;

use secspan_reports::cells::{NO_DATA, many, table};
use secspan_reports::document::{Block, Cell, Column, Note, Section, Unit};
use secspan_reports::hashing;
use secspan_reports::statistics::{Correlation, Merge, PAIRS_MIN, Scores, Undefined, spearman};

/// Bits of a packed enrichment that hold its duration in seconds: two years; longer ones count as that long.
const SECONDS_BITS: u32 = 26;

/// Enrichments in one block of memory: 1 MiB, so that growing never copies what is there.
const BLOCK: usize = 65_536;

/// Upper ends of the bands of duration, in seconds; the last band is open.
const BANDS: [(u64, &str); 5] = [
    (300, "under 5 min"),
    (600, "5 to 10 min"),
    (900, "10 to 15 min"),
    (1200, "15 to 20 min"),
    (u64::MAX, "20 min and more"),
];

/// Enrichments and reviews that wait for each other.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pairing {
    /// Hash of the ticket; completion time and duration.
    enrichments: Vec<Vec<(u64, u64)>>,
    reviews: Vec<Review>,
}

/// Ordered by ticket, then time, then score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Review {
    ticket: u64,
    at: u64,
    score_bits: u64,
}

/// What belongs together.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pairs {
    /// Duration in seconds, score.
    found: Vec<(u64, f64)>,
    reviews: u64,
    /// Reviews of tickets without an earlier enrichment.
    alone: u64,
    /// Reviews after the first of an enrichment.
    repeated: u64,
}

impl Pairing {
    /// Notes an enrichment.
    #[inline]
    pub(crate) fn add_enrichment(&mut self, ticket: &str, at: Timestamp, seconds: u64) {
        let seconds = seconds.min((1 << SECONDS_BITS) - 1);
        let packed = unix(at) << SECONDS_BITS | seconds;
        if self
            .enrichments
            .last()
            .is_none_or(|block| block.len() >= BLOCK)
        {
            let capacity = if self.enrichments.is_empty() {
                0
            } else {
                BLOCK
            };
            self.enrichments.push(Vec::with_capacity(capacity));
        }
        if let Some(block) = self.enrichments.last_mut() {
            block.push((hashing::number(ticket), packed));
        }
    }

    /// Notes a review.
    pub(crate) fn add_review(&mut self, ticket: &str, at: Timestamp, score: f64) {
        self.reviews.push(Review {
            ticket: hashing::number(ticket),
            at: unix(at),
            score_bits: score.abs().to_bits(),
        });
    }

    /// Puts together what belongs together.
    pub(crate) fn finish(mut self) -> Pairs {
        self.reviews.sort_unstable();
        let tickets: HashSet<u64, foldhash::fast::RandomState> =
            self.reviews.iter().map(|review| review.ticket).collect();
        let blocks = self.enrichments.iter().flatten();
        let mut reviewed: Vec<(u64, u64)> = blocks
            .filter(|(ticket, _)| tickets.contains(ticket))
            .copied()
            .collect();
        reviewed.sort_unstable();
        let mut pairs = Pairs {
            reviews: self.reviews.len() as u64,
            ..Pairs::default()
        };
        let mut used = None;
        for review in &self.reviews {
            let latest = (
                review.ticket,
                review.at << SECONDS_BITS | ((1 << SECONDS_BITS) - 1),
            );
            let place = reviewed.partition_point(|enrichment| *enrichment <= latest);
            let enrichment = place.checked_sub(1).and_then(|at| reviewed.get(at));
            match enrichment.filter(|(ticket, _)| *ticket == review.ticket) {
                None => pairs.alone += 1,
                Some(_) if used == Some(place) => pairs.repeated += 1,
                Some((_, packed)) => {
                    used = Some(place);
                    let seconds = packed & ((1 << SECONDS_BITS) - 1);
                    pairs
                        .found
                        .push((seconds, f64::from_bits(review.score_bits)));
                }
            }
        }
        pairs
    }
}

impl Merge for Pairing {
    fn merge(&mut self, other: Self) {
        self.enrichments.extend(other.enrichments);
        self.reviews.extend(other.reviews);
    }
}

/// Seconds since the epoch: 38 bits, which is what the packing leaves.
fn unix(at: Timestamp) -> u64 {
    u64::try_from(at.unix_seconds()).unwrap_or(0)
}

const COLUMNS: [Column; 6] = [
    Column::new("pairs", "Pairs", Unit::Count),
    Column::new("rho", "Spearman's rho", Unit::Number).of("pairs"),
    Column::new("rho_low", "95 % from", Unit::Number),
    Column::new("rho_high", "95 % to", Unit::Number),
    Column::new("reviews_alone", "Reviews without enrichment", Unit::Count),
    Column::new("reviews_repeated", "Repeated reviews", Unit::Count),
];

const BAND_COLUMNS: [Column; 4] = [
    Column::new("duration", "Enrichment took", Unit::Plain),
    Column::new("n", "n", Unit::Count),
    Column::new("mean_score", "Mean score", Unit::Score).of("n"),
    Column::new("median_score", "Median score", Unit::Score).of("n"),
];

impl Pairs {
    /// The section of a report.
    pub(crate) fn section(&self) -> Section {
        let mut blocks = Vec::new();
        if self.found.is_empty() {
            blocks.push(Note::no_data(self.why_empty()).into());
        } else {
            let pairs: Vec<(f64, f64)> = self
                .found
                .iter()
                .map(|(seconds, score)| (*seconds as f64, *score))
                .collect();
            let result = spearman(&pairs);
            blocks.push(self.table(result));
            blocks.push(reading(result).into());
            blocks.push(self.bands());
            blocks.push(Note::info(RULE).into());
        }
        Section {
            key: "speed_quality",
            title: "Speed against quality".to_owned(),
            blocks,
        }
    }

    fn why_empty(&self) -> String {
        if self.reviews == 0 {
            "There are no reviews among the records; give the review files as well to compare duration and score.".to_owned()
        } else {
            let reviews = many(self.reviews, "review has", "reviews have");
            format!(
                "{reviews} no enrichment of the same ticket before them; give the enrichment files of that time as well."
            )
        }
    }

    fn table(&self, result: Result<Correlation, Undefined>) -> Block {
        let why = match result {
            Err(Undefined::FewPairs) => "n < 10",
            Err(Undefined::NoSpread) => "all equal",
            Ok(_) => "no width",
        };
        let correlation = result.ok();
        let interval = correlation.and_then(|found| found.interval);
        let row = vec![
            Cell::Count(self.found.len() as u64),
            Cell::number(correlation.map(|found| found.rho), why),
            Cell::number(interval.map(|(low, _)| low), why),
            Cell::number(interval.map(|(_, high)| high), why),
            Cell::Count(self.alone),
            Cell::Count(self.repeated),
        ];
        table("speed_quality", &COLUMNS, vec![row])
    }

    fn bands(&self) -> Block {
        let mut from = 0;
        let rows = BANDS.map(|(to, name)| {
            let mut scores = Scores::default();
            for (seconds, score) in &self.found {
                if (from..to).contains(seconds) {
                    scores.add(*score);
                }
            }
            from = to;
            vec![
                Cell::Text(name.to_owned()),
                Cell::Count(scores.n()),
                Cell::number(scores.mean(), NO_DATA),
                Cell::number(scores.median(), NO_DATA),
            ]
        });
        table("speed_quality_bands", &BAND_COLUMNS, rows.to_vec())
    }
}

const RULE: &str = "A review counts for the latest enrichment of its ticket that was complete when the review ended; of \
    several reviews of one enrichment the first counts. Rho is a rank correlation: 1 when longer always scored higher, -1 \
    when longer always scored lower. The interval is Fisher's z with the correction of Bonett and Wright. A correlation is \
    no cause: difficult tickets take longer and may score lower.";

fn reading(result: Result<Correlation, Undefined>) -> Note {
    let found = match result {
        Ok(found) => found,
        Err(Undefined::FewPairs) => {
            return Note::no_data(format!(
                "Fewer than {PAIRS_MIN} enrichments have a review, so nothing is said about speed and quality."
            ));
        }
        Err(Undefined::NoSpread) => {
            return Note::no_data(
                "All durations or all scores are equal, so there is no correlation.",
            );
        }
    };
    let (low, high) = found.interval.unwrap_or((found.rho, found.rho));
    if low > 0.0 {
        Note::warning(
            "Longer enrichments scored higher, quick ones lower: look whether work is being rushed.",
        )
    } else if high < 0.0 {
        Note::info("Longer enrichments scored lower: speed does not cost quality here.")
    } else {
        Note::info(
            "The interval includes 0: these pairs do not show that speed and quality go together.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn a_review_counts_for_the_enrichment_before_it() {
        let mut pairing = Pairing::default();
        pairing.add_review("A", at(90), 10.0);
        pairing.add_review("A", at(150), 50.0);
        pairing.add_review("A", at(160), 60.0);
        pairing.add_review("A", at(200), 70.0);
        pairing.add_review("B", at(500), 90.0);
        pairing.add_review("C", at(300), 40.0);
        pairing.add_enrichment("A", at(100), 11);
        pairing.add_enrichment("A", at(200), 22);
        pairing.add_enrichment("C", at(301), 33);
        pairing.add_enrichment("D", at(1), 44);
        let pairs = pairing.finish();
        let mut found = pairs.found.clone();
        found.sort_by(|a, b| a.partial_cmp(b).unwrap());
        assert_eq!(found, [(11, 50.0), (22, 70.0)]);
        assert_eq!((pairs.alone, pairs.repeated, pairs.reviews), (3, 1, 6));
    }

    #[test]
    fn the_last_second_of_the_calendar_fits() {
        let mut pairing = Pairing::default();
        let last = at(i64::MAX);
        pairing.add_enrichment("A", last, u64::MAX);
        pairing.add_review("A", last, 100.0);
        let pairs = pairing.finish();
        assert_eq!(pairs.found, [((1 << SECONDS_BITS) - 1, 100.0)]);
    }

    #[test]
    fn blocks_are_merged_as_they_are() {
        let mut all = Pairing::default();
        for part in 0..3_u64 {
            let mut pairing = Pairing::default();
            for number in 0..70_000 {
                pairing.add_enrichment(&format!("{part}-{number}"), at(5), number);
            }
            pairing.add_review(&format!("{part}-69999"), at(5), 80.0);
            all.merge(pairing);
        }
        let pairs = all.finish();
        assert_eq!(pairs.found, [(69_999, 80.0); 3]);
    }
}
