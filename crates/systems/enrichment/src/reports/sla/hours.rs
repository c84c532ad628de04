//! Business hours as people write them: `9-17`, `08:30-17:00+01:00`.

use crate::service_level::{BusinessHours, BusinessHoursError};

const FORM: &str =
    "write hours as 9-17 or 08:30-17:00, in UTC unless an offset follows, as in 9-17+01:00";

/// Reads from, to and the offset of local time from UTC.
pub(super) fn parse(text: &str) -> Result<BusinessHours, String> {
    let (from, rest) = text.split_once('-').ok_or(FORM)?;
    let (to, offset) = match rest.find(['+', '-']) {
        Some(at) => rest.split_at_checked(at).ok_or(FORM)?,
        None => (rest, "+0"),
    };
    let (sign, offset) = match offset.strip_prefix('-') {
        Some(offset) => (-1, offset),
        None => (1, offset.strip_prefix('+').unwrap_or(offset)),
    };
    let minutes = |text| minutes(text).ok_or(FORM);
    let offset = i16::try_from(minutes(offset)?).map_err(|_| FORM)?;
    BusinessHours::new(minutes(from)?, minutes(to)?, sign * offset).map_err(|error| match error {
        BusinessHoursError::Day { .. } => "the day ends before it begins".to_owned(),
        BusinessHoursError::Offset { .. } => {
            "an offset from UTC is from -14:00 to +14:00".to_owned()
        }
    })
}

/// Minutes after midnight of `9` or `08:30`.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "0"));
    let number = |text: &str, max: u16| -> Option<u16> {
        let digits =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.parse().ok().filter(|number| *number <= max);
        number.filter(|_| digits)
    };
    Some(number(hours, 24)? * 60 + number(minutes, 59)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_read_as_people_write_them() {
        for (text, from, to, offset) in [
            ("9-17", 540, 1020, 0),
            ("08:30-17:00", 510, 1020, 0),
            ("9-17+01:00", 540, 1020, 60),
            ("9-17-5", 540, 1020, -300),
            ("0-24", 0, 1440, 0),
        ] {
            let wanted = BusinessHours::new(from, to, offset).unwrap();
            assert_eq!(parse(text), Ok(wanted), "{text}");
        }
        for text in [
            "",
            "9",
            "17-9",
            "9-25",
            "9-17+99",
            "nine-five",
            "9-17:60",
            "+9-17",
            "9-",
            "009-17",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
