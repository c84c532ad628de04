//! The one place of this crate that reads the environment.

/// Switches every part of OpenTelemetry off, by the OpenTelemetry specification.
const SDK_DISABLED: &str = "OTEL_SDK_DISABLED";

/// Whether the environment leaves telemetry on.
#[expect(
    clippy::disallowed_methods,
    reason = "the exporter is its own rim: hosts without the SDK have no other switch"
)]
pub(super) fn enabled() -> bool {
    !is_true(std::env::var(SDK_DISABLED).ok().as_deref())
}

/// As the specification reads a boolean: only `true`, in any case, is true.
fn is_true(value: Option<&str>) -> bool {
    value.is_some_and(|value| value.trim().eq_ignore_ascii_case("true"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_true_switches_off() {
        for (value, off) in [
            (None, false),
            (Some(""), false),
            (Some("1"), false),
            (Some("yes"), false),
            (Some("false"), false),
            (Some("true"), true),
            (Some("TRUE "), true),
        ] {
            assert_eq!(is_true(value), off, "{value:?}");
        }
    }
}
