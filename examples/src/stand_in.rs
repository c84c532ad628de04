//! What the host application talks to when nothing real is at hand: Perplexity's chat completions and a
//! tracker's MCP endpoint on one loopback port, with faults by [`faults::Faults`].

use std::collections::HashMap;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::task::AbortHandle;

use self::faults::{Fault, Faults, Service};
use crate::perplexity;
use crate::tracker;

pub mod faults;

/// The longest question that is read.
const QUESTION_LIMIT_BYTES: usize = 1024 * 1024;
/// Connections that may wait to be accepted: with the usual 128, the system drops those of a few hundred tickets that
/// begin at once, and a client tries again only after a second. The system's own limit is mostly 4096.
const BACKLOG: u32 = 4096;
/// How long an answer takes at normal speed.
const SEARCH: Duration = Duration::from_millis(10);
const REASON: Duration = Duration::from_millis(20);
const DEEP_RESEARCH: Duration = Duration::from_millis(35);
const TRACKER: Duration = Duration::from_millis(2);

/// A running stand-in; it takes connections as long as its owner lives.
#[derive(Debug)]
pub struct StandIn {
    address: SocketAddr,
    task: AbortHandle,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    /// Starts on a free loopback port. `speed` divides the time that answers take.
    ///
    /// # Errors
    /// When there is no port.
    #[expect(clippy::unused_async, reason = "needs a running runtime, and says so")]
    pub async fn start(faults: Faults, speed: f64) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let address = listener.local_addr()?;
        let desk = Arc::new(Desk {
            faults,
            speed,
            asked: Mutex::default(),
        });
        let app = Router::new()
            .fallback(answer)
            .layer(DefaultBodyLimit::max(QUESTION_LIMIT_BYTES))
            .with_state(desk);
        let serving = axum::serve(listener, app);
        let task = tokio::spawn(async move { serving.await.ok() }).abort_handle();
        Ok(Self { address, task })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

/// What the stand-in knows.
#[derive(Debug)]
struct Desk {
    faults: Faults,
    speed: f64,
    /// How often each question was asked so far.
    asked: Mutex<HashMap<(String, Service), u32>>,
}

impl Desk {
    /// The number of this attempt, from 1.
    fn attempt(&self, ticket: &str, service: Service) -> u32 {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let count = asked.entry((ticket.to_owned(), service)).or_default();
        *count += 1;
        *count
    }

    async fn think(&self, normal: Duration) {
        tokio::time::sleep(normal.div_f64(self.speed)).await;
    }
}

async fn answer(
    State(desk): State<Arc<Desk>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let ticket = headers.get(perplexity::REQUEST_ID);
    let ticket = ticket.and_then(|id| id.to_str().ok()).unwrap_or_default();
    let question: Value = serde_json::from_slice(&body).unwrap_or_default();
    let Some(service) = service(uri.path(), &question) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let attempt = desk.attempt(ticket, service);
    desk.think(duration(service)).await;
    match desk.faults.on(ticket, service, attempt) {
        Some(Fault::Hang) => std::future::pending().await,
        Some(Fault::RateLimited) => StatusCode::TOO_MANY_REQUESTS.into_response(),
        Some(Fault::Unavailable) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        Some(Fault::Refused) => reply(&tool_result(&json!({}), true)),
        None => match service {
            Service::ReadTicket => reply(&tool_result(&json!({ "status": "open" }), false)),
            Service::WriteTicket => reply(&tool_result(&json!({ "updated": true }), false)),
            _ => reply(&completion(&question, service, ticket, attempt)),
        },
    }
}

/// What is asked for.
fn service(path: &str, question: &Value) -> Option<Service> {
    match path {
        perplexity::PATH => match question.get("model")?.as_str()? {
            "sonar-pro" => Some(Service::Search),
            "sonar-reasoning-pro" => Some(Service::Reason),
            "sonar-deep-research" => Some(Service::DeepResearch),
            _ => None,
        },
        tracker::PATH => match question.pointer("/params/name")?.as_str()? {
            tracker::GET_ISSUE => Some(Service::ReadTicket),
            tracker::UPDATE_ISSUE => Some(Service::WriteTicket),
            _ => None,
        },
        _ => None,
    }
}

fn duration(service: Service) -> Duration {
    match service {
        Service::Search => SEARCH,
        Service::Reason => REASON,
        Service::DeepResearch => DEEP_RESEARCH,
        Service::ReadTicket | Service::WriteTicket => TRACKER,
    }
}

/// The shape of the real API's answer. Everything in it is made up.
fn completion(question: &Value, service: Service, ticket: &str, attempt: u32) -> Value {
    let (sources, queries, reasoning, words) = match service {
        Service::Search => (2, 1, 0, 60),
        Service::DeepResearch => (5, 4, 900, 400),
        _ => (3, 1, 200, 120),
    };
    let prompt = question.pointer("/messages/0/content");
    let prompt = prompt.and_then(Value::as_str).unwrap_or_default();
    // About four characters are a token.
    let prompt_tokens = prompt.len().div_ceil(4);
    let citations: Vec<String> = (1..=sources)
        .map(|number| format!("https://advisories.example.com/{}/{number}", service.word()))
        .collect();
    json!({
        "id": format!("stand-in-{ticket}-{}-{attempt}", service.word()),
        "model": question.get("model"),
        "object": "chat.completion",
        "choices": [{
            "index": 0,
            "finish_reason": "stop",
            "message": { "role": "assistant", "content": "An example answer. ".repeat(words / 3) },
        }],
        "citations": citations,
        "usage": {
            "prompt_tokens": prompt_tokens,
            "completion_tokens": words * 4 / 3,
            "total_tokens": prompt_tokens + words * 4 / 3,
            "reasoning_tokens": reasoning,
            "num_search_queries": queries,
            "cost": { "total_cost": f64::from(queries) * 0.005 + words as f64 * 0.00002 },
        },
    })
}

fn tool_result(content: &Value, is_error: bool) -> Value {
    json!({
        "jsonrpc": "2.0",
        "id": 1,
        "result": { "content": [], "structuredContent": content, "isError": is_error },
    })
}

fn reply(value: &Value) -> Response {
    value.to_string().into_response()
}

#[cfg(test)]
mod tests;
