//! Which question goes to Perplexity, and what happens when it is not answered.

use std::time::Duration;

use secspan::perplexity::Kind;

use crate::http_client::HttpError;
use crate::perplexity::{Client, Completion};

/// How often a question is asked before another kind is tried.
const ATTEMPTS: u32 = 3;
/// Every ticket is first looked at with a question that needs reasoning.
pub const FIRST: Kind = Kind::Reason;

/// The kind of the second question, by CVSS base score.
pub fn second(cvss: Option<f64>) -> Kind {
    match cvss {
        Some(score) if score >= 9.0 => Kind::DeepResearch,
        Some(score) if score < 7.0 => Kind::Search,
        _ => Kind::Reason,
    }
}

/// What to try when a kind is not answered; after a search it is a person's turn.
pub fn fallback(kind: Kind) -> Option<Kind> {
    match kind {
        Kind::DeepResearch => Some(Kind::Reason),
        Kind::Reason => Some(Kind::Search),
        Kind::Search => None,
    }
}

/// Asks until there is an answer: the same kind again for what may pass, a lighter kind after
/// that and after a time-out. Each attempt is an event of its own.
///
/// # Errors
/// The last one, when there is no answer at all.
pub async fn ask(
    client: &Client,
    first: Kind,
    prompt: &str,
    ticket: &str,
    pause: Duration,
) -> Result<Completion, HttpError> {
    let mut kind = first;
    loop {
        let error = match ask_kind(client, kind, prompt, ticket, pause).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        match fallback(kind) {
            Some(lighter) if error.may_pass() => kind = lighter,
            _ => return Err(error),
        }
    }
}

async fn ask_kind(
    client: &Client,
    kind: Kind,
    prompt: &str,
    ticket: &str,
    pause: Duration,
) -> Result<Completion, HttpError> {
    let mut attempt = 1;
    loop {
        match client.ask(kind, prompt, ticket).await {
            Err(error) if attempt < ATTEMPTS && is_brief(&error) => {
                tokio::time::sleep(pause * attempt).await;
                attempt += 1;
            }
            result => return result,
        }
    }
}

/// Whether asking the same again soon makes sense. Who waited for an answer in vain asks for less.
fn is_brief(error: &HttpError) -> bool {
    error.may_pass() && !matches!(error, HttpError::Timeout(_))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_question_follows_the_score() {
        for (cvss, kind) in [
            (Some(10.0), Kind::DeepResearch),
            (Some(9.0), Kind::DeepResearch),
            (Some(8.9), Kind::Reason),
            (Some(7.0), Kind::Reason),
            (Some(6.9), Kind::Search),
            (Some(0.1), Kind::Search),
            (None, Kind::Reason),
        ] {
            assert_eq!(second(cvss), kind, "{cvss:?}");
        }
    }

    #[test]
    fn fallbacks_get_lighter_and_end() {
        let all = std::iter::successors(Some(Kind::DeepResearch), |kind| fallback(*kind));
        assert!(all.eq([Kind::DeepResearch, Kind::Reason, Kind::Search]));
    }
}
