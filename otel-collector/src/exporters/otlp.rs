//! `otlp`: sends batches over OTLP/gRPC, to Tempo or any other OTLP receiver.
//!
//! # Purpose
//! Hands on what was received, byte for byte, through tonic's channel: neither decoded nor encoded on the way.
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

use bytes::Bytes;
use http::HeaderMap;
use secspan_transport::tls::{ClientTls, TlsClient};
use secspan_transport::{Compression, GrpcClient, GrpcSettings, Target, error_chain};

use crate::batch::{Batch, Signal};
use crate::component::{
    BoxFuture, Delivered, DestinationSettings, ExportError, Exporter, ExporterConfig, ExporterPart,
    StartError,
};
use crate::config::{Complaint, Endpoint, Scheme, Section};
use crate::context::Context;
use crate::tls;

mod records;
pub mod settings;

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
            tls: section.section("tls", tls::read_client),
            compression: settings::read_compression(section),
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
            .map_err(|error| failed(error_chain(&error)))?;
        let authority = self.endpoint.authority(DEFAULT_PORT);
        let client = GrpcClient::new(GrpcSettings {
            target: Target {
                host: self.endpoint.host.clone(),
                port: self.endpoint.port.unwrap_or(DEFAULT_PORT),
                tls,
            },
            authority: authority.clone(),
            headers: self.headers.clone(),
            compression: self.compression,
            timeout: self.timeout,
            keepalive: self.keepalive,
        });
        let client = client.map_err(|error| failed(format!("endpoint {authority}: {error}")))?;
        Ok(OtlpExporter { client })
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
    client: GrpcClient,
}

impl OtlpExporter {
    async fn send(&self, batch: &Batch) -> Result<Delivered, ExportError> {
        let signal = match batch.signal() {
            Signal::Traces => secspan_otlp::Signal::Traces,
            Signal::Metrics => secspan_otlp::Signal::Metrics,
            Signal::Logs => secspan_otlp::Signal::Logs,
        };
        let delivered = self.client.send(signal, payload_of(batch)).await?;
        Ok(delivered.into())
    }
}

impl Exporter for OtlpExporter {
    fn export<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Delivered, ExportError>> {
        Box::pin(self.send(batch))
    }
}

#[cfg(test)]
pub(crate) mod tests;
