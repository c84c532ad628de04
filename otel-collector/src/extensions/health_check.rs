//! `health_check`: answers whether the collector is alive and whether it is ready.
//!
//! # Purpose
//! `/` and `/readyz` answer 200 when every part is up and no destination has been failing for a minute, else 503 with the
//! reasons; `/livez` answers 200 as long as the process does. The body is JSON. A destination that fails for less than a
//! minute is shown as failing under `components` with `not_ready_in_seconds`, and the collector is ready: what is sent is
//! taken and waits.
//!
//! # Configuration
//! `endpoint` (default `127.0.0.1:13133`), `path` (default `/`).
//!
//! # Limits
//! 64 connections at once.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use crate::clock;
use crate::component::{BoxFuture, ExtensionConfig, Running, StartError};
use crate::config::Section;
use crate::context::Context;
use crate::health::{FAILING_TOLERANCE, Health, Status};
use crate::pages::{self, Page, PageRequest, Pages};

/// Upstream's port.
const DEFAULT_ENDPOINT: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 13_133);

/// Where it listens, and under which path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheckConfig {
    endpoint: SocketAddr,
    path: String,
}

/// Reads the section.
pub fn parse(section: &mut Section<'_>) -> Box<dyn ExtensionConfig> {
    let endpoint = section.socket_addr("endpoint").or(DEFAULT_ENDPOINT);
    section.listens("endpoint", endpoint);
    let path = section.string("path").or("/".to_owned());
    section.without_effect(
        "check_collector_pipeline",
        "readiness always tells the truth about the pipelines",
    );
    Box::new(HealthCheckConfig { endpoint, path })
}

impl ExtensionConfig for HealthCheckConfig {
    fn start(
        self: Box<Self>,
        id: &str,
        context: &Context,
    ) -> BoxFuture<'static, Result<Box<dyn Running>, StartError>> {
        let id = id.to_owned();
        let health = Arc::clone(&context.health);
        Box::pin(async move {
            let path = self.path;
            let pages: Pages = Arc::new(move |asked: PageRequest<'_>| match asked.path {
                "/livez" => Some(Page::json(StatusCode::OK, &json!({ "status": "alive" }))),
                "/readyz" => Some(ready(&health)),
                asked if asked == path => Some(ready(&health)),
                _ => None,
            });
            let server = pages::serve(&id, self.endpoint, pages).await?;
            Ok(Box::new(server) as Box<dyn Running>)
        })
    }
}

fn ready(health: &Health) -> Page {
    let now = clock::instant();
    let obstacles = health.obstacles(now);
    let parts: serde_json::Map<String, serde_json::Value> = health
        .parts()
        .into_iter()
        .map(|(part, status)| (part, describe(&status, now)))
        .collect();
    let (code, status) = if obstacles.is_empty() {
        (StatusCode::OK, "ready")
    } else {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready")
    };
    Page::json(
        code,
        &json!({ "status": status, "obstacles": obstacles, "components": parts }),
    )
}

fn describe(status: &Status, now: std::time::Instant) -> serde_json::Value {
    match status {
        Status::Starting => json!({ "status": "starting" }),
        Status::Up => json!({ "status": "up" }),
        Status::Down { reason } => json!({ "status": "down", "reason": reason }),
        Status::Failing { since, reason } => {
            let age: Duration = now.saturating_duration_since(*since);
            let left = FAILING_TOLERANCE.saturating_sub(age);
            json!({
                "status": "failing",
                "seconds": age.as_secs(),
                "reason": reason,
                "not_ready_in_seconds": left.as_secs(),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_part_says_for_how_long_it_is_tolerated() {
        let start = clock::instant();
        let failing = Status::Failing {
            since: start,
            reason: "disk full".to_owned(),
        };
        let at = |seconds| describe(&failing, start + Duration::from_secs(seconds));
        assert_eq!(
            at(20),
            json!({ "status": "failing", "seconds": 20, "reason": "disk full", "not_ready_in_seconds": 40 })
        );
        assert_eq!(at(90)["not_ready_in_seconds"], 0);
    }
}
