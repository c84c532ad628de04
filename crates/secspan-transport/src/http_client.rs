//! OTLP/HTTP through hyper's client: HTTP/1.1, or HTTP/2 where TLS negotiates it and it is built in.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use secspan_otlp::response;

use crate::answer::{self, Delivered, RETRY_AFTER_MAX, SendError};
use crate::compression::Compression;
use crate::connect::{ANSWER_MAX_BYTES, Broken, Connections, Connector, Target};
use crate::error_chain;

/// How a destination is spoken to.
#[derive(Clone, Debug)]
pub struct HttpSettings {
    /// Where it listens.
    pub target: Target,
    /// What requests are sent to.
    pub uri: Uri,
    /// Headers of every request, `content-type` among them.
    pub headers: HeaderMap,
    /// How bodies are compressed.
    pub compression: Compression,
    /// Time for one attempt.
    pub timeout: Duration,
}

/// Speaks OTLP/HTTP to one destination.
#[derive(Debug)]
pub struct HttpClient {
    connector: Connector,
    uri: Uri,
    headers: HeaderMap,
    compression: Compression,
    connections: Connections<Client<Connector, Full<Bytes>>>,
}

/// A complete answer.
struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl HttpClient {
    /// Protocols to offer in the TLS handshake, preferred first.
    #[cfg(feature = "grpc")]
    pub const ALPN: &'static [&'static [u8]] = &[b"h2", b"http/1.1"];
    /// Protocols to offer in the TLS handshake, preferred first.
    #[cfg(not(feature = "grpc"))]
    pub const ALPN: &'static [&'static [u8]] = &[b"http/1.1"];

    /// A client for these settings. Connects when the first request comes.
    pub fn new(settings: HttpSettings) -> Self {
        let mut headers = settings.headers;
        if let Some(encoding) = settings.compression.name() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        Self {
            connector: Connector::new(settings.target),
            uri: settings.uri,
            headers,
            compression: settings.compression,
            connections: Connections::new(settings.timeout),
        }
    }

    /// Sends one export request.
    ///
    /// # Errors
    /// No connection, no answer in time, or a refusal.
    pub async fn send(&self, body: Bytes) -> Result<Delivered, SendError> {
        let packed = self.compression.apply(body);
        let mut request = Request::new(Full::new(
            packed.map_err(|error| SendError::compressing(&error))?,
        ));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let open = || {
            Client::builder(TokioExecutor::new())
                .timer(TokioTimer::new())
                .pool_timer(TokioTimer::new())
                .build(self.connector.clone())
        };
        let exchange = |client| exchange(client, request);
        self.connections.within(open, exchange).await?.meaning()
    }
}

async fn exchange(
    client: Client<Connector, Full<Bytes>>,
    request: Request<Full<Bytes>>,
) -> Result<Reply, Broken> {
    let answered = client.request(request).await;
    let response = answered.map_err(|error| Broken::Failed(error_chain(&error)))?;
    let (head, body) = response.into_parts();
    Ok(Reply {
        status: head.status,
        headers: head.headers,
        body: read(body).await?,
    })
}

async fn read(mut body: Incoming) -> Result<Bytes, Broken> {
    let mut data = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| {
            Broken::Failed(format!("the answer broke off: {}", error_chain(&error)))
        })?;
        let piece = frame.into_data().unwrap_or_default();
        if data.len() + piece.len() > ANSWER_MAX_BYTES {
            return Err(Broken::Failed(format!(
                "the answer is larger than {ANSWER_MAX_BYTES} bytes"
            )));
        }
        data.extend_from_slice(&piece);
    }
    Ok(data.freeze())
}

impl Reply {
    fn meaning(&self) -> Result<Delivered, SendError> {
        if self.status.is_success() {
            return Ok(self.delivered());
        }
        let (message, delay) = self.words();
        let after = self.retry_after().or(delay);
        Err(answer::of_http(
            self.status,
            &message,
            after.map(|after| after.min(RETRY_AFTER_MAX)),
        ))
    }

    fn is(&self, content_type: &str) -> bool {
        let given = self.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
        given.is_some_and(|given| given.starts_with(content_type.as_bytes()))
    }

    fn delivered(&self) -> Delivered {
        #[cfg(feature = "json")]
        if self.is("application/json") {
            let partial = secspan_otlp::json::read_export_response(&self.body);
            return partial.unwrap_or_default().into();
        }
        Delivered::read(&self.body)
    }

    /// The destination's words: the message of a status, or the beginning of whatever text it sent; and the delay that a
    /// status may ask for.
    fn words(&self) -> (String, Option<Duration>) {
        if self.is("application/x-protobuf") {
            let status = response::status(&self.body).unwrap_or_default();
            return (status.message, status.retry_after);
        }
        #[cfg(feature = "json")]
        if self.is("application/json")
            && let Some(message) = secspan_otlp::json::read_status_message(&self.body)
        {
            return (message, None);
        }
        let text = String::from_utf8_lossy(&self.body);
        (answer::shortened(text.trim()), None)
    }

    /// `Retry-After`, in seconds or as a date, which the answer's own date is subtracted from.
    fn retry_after(&self) -> Option<Duration> {
        let text = |name| self.headers.get(name)?.to_str().ok().map(str::trim);
        let given = text(RETRY_AFTER)?;
        if let Ok(seconds) = given.parse() {
            return Some(Duration::from_secs(seconds));
        }
        let then = httpdate::parse_http_date(given).ok()?;
        let sent = httpdate::parse_http_date(text(DATE)?).ok()?;
        Some(then.duration_since(sent).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retry_after(given: &str, date: Option<&str>) -> Option<Duration> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, given.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        let reply = Reply {
            status: StatusCode::SERVICE_UNAVAILABLE,
            headers,
            body: Bytes::new(),
        };
        reply.retry_after()
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let seconds = |seconds| Some(Duration::from_secs(seconds));
        assert_eq!(retry_after("7", None), seconds(7));
        let later = "Sun, 06 Nov 1994 08:50:07 GMT";
        assert_eq!(retry_after(later, date), seconds(30));
        assert_eq!(retry_after(later, None), None);
        let earlier = "Sun, 06 Nov 1994 08:00:00 GMT";
        assert_eq!(retry_after(earlier, date), seconds(0));
        assert_eq!(retry_after("soon", date), None);
        assert_eq!(retry_after("-1", date), None);
    }
}
