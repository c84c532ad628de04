//! Repeatable chance: the same seed and words give the same number, in whatever order they are asked for.

/// Odd constants of the mixing function below (`splitmix64`).
const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
const MIX: [u64; 2] = [0xbf58_476d_1ce4_e5b9, 0x94d0_49bb_1331_11eb];

/// A number that depends on the seed, the subject and the question, and on nothing else.
pub(crate) fn number(seed: u64, subject: &str, question: &str) -> u64 {
    let words = subject.bytes().chain([0]).chain(question.bytes());
    words.fold(mix(seed), |state, byte| mix(state ^ u64::from(byte)))
}

/// The same as a fraction, at least 0 and below 1.
pub(crate) fn fraction(seed: u64, subject: &str, question: &str) -> f64 {
    // 53 bits are what a double holds exactly.
    (number(seed, subject, question) >> 11) as f64 / (1_u64 << 53) as f64
}

fn mix(state: u64) -> u64 {
    let [first, second] = MIX;
    let state = state.wrapping_add(STEP);
    let state = (state ^ (state >> 30)).wrapping_mul(first);
    let state = (state ^ (state >> 27)).wrapping_mul(second);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_has_the_same_answer_and_every_part_counts() {
        let number = number(7, "OPS-1", "deep");
        assert_eq!(number, super::number(7, "OPS-1", "deep"));
        assert_ne!(number, super::number(8, "OPS-1", "deep"));
        assert_ne!(number, super::number(7, "OPS-2", "deep"));
        assert_ne!(number, super::number(7, "OPS-1d", "eep"));
    }

    #[test]
    fn fractions_fill_the_range_evenly() {
        let below = (0..10_000)
            .map(|index| fraction(1, &format!("OPS-{index}"), "x"))
            .inspect(|value| assert!((0.0..1.0).contains(value)))
            .filter(|value| *value < 0.25)
            .count();
        assert!((2_300..2_700).contains(&below), "{below}");
    }
}
