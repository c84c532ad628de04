//! The one spelling of a time that nearly every line has, read without a general parser.
//!
//! `2025-12-03T09:41:07Z`, or with exactly six digits of a fraction, which is cut off. Whatever else is a time is left to the
//! general parser; a test holds the two equal.

use jiff::civil::DateTime;
use jiff::tz::Offset;

/// Bytes of a time in whole seconds.
const SECONDS_BYTES: usize = 20;
/// Bytes of a time with six digits of a fraction.
const MICROS_BYTES: usize = 27;

/// Seconds since the Unix epoch; `None` when the text is spelt in any other way, or may not be a time at all.
pub(super) fn seconds(text: &[u8]) -> Option<i64> {
    match text.len() {
        SECONDS_BYTES => (text.get(19) == Some(&b'Z')).then_some(())?,
        MICROS_BYTES => {
            let (dot, fraction) = text.get(19..26)?.split_first()?;
            let digits = fraction.iter().all(u8::is_ascii_digit);
            (*dot == b'.' && digits && text.last() == Some(&b'Z')).then_some(())?;
        }
        _ => return None,
    }
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T',
        h0,
        h1,
        b':',
        n0,
        n1,
        b':',
        s0,
        s1,
    ] = *text.first_chunk::<19>()?
    else {
        return None;
    };
    let year = i16::from(pair(y0, y1)?) * 100 + i16::from(pair(y2, y3)?);
    let (month, day) = (pair(m0, m1)?, pair(d0, d1)?);
    let (hour, minute, second) = (pair(h0, h1)?, pair(n0, n1)?, pair(s0, s1)?);
    // The last days of 9999 are beyond the general parser, and years before 1970 are no record's.
    (1970..9999).contains(&year).then_some(())?;
    let time = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let at = Offset::UTC.to_timestamp(time).ok()?;
    Some(at.as_second())
}

/// The number of two digits.
fn pair(tens: u8, ones: u8) -> Option<i8> {
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    let number = (tens < 10 && ones < 10).then(|| tens * 10 + ones)?;
    i8::try_from(number).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn general(text: &str) -> Option<i64> {
        text.parse::<jiff::Timestamp>()
            .ok()
            .map(jiff::Timestamp::as_second)
    }

    #[test]
    fn every_day_is_read_as_the_general_parser_reads_it() {
        let mut day = jiff::civil::date(1970, 1, 1);
        while day.year() < 2105 {
            let text = format!("{day}T23:59:58Z");
            assert_eq!(seconds(text.as_bytes()), general(&text), "{text}");
            day = day.tomorrow().unwrap();
        }
        for text in ["2000-02-29T00:00:00Z", "9998-12-31T23:59:59.999999Z"] {
            assert!(seconds(text.as_bytes()).is_some());
            assert_eq!(seconds(text.as_bytes()), general(text), "{text}");
        }
    }

    #[test]
    fn what_is_spelt_otherwise_is_left_to_the_general_parser() {
        for text in [
            "2025-02-29T00:00:00Z",
            "2025-12-03T09:41:60Z",
            "2025-12-03T24:00:00Z",
            "2025-12-03t09:41:07Z",
            "2025-12-03T09:41:07z",
            "2025-12-03T09:41:07.123Z",
            "2025-12-03T09:41:07+00:00",
            "9999-12-31T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2025-1a-03T09:41:07Z",
            "",
        ] {
            assert_eq!(seconds(text.as_bytes()), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_the_general_parser_reads(
            text in "[12][09][0-9]{2}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{5,7})?Z"
        ) {
            if let Some(seconds) = seconds(text.as_bytes()) {
                prop_assert_eq!(Some(seconds), general(&text));
            }
        }
    }
}
