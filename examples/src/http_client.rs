//! JSON over HTTP: one JSON request, one JSON answer, a time limit.
//!
//! What matters for telemetry is [`HttpError`]: it tells secspan in a few fixed words how a call
//! failed, by implementing [`Failure`].

use std::borrow::Cow;
use std::time::Duration;

use reqwest::header::HeaderMap;
use reqwest::{Client, StatusCode};
use secspan::call::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest answer that is read.
const ANSWER_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// Why a call had no useful answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum HttpError {
    /// It did not come in time.
    #[error("no answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Connect(#[source] reqwest::Error),
    /// The server answered with an error.
    #[error("answered with status {0}")]
    Status(StatusCode),
    /// The connection broke, or what came is not HTTP.
    #[error("the connection broke")]
    Connection(#[source] reqwest::Error),
    /// The request cannot be made.
    #[error("the request is not valid")]
    Request(#[source] reqwest::Error),
    /// The answer is too long.
    #[error("the answer is longer than {ANSWER_LIMIT_BYTES} bytes")]
    TooLong,
    /// Question or answer is not the JSON that was expected.
    #[error("the answer is not understood")]
    Json(#[from] serde_json::Error),
}

impl HttpError {
    /// Whether the same request may succeed a moment later.
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Status(status) => {
                *status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error()
            }
            Self::Timeout(_) | Self::Connect(_) | Self::Connection(_) => true,
            Self::Request(_) | Self::TooLong | Self::Json(_) => false,
        }
    }
}

impl Failure for HttpError {
    fn is_timeout(&self) -> bool {
        matches!(self, Self::Timeout(_))
    }

    fn error_type(&self) -> Cow<'static, str> {
        match self {
            Self::Timeout(_) => "timeout".into(),
            Self::Connect(_) => "connect".into(),
            // OpenTelemetry's convention: the status itself is the type.
            Self::Status(status) => status.as_u16().to_string().into(),
            Self::Connection(_) => "connection".into(),
            Self::Request(_) => "invalid_request".into(),
            Self::TooLong | Self::Json(_) => "invalid_answer".into(),
        }
    }

    fn status_code(&self) -> Option<u16> {
        match self {
            Self::Status(status) => Some(status.as_u16()),
            _ => None,
        }
    }
}

/// A server, and the connections to it.
#[derive(Debug, Clone)]
pub struct Server {
    /// Name or address, without port.
    pub host: String,
    /// What stands before the paths.
    base: String,
    client: Client,
}

impl Server {
    /// A server on this machine.
    pub fn local(address: std::net::SocketAddr) -> Self {
        let client = Client::builder().no_proxy().build();
        Self {
            host: address.ip().to_string(),
            base: format!("http://{address}"),
            client: client.unwrap_or_default(),
        }
    }

    /// A public server, spoken to over TLS: that needs the feature `live`, and trusts what this machine trusts.
    pub fn public(host: &str) -> Self {
        // Another part of the program may have chosen before; reqwest takes what there is.
        #[cfg(feature = "live")]
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        Self {
            host: host.to_owned(),
            base: format!("https://{host}"),
            client: Client::new(),
        }
    }
}

/// Sends JSON and reads JSON.
///
/// # Errors
/// When there is no answer in time, or not a useful one.
pub async fn post<T: DeserializeOwned>(
    server: &Server,
    path: &str,
    headers: HeaderMap,
    body: &impl Serialize,
    limit: Duration,
) -> Result<T, HttpError> {
    let failed = |error: reqwest::Error| {
        if error.is_timeout() {
            HttpError::Timeout(limit)
        } else if error.is_connect() {
            HttpError::Connect(error)
        } else if error.is_builder() {
            HttpError::Request(error)
        } else {
            HttpError::Connection(error)
        }
    };
    let request = server
        .client
        .post(format!("{}{path}", server.base))
        .header("content-type", "application/json")
        .headers(headers)
        .timeout(limit)
        .body(serde_json::to_vec(body)?);
    let mut response = request.send().await.map_err(failed)?;
    if !response.status().is_success() {
        return Err(HttpError::Status(response.status()));
    }
    let mut answer = Vec::new();
    while let Some(piece) = response.chunk().await.map_err(failed)? {
        if answer.len() + piece.len() > ANSWER_LIMIT_BYTES {
            return Err(HttpError::TooLong);
        }
        answer.extend_from_slice(&piece);
    }
    Ok(serde_json::from_slice(&answer)?)
}
