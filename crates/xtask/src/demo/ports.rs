//! Ports for the demo: the usual ones, or free ones where those are taken.

use std::net::{Ipv4Addr, TcpListener};

use crate::failure::{Failure, Result};
use crate::terminal::say;

/// Where the collector listens on loopback.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ports {
    pub(super) grpc: u16,
    pub(super) http: u16,
    pub(super) metrics: u16,
    pub(super) telemetry: u16,
    pub(super) health: u16,
}

impl Ports {
    /// Looks for ports that nobody uses now.
    pub(super) fn find() -> Result<Self> {
        Ok(Self {
            grpc: usual_or_free(4317, "OTLP/gRPC")?,
            http: usual_or_free(4318, "OTLP/HTTP")?,
            metrics: usual_or_free(8889, "derived metrics")?,
            telemetry: usual_or_free(8888, "own telemetry")?,
            health: usual_or_free(13133, "health")?,
        })
    }

    /// The collector's arguments that put it there.
    pub(super) fn settings(self) -> Vec<String> {
        let Self {
            grpc,
            http,
            metrics,
            telemetry,
            health,
        } = self;
        vec![
            format!("receivers.otlp.protocols.grpc.endpoint=127.0.0.1:{grpc}"),
            format!("receivers.otlp.protocols.http.endpoint=127.0.0.1:{http}"),
            format!("exporters.prometheus.endpoint=127.0.0.1:{metrics}"),
            format!("extensions.health_check.endpoint=127.0.0.1:{health}"),
            format!(
                "service.telemetry.metrics.readers=\
                 [{{pull: {{exporter: {{prometheus: {{host: 127.0.0.1, port: {telemetry}}}}}}}}}]"
            ),
        ]
    }
}

/// The usual port, or another one, with a word about it.
pub(super) fn usual_or_free(usual: u16, what: &str) -> Result<u16> {
    if is_free(usual) {
        return Ok(usual);
    }
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map_err(|error| Failure::new(format!("no free port on loopback for {what}: {error}")))?
        .port();
    say(&format!("port {usual} ({what}) is taken, using {free}"));
    Ok(free)
}

/// Nobody may listen there, neither on loopback nor on every interface.
fn is_free(port: u16) -> bool {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok()
        && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_taken_port_is_avoided() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let usual = taken.local_addr().unwrap().port();
        assert_ne!(usual_or_free(usual, "it").unwrap(), usual);
        drop(taken);
        assert_eq!(usual_or_free(usual, "it").unwrap(), usual);
    }
}
