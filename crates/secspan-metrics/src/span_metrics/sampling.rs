//! How many spans a sampled span stands for, from the threshold in its trace state (`ot=th:…`).

/// Sampling thresholds have 56 bits.
const ALL: u64 = 1 << 56;

/// Hexadecimal digits of a full threshold; trailing zeros may be left out.
const DIGITS: usize = 14;

/// The most spans that one span is believed to stand for, so that no sender can overflow a count.
const WEIGHT_MAX: u64 = 1 << 32;

/// The number of spans this one stands for: 1 unless its trace state has a sampling threshold.
///
/// A fraction is rounded up or down by the span's id, up as often as the fraction says.
pub(super) fn adjusted_count(trace_state: &str, span_id: &[u8]) -> u64 {
    if trace_state.is_empty() {
        return 1;
    }
    let Some(kept) = threshold(trace_state).map(|rejected| ALL - rejected) else {
        return 1;
    };
    let (whole, rest) = (ALL / kept, ALL % kept);
    let rounded = if rest == 0 {
        whole
    } else {
        whole + u64::from(mixed(span_id) % kept < rest)
    };
    rounded.min(WEIGHT_MAX)
}

/// The share of spans that was rejected, in 2^-56.
fn threshold(trace_state: &str) -> Option<u64> {
    let member = trace_state
        .split(',')
        .find_map(|member| member.trim().strip_prefix("ot="))?;
    let digits = member
        .split(';')
        .find_map(|field| field.strip_prefix("th:"))?;
    if digits.is_empty()
        || digits.len() > DIGITS
        || !digits.bytes().all(|digit| digit.is_ascii_hexdigit())
    {
        return None;
    }
    let value = u64::from_str_radix(digits, 16).ok()?;
    Some(value << (4 * (DIGITS - digits.len())))
}

/// The id's bits, well mixed (the finaliser of `SplitMix64`).
fn mixed(span_id: &[u8]) -> u64 {
    let mut bits = span_id
        .iter()
        .fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_weights_are_exact() {
        for (trace_state, expected) in [
            ("", 1),
            ("vendor=x", 1),
            ("ot=rv:abc", 1),
            ("ot=th:0", 1),
            ("ot=th:8", 2),
            ("ot=th:c", 4),
            ("vendor=1, ot=rv:1;th:e", 8),
            ("ot=th:ff", 256),
            ("ot=th:ffffffffffffff", WEIGHT_MAX),
            ("ot=th:", 1),
            ("ot=th:xyz", 1),
            ("ot=th:123456789012345", 1),
        ] {
            assert_eq!(
                adjusted_count(trace_state, &[1; 8]),
                expected,
                "{trace_state}"
            );
        }
    }

    #[test]
    fn fractions_average_out_and_repeat() {
        // A quarter is rejected: each span stands for 4/3.
        let ids = 0..30_000_u64;
        let total: u64 = ids
            .map(|id| adjusted_count("ot=th:4", &id.to_be_bytes()))
            .sum();
        assert!((39_500..40_500).contains(&total), "{total}");
        let again = adjusted_count("ot=th:4", &[7; 8]);
        assert_eq!(adjusted_count("ot=th:4", &[7; 8]), again);
    }
}
