//! A client of Perplexity's chat completions, instrumented where the call is made.
//!
//! [`Client::ask`] is the lesson: describe the call, hand over the future, and let the answer type
//! tell its numbers. Prompt and answer themselves never reach telemetry.

use std::fmt;
use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use secspan::perplexity::{Answer, AnswerFacts, Kind};
use serde::Deserialize;
use serde_json::json;

use crate::http_client::{self, HttpError, Server};

/// The real API.
const HOST: &str = "api.perplexity.ai";
/// Path of a question, for the real API and its stand-in alike.
pub const PATH: &str = "/chat/completions";
/// Names the request, so that it can be found in the provider's log.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A key of the API. It has no readable form.
#[derive(Clone)]
pub struct Key(String);

impl Key {
    /// Takes a key.
    pub fn new(key: impl Into<String>) -> Self {
        Self(key.into())
    }

    /// The header that carries it, marked so that no library shows it.
    fn header(&self) -> Option<HeaderValue> {
        let mut value = HeaderValue::from_str(&format!("Bearer {}", self.0)).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(hidden)")
    }
}

/// The model that a kind of question goes to.
pub fn model(kind: Kind) -> &'static str {
    match kind {
        Kind::Search => "sonar-pro",
        Kind::Reason => "sonar-reasoning-pro",
        Kind::DeepResearch => "sonar-deep-research",
    }
}

/// The longest wait for an answer.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For a search or a question that needs reasoning.
    pub question: Duration,
    /// For research in depth.
    pub research: Duration,
}

impl Patience {
    /// What the real API needs: two minutes, and ten for research in depth.
    pub const REAL: Self = Self {
        question: Duration::from_mins(2),
        research: Duration::from_mins(10),
    };

    fn of(self, kind: Kind) -> Duration {
        match kind {
            Kind::Search | Kind::Reason => self.question,
            Kind::DeepResearch => self.research,
        }
    }
}

/// An answer.
#[derive(Debug, Deserialize)]
pub struct Completion {
    id: String,
    model: String,
    #[serde(default)]
    choices: Vec<Choice>,
    /// Addresses of the sources.
    #[serde(default)]
    pub citations: Vec<String>,
    usage: Usage,
}

#[derive(Debug, Deserialize)]
struct Choice {
    message: Message,
}

#[derive(Debug, Deserialize)]
struct Message {
    content: String,
}

#[derive(Debug, Deserialize)]
struct Usage {
    prompt_tokens: u64,
    completion_tokens: u64,
    reasoning_tokens: Option<u64>,
    num_search_queries: Option<usize>,
    cost: Option<Cost>,
}

#[derive(Debug, Deserialize)]
struct Cost {
    total_cost: f64,
}

impl Completion {
    /// The text of the answer.
    pub fn text(&self) -> &str {
        self.choices
            .first()
            .map_or("", |choice| choice.message.content.as_str())
    }
}

impl Answer for Completion {
    fn tell(&self, facts: &mut AnswerFacts) {
        facts
            .id(self.id.as_str())
            .model(self.model.as_str())
            .tokens(self.usage.prompt_tokens, self.usage.completion_tokens)
            .citations(self.citations.len())
            .answer_length(self.text().chars().count())
            .status_code(reqwest::StatusCode::OK.as_u16());
        if let Some(tokens) = self.usage.reasoning_tokens {
            facts.reasoning_tokens(tokens);
        }
        if let Some(queries) = self.usage.num_search_queries {
            facts.search_queries(queries);
        }
        if let Some(cost) = &self.usage.cost {
            facts.cost(cost.total_cost, "USD");
        }
    }
}

/// A client.
#[derive(Debug, Clone)]
pub struct Client {
    server: Server,
    key: Option<Key>,
    patience: Patience,
}

impl Client {
    /// A client of a server that wants no key.
    pub fn local(server: Server, patience: Patience) -> Self {
        Self {
            server,
            key: None,
            patience,
        }
    }

    /// A client of the real API.
    pub fn real(key: Key) -> Self {
        Self {
            server: Server::public(HOST),
            key: Some(key),
            patience: Patience::REAL,
        }
    }

    /// Asks once. Whatever comes of it is a `secops.perplexity.call` event on the current span.
    ///
    /// # Errors
    /// When there is no useful answer in time.
    pub async fn ask(
        &self,
        kind: Kind,
        prompt: &str,
        request_id: &str,
    ) -> Result<Completion, HttpError> {
        let question = json!({
            "model": model(kind),
            "messages": [{ "role": "user", "content": prompt }],
        });
        let limit = self.patience.of(kind);
        let headers = self.headers(request_id);
        let request = http_client::post(&self.server, PATH, headers, &question, limit);
        secspan::perplexity::call(kind)
            .model(model(kind))
            .server(self.server.host.as_str())
            .prompt_length(prompt.chars().count())
            .record(request)
            .await
    }

    fn headers(&self, request_id: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if let Ok(id) = HeaderValue::from_str(request_id) {
            headers.insert(REQUEST_ID, id);
        }
        if let Some(key) = self.key.as_ref().and_then(Key::header) {
            headers.insert(header::AUTHORIZATION, key);
        }
        headers
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_shows_in_no_debug_text() {
        let client = Client::real(Key::new("pplx-secret"));
        let headers = client.headers("OPS-1");
        assert_eq!(headers[header::AUTHORIZATION], "Bearer pplx-secret");
        for text in [format!("{client:?}"), format!("{headers:?}")] {
            assert!(!text.contains("secret"), "{text}");
        }
    }

    #[test]
    fn an_answer_without_the_optional_parts_is_understood() {
        let text = r#"{"id":"a","model":"sonar","choices":[],"usage":{"prompt_tokens":1,"completion_tokens":2}}"#;
        let answer: Completion = serde_json::from_str(text).unwrap();
        assert_eq!((answer.text(), answer.citations.len()), ("", 0));
    }
}
