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
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{HeaderMap, Uri};
use secspan_otlp::json;
use secspan_transport::tls::{ClientTls, TlsClient};
use secspan_transport::{Compression, HttpClient, HttpSettings, Target, error_chain};

use super::otlp::{payload_of, settings};
use crate::batch::{Batch, Signal};
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    StartError,
};
use crate::config::{Complaint, Endpoint, Scheme, Section};
use crate::context::Context;
use crate::tls;

/// Time for one attempt, as upstream.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
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
            tls: section.section("tls", tls::read_client),
            encoding: section.choice("encoding", &encodings).or(Encoding::Proto),
            compression: settings::read_compression(section),
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
        let client = |endpoint: &Option<Endpoint>| {
            let endpoint = endpoint.as_ref();
            let client = endpoint.map(|endpoint| self.client_to(endpoint));
            client.transpose().map_err(|reason| StartError {
                component: id.to_owned(),
                reason,
            })
        };
        Ok(OtlpHttpExporter {
            traces: client(traces)?,
            metrics: client(metrics)?,
            logs: client(logs)?,
            encoding: self.encoding,
        })
    }

    fn client_to(&self, endpoint: &Endpoint) -> Result<HttpClient, String> {
        let secured = endpoint.scheme == Some(Scheme::Https);
        let tls = secured
            .then(|| TlsClient::new(&self.tls, &endpoint.host, HttpClient::ALPN))
            .transpose()
            .map_err(|error| error_chain(&error))?;
        let (scheme, port) = if secured {
            ("https", 443)
        } else {
            ("http", 80)
        };
        let port = endpoint.port.unwrap_or(port);
        let uri = format!("{scheme}://{}{}", endpoint.authority(port), endpoint.path);
        let uri = Uri::try_from(&uri).map_err(|error| format!("endpoint {uri}: {error}"))?;
        let mut headers = self.headers.clone();
        let content_type = match self.encoding {
            Encoding::Proto => "application/x-protobuf",
            Encoding::Json => "application/json",
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        Ok(HttpClient::new(HttpSettings {
            target: Target {
                host: endpoint.host.clone(),
                port,
                tls,
            },
            uri,
            headers,
            compression: self.compression,
            timeout: self.timeout,
        }))
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

/// Speaks OTLP/HTTP to one destination, or to one per signal.
#[derive(Debug)]
pub struct OtlpHttpExporter {
    traces: Option<HttpClient>,
    metrics: Option<HttpClient>,
    logs: Option<HttpClient>,
    encoding: Encoding,
}

impl OtlpHttpExporter {
    async fn send(&self, batch: &Batch) -> Result<Delivered, ExportError> {
        let signal = batch.signal();
        let client = match signal {
            Signal::Traces => &self.traces,
            Signal::Metrics => &self.metrics,
            Signal::Logs => &self.logs,
        };
        let Some(client) = client else {
            let reason = format!("no endpoint is configured for {}", signal.name());
            return Err(ExportError::Permanent { reason });
        };
        let payload = self.encode(signal, payload_of(batch))?;
        Ok(client.send(payload).await?.into())
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

#[cfg(test)]
mod tests;
