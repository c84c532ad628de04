//! `otlphttp`: sends batches over OTLP/HTTP, for destinations behind ordinary HTTP proxies.
//!
//! # Purpose
//! The same as `otlp` where gRPC does not pass. Payloads go out as protobuf or as OTLP's JSON form.
//!
//! # Configuration
//! Keys as upstream's: `endpoint` (to which `/v1/traces` and so on are added) or `traces_endpoint`, `metrics_endpoint`,
//! `logs_endpoint` (taken as they are); `encoding`, `tls`, `compression`, `timeout`, `headers`, `sending_queue`,
//! `retry_on_failure`.
//!
//! # Telemetry
//! The runner counts what was sent, what failed and what the destination rejected.
//!
//! # Limits
//! `timeout` per attempt (30 s); an answer is read up to 64 KiB. `Retry-After` is obeyed, up to an hour.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, Request, Uri};
use secspan_otlp::json;
use secspan_otlp::response::{self, PartialSuccess};

use super::otlp::client::{Client, Outgoing, Reply, Speech, Target};
use super::otlp::compression::Compression;
use super::otlp::{payload_of, settings, verdict};
use crate::batch::{Batch, Signal};
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    StartError,
};
use crate::config::{Complaint, Endpoint, Scheme, Section};
use crate::context::Context;
use crate::http::chain;
use crate::rpc::{self, Status};
use crate::tls::{ClientTls, TlsClient};

/// Time for one attempt, as upstream.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// Longest pause that is believed.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);
/// Protocols offered in the TLS handshake.
const ALPN: &[&[u8]] = &[b"h2", b"http/1.1"];

/// The form of payloads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// As stored.
    Proto,
    /// OTLP's JSON form.
    Json,
}

/// The exporter's configuration.
#[derive(Clone, Debug)]
pub struct OtlpHttpExporterConfig {
    /// Where each signal goes: traces, metrics, logs. Signals may go to different servers.
    pub endpoints: [Option<Endpoint>; 3],
    /// How servers are trusted.
    pub tls: ClientTls,
    /// The form of payloads.
    pub encoding: Encoding,
    /// How payloads are compressed.
    pub compression: Compression,
    /// Time for one attempt.
    pub timeout: Duration,
    /// Headers of every request.
    pub headers: HeaderMap,
    /// Queue and retry.
    pub destination: DestinationSettings,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExporterConfig> {
    Box::new(OtlpHttpExporterConfig::read(section))
}

impl OtlpHttpExporterConfig {
    /// Reads the section.
    pub fn read(section: &mut Section<'_>) -> Self {
        for key in [
            "max_idle_conns",
            "max_idle_conns_per_host",
            "max_conns_per_host",
            "idle_conn_timeout",
        ] {
            section.without_effect(key, "connections follow num_consumers");
        }
        for key in [
            "read_buffer_size",
            "write_buffer_size",
            "disable_keep_alives",
            "http2_read_idle_timeout",
            "http2_ping_timeout",
        ] {
            section.without_effect(key, "the client chooses");
        }
        section.unsupported(
            "proxy_url",
            "put the proxy's address into `endpoint`, or use a network route",
        );
        let encodings = [("proto", Encoding::Proto), ("json", Encoding::Json)];
        Self {
            endpoints: read_endpoints(section),
            tls: section.section("tls", ClientTls::read),
            encoding: section.choice("encoding", &encodings).or(Encoding::Proto),
            compression: Compression::read(section),
            timeout: section.duration("timeout").or(DEFAULT_TIMEOUT),
            headers: settings::read_headers(section),
            destination: settings::read_destination(section),
        }
    }

    /// The client for this configuration. Does not connect yet.
    ///
    /// # Errors
    /// A certificate or key cannot be used.
    pub fn client(&self, id: &str) -> Result<OtlpHttpExporter, StartError> {
        let [traces, metrics, logs] = &self.endpoints;
        let way = |endpoint: &Option<Endpoint>| -> Result<Option<Way>, StartError> {
            endpoint
                .as_ref()
                .map(|endpoint| self.way(id, endpoint))
                .transpose()
        };
        Ok(OtlpHttpExporter {
            traces: way(traces)?,
            metrics: way(metrics)?,
            logs: way(logs)?,
            headers: self.request_headers(),
            encoding: self.encoding,
            compression: self.compression,
        })
    }

    fn way(&self, id: &str, endpoint: &Endpoint) -> Result<Way, StartError> {
        let failed = |reason| StartError {
            component: id.to_owned(),
            reason,
        };
        let secured = endpoint.scheme == Some(Scheme::Https);
        let tls = secured
            .then(|| TlsClient::new(&self.tls, &endpoint.host, ALPN))
            .transpose()
            .map_err(|error| failed(chain(&error)))?;
        let port = if secured { 443 } else { 80 };
        let port = endpoint.port.unwrap_or(port);
        let scheme = if secured { "https" } else { "http" };
        let uri = format!("{scheme}://{}{}", endpoint.authority(port), endpoint.path);
        let uri =
            Uri::try_from(&uri).map_err(|error| failed(format!("endpoint {uri}: {error}")))?;
        let target = Target {
            host: endpoint.host.clone(),
            port,
            tls,
            speech: Speech::Any,
            keepalive: None,
        };
        Ok(Way {
            uri,
            client: Client::new(target, self.timeout),
        })
    }

