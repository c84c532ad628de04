//! `otlp`: takes traces, metrics and logs over OTLP/gRPC and OTLP/HTTP.
//!
//! # Purpose
//! The way in for every OpenTelemetry SDK and collector. A request passes, in this order: authorization, encoding, size on
//! the wire, bytes in flight, decompressed size, and then the pipelines' [`PipelineInput`], which answers when the data is kept.
//!
//! # Configuration
//! Keys as upstream's: `protocols.grpc` and `protocols.http`, each switched on by being there. Ours beside them:
//! `max_in_flight_bytes` and, per protocol, `max_connections`.
//!
//! # Telemetry
//! Rejected requests are counted by reason, and each reason is logged; what the pipelines take or refuse, they count.
//!
//! # Limits
//! One limit for both protocols, on the wire and after decompression ([`config::MAX_REQUEST`]); bytes in flight
//! ([`config::MAX_IN_FLIGHT`]); connections ([`crate::http::MAX_CONNECTIONS`]); time for a head and for a body. Overload is
//! answered with `UNAVAILABLE` and `RetryInfo`, or 429 and `Retry-After`.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::component::{
    BoxFuture, PipelineInput, ReceiverConfig, ReceiverPart, Running, StartError,
};
use crate::config::Section;
use crate::context::Context;
use crate::http::{Listener, Server, ServerSettings};
use crate::tls::TlsServer;

pub mod config;
pub mod cors;

mod admission;
mod body;
mod inflate;
mod intake;
mod json;
mod over_grpc;
mod over_http;
mod rejection;
mod rejections;

use admission::InFlight;
use body::BodyLimits;
use config::{BODY_IDLE_TIMEOUT, BODY_TIMEOUT, ListenerConfig, OtlpReceiverConfig};
use intake::Intake;
use over_grpc::GrpcService;
use over_http::HttpService;
use rejections::Rejections;

/// Application protocols of the gRPC listener.
const GRPC_ALPN: &[&[u8]] = &[b"h2"];
/// Application protocols of the HTTP listener.
const HTTP_ALPN: &[&[u8]] = &[b"h2", b"http/1.1"];

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ReceiverConfig> {
    Box::new(OtlpReceiverConfig::read(section))
}

impl ReceiverConfig for OtlpReceiverConfig {
    fn start(
        self: Box<Self>,
        id: &str,
        input: Arc<dyn PipelineInput>,
        context: &Context,
    ) -> BoxFuture<'static, Result<ReceiverPart, StartError>> {
        let (id, context) = (id.to_owned(), context.clone());
        Box::pin(async move {
            let receiver = start(&self, &id, &input, &context).await?;
            Ok(ReceiverPart::new(receiver))
        })
    }
}

/// A receiver that listens.
#[derive(Debug)]
pub struct OtlpReceiver {
    grpc: Option<Server>,
    http: Option<Server>,
}

impl OtlpReceiver {
    /// Where OTLP/gRPC listens.
    pub fn grpc_address(&self) -> Option<SocketAddr> {
        self.grpc.as_ref().map(Server::address)
    }

    /// Where OTLP/HTTP listens.
    pub fn http_address(&self) -> Option<SocketAddr> {
        self.http.as_ref().map(Server::address)
    }
}

impl Running for OtlpReceiver {
    fn stop(self: Box<Self>, deadline: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            let stop = async |server: Option<Server>| match server {
                Some(server) => server.stop(deadline).await,
                None => true,
            };
            tokio::join!(stop(self.grpc), stop(self.http));
        })
    }
}

/// Opens the listeners of a receiver.
///
/// # Errors
/// A listener cannot be opened; none is left open.
pub async fn start(
    config: &OtlpReceiverConfig,
    id: &str,
    input: &Arc<dyn PipelineInput>,
    context: &Context,
) -> Result<OtlpReceiver, StartError> {
    let budget = InFlight::new(config.max_in_flight.as_usize());
    let opening = Opening {
        id,
        input,
        context,
        budget,
        rejections: Arc::new(Rejections::new(id)),
    };
    let mut receiver = OtlpReceiver {
        grpc: None,
        http: None,
    };
    if let Some(grpc) = &config.grpc {
        let (listener, tls) = opening.listen(&grpc.listener, GRPC_ALPN).await?;
        let service = GrpcService::new(opening.intake(&grpc.listener)?);
        receiver.grpc = Some(opening.serve(listener, tls, grpc.server(), service, "OTLP/gRPC"));
    }
    if let Some(http) = &config.http {
        let (listener, tls) = opening.listen(&http.listener, HTTP_ALPN).await?;
        let service = HttpService::new(opening.intake(&http.listener)?, http);
        receiver.http = Some(opening.serve(listener, tls, http.server(), service, "OTLP/HTTP"));
    }
    Ok(receiver)
}

/// What both listeners are opened with.
struct Opening<'a> {
    id: &'a str,
    input: &'a Arc<dyn PipelineInput>,
    context: &'a Context,
    budget: InFlight,
    rejections: Arc<Rejections>,
}

impl Opening<'_> {
    fn failed(&self, error: &dyn Error) -> StartError {
        let mut reason = error.to_string();
        if let Some(source) = error.source() {
            reason = format!("{reason}: {source}");
        }
        StartError {
            component: self.id.to_owned(),
            reason,
        }
    }

    async fn listen(
        &self,
        config: &ListenerConfig,
        alpn: &'static [&'static [u8]],
    ) -> Result<(Listener, Option<TlsServer>), StartError> {
        let tls = config
            .tls
            .clone()
            .map(|tls| TlsServer::new(tls, alpn, crate::clock::instant()))
            .transpose()
            .map_err(|error| self.failed(&error))?;
        let listener = Listener::bind(config.endpoint)
            .await
            .map_err(|error| self.failed(&error))?;
        Ok((listener, tls))
    }

    fn intake(&self, config: &ListenerConfig) -> Result<Intake, StartError> {
        let authenticator = match &config.authenticator {
            None => None,
            Some(extension) => Some(self.context.authenticator(extension).ok_or_else(|| {
                let reason = format!(
                    "auth.authenticator: no extension `{extension}` authenticates requests; define it under \
                     extensions and list it in service.extensions"
                );
                StartError { component: self.id.to_owned(), reason }
            })?),
        };
        let limits = BodyLimits {
            bytes: config.max_request.as_usize(),
            idle: BODY_IDLE_TIMEOUT,
            total: BODY_TIMEOUT,
        };
        Ok(Intake::new(
            Arc::clone(self.input),
            authenticator,
            self.budget.clone(),
            Arc::clone(&self.rejections),
            limits,
        ))
    }

    fn serve<S>(
        &self,
        listener: Listener,
        tls: Option<TlsServer>,
        settings: ServerSettings,
        service: S,
        protocol: &str,
    ) -> Server
    where
        S: hyper::service::Service<
                http::Request<hyper::body::Incoming>,
                Response = http::Response<crate::http::Answer>,
                Error = std::convert::Infallible,
            > + Clone
            + Send
            + 'static,
        S::Future: Send,
    {
        let secured = if tls.is_some() { " with TLS" } else { "" };
        tracing::info!(component = %self.id, "{protocol}{secured} on {}", listener.address());
        listener.serve(self.id, settings, tls, service)
    }
}

#[cfg(test)]
pub(crate) mod tests;
