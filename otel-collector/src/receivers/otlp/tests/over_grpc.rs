//! OTLP/gRPC on the wire.

use super::*;
use secspan_transport::Compression;

async fn post(headers: &[(&str, &str)], body: Bytes) -> (Reply, Arc<Pipelines>) {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let reply = grpc_post(receiver.grpc_address().unwrap(), headers, body)
        .send()
        .await;
    (reply, pipelines)
}

#[tokio::test]
async fn every_signal_reaches_its_entry_with_the_bytes_as_sent() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let payload = one_span();
    let services = [
        ("trace.v1.TraceService", Signal::Traces),
        ("metrics.v1.MetricsService", Signal::Metrics),
        ("logs.v1.LogsService", Signal::Logs),
    ];
    for (service, signal) in services {
        let path = format!("/opentelemetry.proto.collector.{service}/Export");
        let mut post = grpc_post(
            receiver.grpc_address().unwrap(),
            GRPC,
            framed(payload.clone()),
        );
        post.path = &path;
        let reply = post.send().await;
        assert_eq!(grpc_status(&reply), Status::default(), "{service}");
        assert_eq!(
            reply.body,
            [0; GRPC_PREFIX_BYTES].as_slice(),
            "an empty message"
        );
        assert_eq!(
            pipelines.taken.lock().unwrap().last().unwrap(),
            &(signal, payload.clone())
        );
    }
}

#[tokio::test]
async fn compressed_messages_arrive_inflated() {
    let payload = spans(200, "a name that repeats");
    for compression in [Compression::Gzip, Compression::Zstd] {
        let message = compression.apply(payload.clone()).unwrap();
        assert!(message.len() < payload.len() / 2);
        let body = joined(&rpc::grpc_prefix(true, message.len()), &message);
        let mut headers = GRPC.to_vec();
        headers.push(("grpc-encoding", compression.name().unwrap()));
        let (reply, pipelines) = post(&headers, body).await;
        assert_eq!(grpc_status(&reply).code, code::OK);
        assert_eq!(pipelines.payloads(), std::slice::from_ref(&payload));
    }
}

#[tokio::test]
async fn a_message_in_many_frames_arrives_whole() {
    let payload: Bytes = spans(250, &"x".repeat(2_000));
    assert!(payload.len() > 400_000);
    let (reply, pipelines) = post(GRPC, framed(payload.clone())).await;
    assert_eq!(grpc_status(&reply).code, code::OK);
    assert_eq!(pipelines.payloads(), [payload]);
}

#[tokio::test]
async fn rejected_spans_are_answered_as_partial_success() {
    let accepted = Accepted {
        rejected: 2,
        message: "span 0: no id".to_owned(),
    };
    let pipelines = Pipelines::answering(Ok(accepted));
    let receiver = receiver(BOTH, &pipelines).await;
    let reply = grpc_post(receiver.grpc_address().unwrap(), GRPC, framed(one_span()))
        .send()
        .await;
    assert_eq!(grpc_status(&reply).code, code::OK);
    let partial = response::partial_success(&reply.body[GRPC_PREFIX_BYTES..]).unwrap();
    assert_eq!(
        (partial.rejected, partial.message.as_str()),
        (2, "span 0: no id")
    );
}

