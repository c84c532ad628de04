//! The one place where the program reads its environment.

use secspan::Variables;

/// The value of a variable; an empty one counts as not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    let value = std::env::var_os(name)?;
    Some(value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// Those variables of OpenTelemetry that say how to reach a collector. The others are for applications: a sampler would
/// take a part of the sample away.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Destination;

impl Destination {
    const PREFIX: &'static str = "OTEL_EXPORTER_OTLP_";
}

impl Variables for Destination {
    fn get(&self, name: &str) -> Option<String> {
        name.starts_with(Self::PREFIX).then(|| variable(name))?
    }

    fn names(&self) -> Vec<String> {
        std::env::vars_os()
            .filter_map(|(name, _)| name.into_string().ok())
            .filter(|name| name.starts_with(Self::PREFIX))
            .collect()
    }
}
