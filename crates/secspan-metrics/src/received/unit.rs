//! Names of received metrics as Prometheus writes them, with their unit and type as suffixes.

use crate::family::Kind;
use crate::name;

/// UCUM's units that have a word in Prometheus.
const WORDS: &[(&str, &str)] = &[
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tebibytes"),
    ("KBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("%", "percent"),
];

/// What stands behind `per`.
const PER: &[(&str, &str)] = &[
    ("s", "second"),
    ("m", "minute"),
    ("min", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("mo", "month"),
    ("y", "year"),
];

/// The word for a unit; empty for none, for `1` and for annotations such as `{request}`.
pub(super) fn word(unit: &str) -> String {
    let (main, per) = unit.split_once('/').unwrap_or((unit, ""));
    let of = |unit: &str, words: &[(&str, &str)]| {
        let unit = unit.trim();
        if unit.is_empty() || unit == "1" || unit.contains(['{', '}']) {
            return String::new();
        }
        let known = words.iter().find(|(own, _)| *own == unit);
        known.map_or_else(
            || name::label_name(unit).trim_matches('_').to_owned(),
            |(_, word)| (*word).to_owned(),
        )
    };
    let (main, per) = (of(main, WORDS), of(per, PER));
    match (main.is_empty(), per.is_empty()) {
        (_, true) => main,
        (true, false) => format!("per_{per}"),
        (false, false) => format!("{main}_per_{per}"),
    }
}

/// The name of a family: cleaned, with its unit, and `_total` for counters.
pub(super) fn family_name(metric: &str, unit: &str, kind: Kind, suffixes: bool) -> String {
    let name = name::metric_name(metric);
    if !suffixes {
        return name.into_owned();
    }
    let name = name.trim_end_matches('_');
    let mut name = match kind {
        Kind::Counter => name.strip_suffix("_total").unwrap_or(name).to_owned(),
        Kind::Gauge | Kind::Histogram => name.to_owned(),
    };
    let word = match word(unit) {
        word if word.is_empty() && unit == "1" && kind == Kind::Gauge => "ratio".to_owned(),
        word => word,
    };
    if !word.is_empty() && !has_word(&name, &word) {
        name = format!("{name}_{word}");
    }
    if kind == Kind::Counter {
        name.push_str("_total");
    }
    name
}

/// Whether a name says its unit already.
fn has_word(name: &str, word: &str) -> bool {
    name.ends_with(word) || name.split('_').any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_unit_and_type_as_upstreams_do() {
        for (metric, unit, kind, expected) in [
            (
                "http.server.duration",
                "s",
                Kind::Histogram,
                "http_server_duration_seconds",
            ),
            (
                "http.requests",
                "{request}",
                Kind::Counter,
                "http_requests_total",
            ),
            ("io", "By", Kind::Counter, "io_bytes_total"),
            ("io_bytes_total", "By", Kind::Counter, "io_bytes_total"),
            ("cpu.utilization", "1", Kind::Gauge, "cpu_utilization_ratio"),
            ("speed", "By/s", Kind::Gauge, "speed_bytes_per_second"),
            ("rate", "{call}/min", Kind::Gauge, "rate_per_minute"),
            ("queue_seconds", "s", Kind::Gauge, "queue_seconds"),
            ("2xx", "", Kind::Gauge, "key_2xx"),
        ] {
            assert_eq!(family_name(metric, unit, kind, true), expected);
        }
        assert_eq!(family_name("io", "By", Kind::Counter, false), "io");
    }
}
