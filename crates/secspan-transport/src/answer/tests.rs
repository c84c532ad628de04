//! Every status and what it means.

use http::StatusCode;
use tonic::Code;

use super::*;

fn kind(error: &SendError) -> &'static str {
    match error {
        SendError::Retry { after: None, .. } => "retry",
        SendError::Retry { after: Some(_), .. } => "retry after",
        SendError::Permanent { .. } => "permanent",
        SendError::TooLarge { .. } => "too large",
    }
}

const SECOND: Option<Duration> = Some(Duration::from_secs(1));

#[test]
fn every_grpc_code() {
    let retryable = [1, 4, 10, 11, 14, 15];
    for number in 1..=17 {
        let passes = retryable.contains(&number);
        let expected = if passes { "retry" } else { "permanent" };
        let code = Code::from_i32(number);
        assert_eq!(kind(&of_grpc(code, "words", None)), expected, "{number}");
        let passes = passes || number == 8;
        let expected = if passes { "retry after" } else { "permanent" };
        assert_eq!(
            kind(&of_grpc(code, "words", SECOND)),
            expected,
            "{number} with RetryInfo"
        );
    }
    let SendError::Permanent { reason } = of_grpc(Code::FailedPrecondition, "w", None) else {
        panic!()
    };
    assert_eq!(reason, "FAILED_PRECONDITION: w");
}

#[test]
fn the_meanings_of_resource_exhausted() {
    let cases = [
        (
            "grpc: received message larger than max (20 vs. 4)",
            "too large",
        ),
        (
            "the request is larger than 20971520 bytes on the wire",
            "too large",
        ),
        (
            "TRACE_TOO_LARGE: max size of trace (5000000) exceeded while adding 99 bytes",
            "permanent",
        ),
        ("RATE_LIMITED: ingestion rate limit exceeded", "retry"),
        ("LIVE_TRACES_EXCEEDED: max live traces exceeded", "retry"),
        ("quota used up", "permanent"),
    ];
    for (message, expected) in cases {
        let error = of_grpc(Code::ResourceExhausted, message, None);
        assert_eq!(kind(&error), expected, "{message}");
    }
    assert_eq!(
        kind(&of_grpc(
            Code::ResourceExhausted,
            "TRACE_TOO_LARGE: …",
            SECOND
        )),
        "permanent",
        "RetryInfo does not make a trace smaller"
    );
}

#[test]
fn every_http_status_that_matters() {
    let cases = [
        (400, "permanent"),
        (401, "permanent"),
        (403, "permanent"),
        (404, "permanent"),
        (408, "permanent"),
        (413, "too large"),
        (415, "permanent"),
        (429, "retry after"),
        (500, "permanent"),
        (501, "permanent"),
        (502, "retry after"),
        (503, "retry after"),
        (504, "retry after"),
        (301, "permanent"),
    ];
    for (status, expected) in cases {
        let status = StatusCode::from_u16(status).unwrap();
        assert_eq!(kind(&of_http(status, "", SECOND)), expected, "{status}");
    }
    let status = StatusCode::TOO_MANY_REQUESTS;
    assert_eq!(
        kind(&of_http(status, "TRACE_TOO_LARGE: …", None)),
        "permanent"
    );
    let SendError::Retry { reason, .. } = of_http(status, "slow down", None) else {
        panic!()
    };
    assert_eq!(reason, "HTTP 429 Too Many Requests: slow down");
}
