//! Rewriting equals decoding with `prost`, removing, and encoding again.

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

use super::*;
use crate::schema;
use crate::walk::tests::generate::{self, Random};

/// The request without the spans that `keep` refuses, removed from the decoded form.
fn removed(bytes: &[u8], mut keep: impl FnMut(u32) -> bool) -> ExportTraceServiceRequest {
    let mut request = ExportTraceServiceRequest::decode(bytes).unwrap();
    let mut index = 0;
    request.resource_spans.retain_mut(|group| {
        let scopes_before = group.scope_spans.len();
        group.scope_spans.retain_mut(|scope| {
            let spans_before = scope.spans.len();
            scope.spans.retain(|_| {
                index += 1;
                keep(index - 1)
            });
            spans_before == 0 || !scope.spans.is_empty()
        });
        scopes_before == 0 || !group.scope_spans.is_empty()
    });
    request
}

#[test]
fn rewriting_equals_removing_from_the_decoded_request() {
    for seed in 0..500 {
        let bytes = generate::message(&mut Random(seed), &schema::TRACES, seed % 2 == 0);
        let mut random = Random(!seed);
        let total = count_spans(&bytes);
        let share = 1 + random.below(6);
        let rejected: Vec<u32> = (0..total).filter(|_| random.below(share) == 0).collect();
        let expected = removed(&bytes, |index| !rejected.contains(&index));
        let rewritten = without_spans(&bytes, &rejected);
        let decoded = ExportTraceServiceRequest::decode(rewritten.as_slice()).unwrap();
        // As text, in which a NaN equals itself.
        assert_eq!(
            format!("{decoded:?}"),
            format!("{expected:?}"),
            "seed {seed}"
        );
        assert_eq!(
            count_spans(&rewritten),
            total - u32::try_from(rejected.len()).unwrap()
        );
    }
}

#[test]
fn nothing_rejected_changes_nothing_but_longer_lengths() {
    let usual = generate::message(&mut Random(7), &schema::TRACES, true);
    assert_eq!(without_spans(&usual, &[]), usual);
    assert_eq!(without_spans(b"", &[]), b"");
}

#[test]
fn unknown_fields_of_a_kept_span_stay() {
    // Two spans of one scope, each with an unknown field 17.
    let bytes = b"\x0a\x0c\x12\x0a\x12\x03\x88\x01\x01\x12\x03\x88\x01\x02";
    assert_eq!(
        without_spans(bytes, &[0]),
        b"\x0a\x07\x12\x05\x12\x03\x88\x01\x02"
    );
    assert_eq!(without_spans(bytes, &[0, 1]), b"");
}
