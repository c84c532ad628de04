//! The parts together are the request, and each is small enough if it can be.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

use super::*;
use crate::schema;
use crate::walk::tests::generate::{self, Random};

/// Every span as text, with its resource and scope.
fn spans(bytes: &[u8]) -> Vec<String> {
    let request = ExportTraceServiceRequest::decode(bytes).unwrap();
    let mut spans = Vec::new();
    for group in &request.resource_spans {
        for scope in &group.scope_spans {
            let origin = (
                &group.resource,
                &group.schema_url,
                &scope.scope,
                &scope.schema_url,
            );
            spans.extend(
                scope
                    .spans
                    .iter()
                    .map(|span| format!("{origin:?} {span:?}")),
            );
        }
    }
    spans
}

#[test]
fn parts_hold_all_spans_in_order_and_keep_to_the_limit() {
    for seed in 0..300 {
        let bytes = generate::message(&mut Random(seed), &schema::TRACES, seed % 2 == 0);
        let bytes_max = 200 + Random(seed).below(2000);
        let parts = below(&bytes, bytes_max);
        let joined: Vec<String> = parts.iter().flat_map(|part| spans(&part.bytes)).collect();
        assert_eq!(joined, spans(&bytes), "seed {seed}");
        for part in parts {
            assert_eq!(part.records as usize, spans(&part.bytes).len());
            assert!(
                part.bytes.len() <= bytes_max || part.records <= 1,
                "seed {seed}"
            );
        }
    }
}

#[test]
fn what_is_small_enough_stays_whole() {
    let bytes = generate::message(&mut Random(1), &schema::TRACES, true);
    let parts = below(&bytes, bytes.len());
    assert_eq!(parts.len(), 1);
    assert_eq!(parts[0].bytes, bytes);
    assert_eq!(in_two(b"\x0a\x04\x12\x02\x12\x00"), None);
}
