//! What both OTLP exporters read from their sections: queue, retry, headers.

use http::HeaderMap;
use http::header::{HeaderName, HeaderValue, USER_AGENT};

use secspan_transport::{Backoff, Compression};

use crate::component::{DestinationSettings, OnFull};
use crate::config::{Complaint, Secret, Section};

/// Requests under way at once by default, as upstream.
const CONSUMERS: u64 = 10;
/// More would only queue up inside one connection.
const CONSUMERS_MAX: u64 = 1_000;

/// Reads `sending_queue` and `retry_on_failure`.
pub fn read_destination(section: &mut Section<'_>) -> DestinationSettings {
    let (consumers, on_full) = section.section("sending_queue", |queue| {
        for key in [
            "enabled",
            "queue_size",
            "sizer",
            "batch",
            "storage",
            "wait_for_result",
        ] {
            queue.without_effect(
                key,
                "every destination reads from the collector's log, which has its own limits",
            );
        }
        let consumers = queue
            .u64("num_consumers")
            .within(1..=CONSUMERS_MAX)
            .or(CONSUMERS);
        let refuse = queue.bool("block_on_overflow").or(false);
        let on_full = if refuse {
            OnFull::Refuse
        } else {
            OnFull::DropOldest
        };
        (usize::try_from(consumers).unwrap_or(usize::MAX), on_full)
    });
    let retry = section.section("retry_on_failure", read_retry);
    DestinationSettings {
        consumers,
        on_full,
        retry,
    }
}

fn read_retry(section: &mut Section<'_>) -> Backoff {
    let default = Backoff::default();
    section.without_effect("enabled", "what may be retried is retried");
    section.without_effect(
        "max_elapsed_time",
        "batches are retried until the log is full; time alone never discards data",
    );
    let retry = Backoff {
        initial_interval: section
            .duration("initial_interval")
            .or(default.initial_interval),
        max_interval: section.duration("max_interval").or(default.max_interval),
        multiplier: section
            .f64("multiplier")
            .within(1.0..=100.0)
            .or(default.multiplier),
        randomization_factor: section
            .f64("randomization_factor")
            .within(0.0..=1.0)
            .or(default.randomization_factor),
    };
    if retry.max_interval < retry.initial_interval {
        section.reject(
            "max_interval",
            Complaint::new("is shorter than initial_interval"),
        );
    }
    retry
}

/// Reads `compression`; gzip when absent, as upstream.
pub fn read_compression(section: &mut Section<'_>) -> Compression {
    section.without_effect("compression_params", "the fastest level is always used");
    let names = [
        ("gzip", Compression::Gzip),
        ("none", Compression::None),
        ("zstd", Compression::Zstd),
    ];
    section.choice("compression", &names).or(Compression::Gzip)
}

/// Reads `headers`, whose values are secrets, and adds who is sending. Header values that came from secrets are never
/// shown by the transport either.
pub fn read_headers(section: &mut Section<'_>) -> HeaderMap {
    section.unsupported(
        "auth",
        "set headers: { authorization: \"Bearer ${env:TOKEN}\" }",
    );
    let configured = section
        .map::<Secret>("headers")
        .or(std::collections::BTreeMap::new());
    let mut headers = HeaderMap::with_capacity(configured.len() + RESERVED_HEADERS);
    let agent = HeaderValue::from_static(concat!("secspan-collector/", env!("CARGO_PKG_VERSION")));
    headers.insert(USER_AGENT, agent);
    for (name, value) in configured {
        let parsed = HeaderName::try_from(name.as_str())
            .ok()
            .zip(HeaderValue::try_from(value.reveal()).ok());
        match parsed {
            Some((name, mut value)) => {
                value.set_sensitive(true);
                headers.insert(name, value);
            }
            None => section.reject(
                "headers",
                Complaint::new("is no header")
                    .given(name)
                    .hint("names and values are visible ASCII"),
            ),
        }
    }
    headers
}

/// Headers that the exporters add to the configured ones.
const RESERVED_HEADERS: usize = 6;