#[tokio::test]
async fn refusals_say_whether_and_when_to_come_back() {
    let delay = Duration::from_millis(2_500);
    let cases = [
        (
            Refused::Overloaded {
                reason: "the log is full",
                retry_after: delay,
            },
            code::UNAVAILABLE,
            Some(delay),
        ),
        (
            Refused::Stopping { retry_after: delay },
            code::UNAVAILABLE,
            Some(delay),
        ),
        (
            Refused::NotConfigured {
                signal: Signal::Traces,
            },
            code::UNIMPLEMENTED,
            None,
        ),
        (
            Refused::Malformed {
                message: "offset 7".to_owned(),
            },
            code::INVALID_ARGUMENT,
            None,
        ),
    ];
    for (refused, expected, retry_after) in cases {
        let pipelines = Pipelines::answering(Err(refused.clone()));
        let receiver = receiver(BOTH, &pipelines).await;
        let reply = grpc_post(receiver.grpc_address().unwrap(), GRPC, framed(one_span()))
            .send()
            .await;
        let status = grpc_status(&reply);
        assert_eq!(
            (status.code, status.retry_after),
            (expected, retry_after),
            "{refused}"
        );
        assert_eq!(status.message, refused.to_string());
        assert!(
            pipelines.rejected_requests().is_empty(),
            "the pipelines have counted it"
        );
    }
}

#[tokio::test]
async fn what_is_no_valid_message_is_refused_for_good() {
    let payload = one_span();
    let two: Bytes = [&[0, 0, 0, 0, 1, 9][..], &[0, 0, 0, 0, 1, 9]]
        .concat()
        .into();
    let cases: [(&str, Bytes, i32, &str); 6] = [
        (
            "no message",
            Bytes::new(),
            code::INVALID_ARGUMENT,
            "no gRPC message",
        ),
        ("two messages", two, code::INVALID_ARGUMENT, "more than one"),
        (
            "a strange flag",
            Bytes::from_static(&[7, 0, 0, 0, 0]),
            code::INVALID_ARGUMENT,
            "flag",
        ),
        (
            "cut off",
            joined(&rpc::grpc_prefix(false, 99), &payload),
            code::CANCELLED,
            "ended before",
        ),
        (
            "compressed with nothing",
            joined(&rpc::grpc_prefix(true, payload.len()), &payload),
            code::INVALID_ARGUMENT,
            "grpc-encoding",
        ),
        (
            "random bytes",
            framed(vec![0xff; 300]),
            code::INVALID_ARGUMENT,
            "malformed",
        ),
    ];
    for (name, body, expected, words) in cases {
        let (reply, pipelines) = post(GRPC, body).await;
        let status = grpc_status(&reply);
        assert_eq!(status.code, expected, "{name}: {}", status.message);
        assert!(status.message.contains(words), "{name}: {}", status.message);
        assert_eq!(status.retry_after, None);
        assert!(pipelines.payloads().is_empty());
    }
}

#[tokio::test]
async fn unknown_methods_and_encodings_are_unimplemented_and_say_what_is() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let mut post = grpc_post(receiver.grpc_address().unwrap(), GRPC, framed(one_span()));
    post.path = "/some.other.Service/Call";
    let status = grpc_status(&post.send().await);
    assert_eq!(status.code, code::UNIMPLEMENTED);
    assert!(
        status.message.contains("TraceService/Export"),
        "{}",
        status.message
    );

    let headers = [GRPC, &[("grpc-encoding", "snappy")]].concat();
    let reply = grpc_post(
        receiver.grpc_address().unwrap(),
        &headers,
        framed(one_span()),
    )
    .send()
    .await;
    assert_eq!(grpc_status(&reply).code, code::UNIMPLEMENTED);
    assert_eq!(
        reply.headers["grpc-accept-encoding"],
        "identity,gzip,zstd,deflate"
    );
    assert_eq!(pipelines.rejected_requests(), [("unsupported_encoding", 1)]);
}

#[tokio::test]
async fn each_port_points_to_the_other() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let reply = http_post(receiver.grpc_address().unwrap(), PROTOBUF, one_span())
        .send()
        .await;
    assert_eq!(reply.status, 415);
    assert!(text_of(&reply).contains("4318"), "{}", text_of(&reply));
    let reply = grpc_post(receiver.http_address().unwrap(), GRPC, framed(one_span()))
        .send()
        .await;
    let status = grpc_status(&reply);
    assert_eq!(status.code, code::UNIMPLEMENTED);
    assert!(status.message.contains("4317"), "{}", status.message);
}
