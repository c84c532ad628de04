//! The crates at the centre touch neither clock nor socket nor environment.

use super::Violation;
use super::source::Source;

/// Crates that decide from their arguments alone.
const PURE: [&str; 7] = [
    "crates/secspan-semconv/",
    "crates/secspan-otlp/",
    "crates/secspan-records/",
    "crates/secspan-metrics/",
    "crates/secspan-reports/",
    "crates/secspan-sample/",
    "crates/systems/",
];

/// What reaches outside.
const EFFECTS: [&str; 8] = [
    "SystemTime::now",
    "Instant::now",
    "std::net",
    "std::env",
    "std::fs",
    "std::process",
    "thread::spawn",
    "tokio::",
];

pub(crate) fn check(source: &Source) -> Vec<Violation> {
    if !PURE.iter().any(|folder| source.path.starts_with(folder)) || !source.is_rust() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (line, text) in source.shipped() {
        if let Some(effect) = EFFECTS.iter().find(|effect| text.contains(**effect)) {
            found.push(Violation {
                path: source.path.clone(),
                line,
                rule: "pure crate",
                what: format!("`{effect}`; take it as an argument"),
                why: "a centre without effects can be tested, replayed and simulated as it is",
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_at_the_centre_is_refused() {
        let text = "let now = SystemTime::now();\n";
        assert_eq!(
            check(&Source::new("crates/secspan-metrics/src/a.rs", text)).len(),
            1
        );
        assert_eq!(check(&Source::new("otel-collector/src/clock.rs", text)), []);
        assert_eq!(
            check(&Source::new("crates/secspan-metrics/benches/a.rs", text)),
            []
        );
    }
}