    fn request_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        let content_type = match self.encoding {
            Encoding::Proto => "application/x-protobuf",
            Encoding::Json => "application/json",
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        if let Some(encoding) = self.compression.name() {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        headers
    }
}

impl ExporterConfig for OtlpHttpExporterConfig {
    fn build(self: Box<Self>, id: &str, _: &Context) -> Result<ExporterPart, StartError> {
        let exporter = Arc::new(self.client(id)?);
        Ok(ExporterPart::Destination {
            exporter,
            settings: self.destination,
        })
    }
}

/// Reads `endpoint` and the endpoints of single signals, which win over it.
fn read_endpoints(section: &mut Section<'_>) -> [Option<Endpoint>; 3] {
    let base = read_endpoint(section, "endpoint");
    let endpoints = [
        ("traces_endpoint", "/v1/traces"),
        ("metrics_endpoint", "/v1/metrics"),
        ("logs_endpoint", "/v1/logs"),
    ]
    .map(|(key, path)| {
        let below = base.clone().map(|base| Endpoint {
            path: format!("{}{path}", base.path.trim_end_matches('/')),
            ..base
        });
        read_endpoint(section, key).or(below)
    });
    if endpoints.iter().all(Option::is_none) {
        let complaint = Complaint::new("is missing")
            .allowed("a URL, such as http://collector:4318")
            .hint("or set traces_endpoint, metrics_endpoint, logs_endpoint");
        section.reject("endpoint", complaint);
    }
    endpoints
}

fn read_endpoint(section: &mut Section<'_>, key: &'static str) -> Option<Endpoint> {
    let scheme = |endpoint: &Endpoint| match endpoint.scheme {
        Some(_) => Ok(()),
        None => Err(Complaint::new("has no scheme")
            .given(endpoint.to_string())
            .allowed("http://… or https://…")
            .hint(format!("http://{endpoint}"))),
    };
    section.endpoint(key).check(scheme).optional()
}

/// The way of one signal.
#[derive(Debug)]
struct Way {
    uri: Uri,
    client: Client,
}

/// Speaks OTLP/HTTP to one destination, or to one per signal.
#[derive(Debug)]
pub struct OtlpHttpExporter {
    traces: Option<Way>,
    metrics: Option<Way>,
    logs: Option<Way>,
    headers: HeaderMap,
    encoding: Encoding,
    compression: Compression,
}

impl OtlpHttpExporter {
    async fn send(&self, batch: &Batch) -> Result<Delivered, ExportError> {
        let signal = batch.signal();
        let way = match signal {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
        };
        let Some(way) = way else {
            let reason = format!("no endpoint is configured for {}", signal.name());
            return Err(ExportError::Permanent { reason });
        };
        let payload = self.encode(signal, payload_of(batch))?;
        let body = self
            .compression
            .apply(&payload)
            .map_err(|error| ExportError::Retry {
                after: None,
                reason: format!("cannot compress: {error}"),
            })?;
        let mut request = Request::new(Outgoing::one(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = way.uri.clone();
        *request.headers_mut() = self.headers.clone();
        let reply = way.client.send(request).await?;
        if reply.status.is_success() {
            // The batch was taken; an answer that cannot be read changes nothing about that.
            return Ok(verdict::delivered(
                &partial_success_of(&reply).unwrap_or_default(),
            ));
        }
        Err(verdict::of_http(
            reply.status,
            &message_of(&reply),
            retry_after_of(&reply),
        ))
    }

    fn encode(&self, signal: Signal, payload: Bytes) -> Result<Bytes, ExportError> {
        match self.encoding {
            Encoding::Proto => Ok(payload),
            Encoding::Json => to_json(signal, &payload),
        }
    }
}

impl Exporter for OtlpHttpExporter {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        Box::pin(self.send(batch))
    }
}

fn to_json(signal: Signal, payload: &[u8]) -> Result<Bytes, ExportError> {
    match signal {
        Signal::Traces => json::traces_to_json(payload),
        Signal::Metrics => json::metrics_to_json(payload),
        Signal::Logs => json::logs_to_json(payload),
    }
    .map(Bytes::from)
    .map_err(|error| ExportError::Permanent {
        reason: format!("no JSON form: {error}"),
    })
}

fn is_json(reply: &Reply) -> bool {
    let content_type = reply.headers.get(CONTENT_TYPE).map(HeaderValue::as_bytes);
    content_type.is_some_and(|content_type| content_type.starts_with(b"application/json"))
}

fn partial_success_of(reply: &Reply) -> Option<PartialSuccess> {
    if is_json(reply) {
        rpc::partial_success_from_json(&reply.body)
    } else {
        response::partial_success(&reply.body).ok()
    }
}

/// The destination's words: the message of a status, or the beginning of whatever text it sent.
fn message_of(reply: &Reply) -> String {
    let content_type = reply
        .headers
        .get(CONTENT_TYPE)
        .map_or(&b""[..], HeaderValue::as_bytes);
    if content_type.starts_with(b"application/x-protobuf") {
        return Status::decode(&reply.body)
            .map(|status| status.message)
            .unwrap_or_default();
    }
    if is_json(reply)
        && let Some(message) = Status::message_in_json(&reply.body)
    {
        return message;
    }
    verdict::shortened(String::from_utf8_lossy(&reply.body).trim())
}

/// `Retry-After`, in seconds or as a date.
fn retry_after_of(reply: &Reply) -> Option<Duration> {
    let text = reply.headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    parse_retry_after(text, crate::clock::now().0)
}

fn parse_retry_after(text: &str, now_unix_nanos: u64) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds).min(RETRY_AFTER_MAX));
    }
    let date = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let then = u64::try_from(date.as_nanosecond()).ok()?;
    Some(Duration::from_nanos(then.saturating_sub(now_unix_nanos)).min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests;
