//! `otlp`: sends batches over OTLP/gRPC, to Tempo or any other OTLP receiver.
//!
//! # Purpose
//! Hands on what was received, byte for byte: a batch that needs no compression goes out in two pieces, the message prefix
//! and the stored payload, without a copy.
//!
//! # Configuration
//! Keys as upstream's: `endpoint`, `tls`, `compression`, `timeout`, `headers`, `keepalive`, `sending_queue`,
//! `retry_on_failure`. Header values are secrets. An endpoint without a scheme is spoken to with TLS unless `tls.insecure`.
//!
//! # Telemetry
//! The runner counts what was sent, what failed and what the destination rejected.
//!
//! # Limits
//! `timeout` per attempt (5 s); an answer is read up to 64 KiB. `RetryInfo` is obeyed, up to an hour.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, TE};
use http::{HeaderMap, Method, Request, Uri};
use secspan_otlp::response;

use crate::batch::{Batch, Signal};
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    StartError,
};
use crate::config::{Complaint, Endpoint, Scheme, Section};
use crate::context::Context;
use crate::http::chain;
use crate::rpc::{self, GRPC_PREFIX_BYTES, Status, code};
use crate::tls::{ClientTls, TlsClient};

pub mod client;
pub mod compression;
mod records;
pub mod settings;
pub mod verdict;

use client::{Client, Outgoing, Reply, Speech, Target};
use compression::Compression;

/// Upstream's port.
const DEFAULT_PORT: u16 = 4317;
/// Time for one attempt, as upstream.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);

/// The exporter's configuration.
#[derive(Clone, Debug)]
pub struct OtlpExporterConfig {
    /// Where the destination listens.
    pub endpoint: Endpoint,
    /// How it is trusted.
    pub tls: ClientTls,
    /// How payloads are compressed.
    pub compression: Compression,
    /// Time for one attempt.
    pub timeout: Duration,
    /// Headers of every request.
    pub headers: HeaderMap,
    /// Pings while requests wait: after how long, and how long for the reply.
    pub keepalive: Option<(Duration, Duration)>,
    /// Queue and retry.
    pub destination: DestinationSettings,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExporterConfig> {
    Box::new(OtlpExporterConfig::read(section))
}

impl OtlpExporterConfig {
    /// Reads the section.
    pub fn read(section: &mut Section<'_>) -> Self {
        for key in [
            "balancer_name",
            "read_buffer_size",
            "write_buffer_size",
            "wait_for_ready",
            "authority",
        ] {
            section.without_effect(
                key,
                "one connection is used, and it is opened when it is needed",
            );
        }
        let endpoint = section.endpoint("endpoint").required();
        if !endpoint.path.is_empty() {
            let complaint = Complaint::new("has a path")
                .given(&endpoint.path)
                .hint("OTLP/gRPC has no paths; is this an otlphttp endpoint?");
            section.reject("endpoint", complaint);
        }
        Self {
            endpoint,
            tls: section.section("tls", ClientTls::read),
            compression: Compression::read(section),
            timeout: section.duration("timeout").or(DEFAULT_TIMEOUT),
            headers: settings::read_headers(section),
            keepalive: section.optional_section("keepalive", |keepalive| {
                keepalive
                    .without_effect("permit_without_stream", "idle connections are not pinged");
                let time = keepalive.duration("time").or(crate::http::KEEPALIVE_TIME);
                (
                    time,
                    keepalive
                        .duration("timeout")
                        .or(crate::http::KEEPALIVE_TIMEOUT),
                )
            }),
            destination: settings::read_destination(section),
        }
    }

    /// The client for this configuration. Does not connect yet.
    ///
    /// # Errors
    /// A certificate or key cannot be used.
    pub fn client(&self, id: &str) -> Result<OtlpExporter, StartError> {
        let failed = |reason| StartError {
            component: id.to_owned(),
            reason,
        };
        let secured = match self.endpoint.scheme {
            Some(Scheme::Http) => false,
            Some(Scheme::Https) => true,
            None => !self.tls.insecure,
        };
        let tls = secured
            .then(|| TlsClient::new(&self.tls, &self.endpoint.host, &[b"h2"]))
            .transpose()
            .map_err(|error| failed(chain(&error)))?;
        let target = Target {
            host: self.endpoint.host.clone(),
            port: self.endpoint.port.unwrap_or(DEFAULT_PORT),
            tls,
            speech: Speech::Http2,
            keepalive: self.keepalive,
        };
        let scheme = if secured { "https" } else { "http" };
        let authority = self.endpoint.authority(DEFAULT_PORT);
        let uri = |service: &str| {
            Uri::try_from(format!(
                "{scheme}://{authority}/opentelemetry.proto.collector.{service}/Export"
            ))
            .map_err(|error| failed(format!("endpoint {authority}: {error}")))
        };
        Ok(OtlpExporter {
            uris: Uris {
                traces: uri("trace.v1.TraceService")?,
                metrics: uri("metrics.v1.MetricsService")?,
                logs: uri("logs.v1.LogsService")?,
            },
            headers: self.request_headers(),
            compression: self.compression,
            client: Client::new(target, self.timeout),
        })
    }

