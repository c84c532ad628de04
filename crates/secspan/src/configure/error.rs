//! Why nothing was set up, for the person who runs the host app.

use std::path::PathBuf;

use crate::env::settings::SettingProblem;

/// Why nothing was set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigureError {
    /// One or more settings cannot be used; all of them are listed.
    #[error("{} cannot be used:\n{}", count(.0.len()), list(.0))]
    Settings(Vec<SettingProblem>),
    /// Someone else has installed a global subscriber.
    #[error(
        "another tracing subscriber is already installed; hint: add `secspan::configure().layer()` to it, \
         or call secspan::init() once and first"
    )]
    SubscriberInstalled,
    /// A certificate or key cannot be used.
    #[error("{0}")]
    Tls(String),
    /// The spool directory cannot be used.
    #[error("spool directory {} cannot be used", directory.display())]
    SpoolDirectory {
        /// The directory.
        directory: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The destination's address cannot be used.
    #[error("endpoint {endpoint} cannot be used")]
    Endpoint {
        /// The endpoint.
        endpoint: String,
        /// What is wrong with it.
        source: http::Error,
    },
    /// The export thread cannot be started.
    #[error("the export thread cannot be started")]
    Thread(#[source] std::io::Error),
}

fn count(problems: usize) -> String {
    if problems == 1 {
        "1 setting".to_owned()
    } else {
        format!("{problems} settings")
    }
}

fn list(problems: &[SettingProblem]) -> String {
    problems
        .iter()
        .map(|problem| format!("  {problem}"))
        .collect::<Vec<_>>()
        .join("\n")
}
