//! The one place where the collector reads environment variables: `${env:NAME}` in configuration files, and the few that
//! the embedded default names.

/// The variable's value, if it is set and is UTF-8.
#[expect(
    clippy::disallowed_methods,
    reason = "this is where the environment is read"
)]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}