    fn request_headers(&self) -> HeaderMap {
        let mut headers = self.headers.clone();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/grpc"));
        headers.insert(TE, HeaderValue::from_static("trailers"));
        // The unit of milliseconds allows eight digits.
        let millis = self.timeout.as_millis().min(99_999_999);
        if let Ok(timeout) = HeaderValue::try_from(format!("{millis}m")) {
            headers.insert(HeaderName::from_static("grpc-timeout"), timeout);
        }
        if let Some(encoding) = self.compression.name() {
            headers.insert(
                HeaderName::from_static("grpc-encoding"),
                HeaderValue::from_static(encoding),
            );
        }
        headers
    }
}

impl ExporterConfig for OtlpExporterConfig {
    fn build(self: Box<Self>, id: &str, _: &Context) -> Result<ExporterPart, StartError> {
        let exporter = Arc::new(self.client(id)?);
        Ok(ExporterPart::Destination {
            exporter,
            settings: self.destination,
        })
    }
}

/// Request targets by signal.
#[derive(Clone, Debug)]
struct Uris {
    traces: Uri,
    metrics: Uri,
    logs: Uri,
}

impl Uris {
    fn of(&self, signal: Signal) -> Uri {
        match signal {
            Signal::Traces => self.traces.clone(),
            Signal::Metrics => self.metrics.clone(),
            Signal::Logs => self.logs.clone(),
        }
    }
}

/// The payload of a batch: as stored, or log records that carry the batch's records.
pub(super) fn payload_of(batch: &Batch) -> Bytes {
    match batch {
        Batch::Traces(payload) | Batch::Metrics(payload) | Batch::Logs(payload) => {
            payload.bytes.clone()
        }
        Batch::Records(records) => records::to_logs(records, crate::clock::now()),
    }
}

/// Speaks OTLP/gRPC to one destination.
#[derive(Debug)]
pub struct OtlpExporter {
    uris: Uris,
    headers: HeaderMap,
    compression: Compression,
    client: Client,
}

impl OtlpExporter {
    async fn send(&self, batch: &Batch) -> Result<Delivered, ExportError> {
        let payload = payload_of(batch);
        let message = self
            .compression
            .apply(&payload)
            .map_err(|error| ExportError::Retry {
                after: None,
                reason: format!("cannot compress: {error}"),
            })?;
        let prefix = rpc::grpc_prefix(self.compression != Compression::None, message.len());
        let mut request = Request::new(Outgoing::two(prefix, message));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.uris.of(batch.signal());
        *request.version_mut() = http::Version::HTTP_2;
        *request.headers_mut() = self.headers.clone();
        let reply = self.client.send(request).await?;
        let status = status_of(&reply)?;
        if status.code != code::OK {
            return Err(verdict::of_grpc(&status));
        }
        let message = reply.body.get(GRPC_PREFIX_BYTES..).unwrap_or_default();
        // The batch was taken; an answer that cannot be read changes nothing about that.
        Ok(verdict::delivered(
            &response::partial_success(message).unwrap_or_default(),
        ))
    }
}

impl Exporter for OtlpExporter {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        Box::pin(self.send(batch))
    }
}

/// The gRPC status of an answer: in the trailers, in the headers when there is no message, or made from the HTTP status
/// when something else than a gRPC server answered.
pub(crate) fn status_of(reply: &Reply) -> Result<Status, ExportError> {
    let trailers = reply.trailers.as_ref().unwrap_or(&reply.headers);
    let Some(number) = trailers.get("grpc-status") else {
        if reply.status.is_success() {
            let reason = "the answer ended without a gRPC status".to_owned();
            return Err(ExportError::Retry {
                after: None,
                reason,
            });
        }
        let message = format!("HTTP {} without a gRPC status", reply.status);
        return Ok(Status::new(verdict::grpc_code_of(reply.status), message));
    };
    let number = number.to_str().ok().and_then(|number| number.parse().ok());
    let message = trailers
        .get("grpc-message")
        .map(|message| rpc::grpc_message_text(message.as_bytes()))
        .unwrap_or_default();
    let details = trailers.get("grpc-status-details-bin").and_then(|details| {
        let text = details.as_bytes();
        let bytes = STANDARD_NO_PAD
            .decode(text)
            .or_else(|_| STANDARD.decode(text))
            .ok()?;
        Status::decode(&bytes).ok()
    });
    let retry_after = details.and_then(|details| details.retry_after);
    Ok(Status {
        code: number.unwrap_or(code::UNKNOWN),
        message,
        retry_after,
    })
}

#[cfg(test)]
pub(crate) mod tests;
