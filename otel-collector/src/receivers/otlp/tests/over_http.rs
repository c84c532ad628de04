//! OTLP/HTTP on the wire.

use super::*;

async fn post(headers: &[(&str, &str)], body: impl Into<Bytes>) -> (Reply, Arc<Pipelines>) {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let reply = http_post(receiver.http_address().unwrap(), headers, body)
        .send()
        .await;
    (reply, pipelines)
}

#[tokio::test]
async fn json_and_protobuf_arrive_as_the_same_bytes() {
    let payload = spans(3, "quoted \" and ünïcode");
    let json = secspan_otlp::json::traces_to_json(&payload).unwrap();
    for (headers, body) in [(PROTOBUF, payload.clone()), (JSON, Bytes::from(json))] {
        let (reply, pipelines) = post(headers, body).await;
        assert_eq!(reply.status, 200, "{}", text_of(&reply));
        assert_eq!(reply.headers[CONTENT_TYPE], headers[0].1);
        assert_eq!(pipelines.payloads(), std::slice::from_ref(&payload));
    }
}

#[tokio::test]
async fn every_signal_has_its_path() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let paths = [
        ("/v1/traces", Signal::Traces),
        ("/v1/metrics", Signal::Metrics),
        ("/v1/logs", Signal::Logs),
    ];
    for (path, signal) in paths {
        let mut post = http_post(receiver.http_address().unwrap(), PROTOBUF, one_span());
        post.path = path;
        assert_eq!(post.send().await.status, 200);
        assert_eq!(pipelines.taken.lock().unwrap().last().unwrap().0, signal);
    }
}

#[tokio::test]
async fn compressed_bodies_arrive_inflated() {
    use secspan_transport::Compression;
    let payload = spans(100, "a name that repeats");
    for compression in [Compression::Gzip, Compression::Zstd] {
        let headers = [
            PROTOBUF,
            &[("content-encoding", compression.name().unwrap())],
        ]
        .concat();
        let (reply, pipelines) = post(&headers, compression.apply(payload.clone()).unwrap()).await;
        assert_eq!(reply.status, 200, "{compression:?}");
        assert_eq!(pipelines.payloads(), std::slice::from_ref(&payload));
    }
    let headers = [PROTOBUF, &[("content-encoding", "br")]].concat();
    let (reply, pipelines) = post(&headers, payload).await;
    assert_eq!(reply.status, 415);
    assert_eq!(
        reply.headers["accept-encoding"],
        "gzip, zstd, zlib, deflate, identity"
    );
    assert_eq!(pipelines.rejected_requests(), [("unsupported_encoding", 1)]);
}

#[tokio::test]
async fn errors_come_in_the_form_of_the_request() {
    let broken = [
        ("protobuf", PROTOBUF, vec![0xff; 40]),
        ("json", JSON, b"{\"resourceSpans\":7}".to_vec()),
    ];
    for (name, headers, body) in broken {
        let (reply, pipelines) = post(headers, body).await;
        assert_eq!(reply.status, 400, "{name}");
        assert_eq!(reply.headers[CONTENT_TYPE], headers[0].1);
        let message = if name == "json" {
            secspan_otlp::json::read_status_message(&reply.body).unwrap()
        } else {
            let status = response::status(&reply.body).unwrap();
            assert_eq!(status.code, code::INVALID_ARGUMENT);
            status.message
        };
        assert!(
            message.starts_with("malformed payload: "),
            "{name}: {message}"
        );
        assert!(pipelines.payloads().is_empty());
    }
}

#[tokio::test]
async fn misdirected_requests_are_told_the_way() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let address = receiver.http_address().unwrap();
    for headers in [&[("content-type", "text/plain")][..], &[]] {
        let reply = http_post(address, headers, one_span()).send().await;
        assert_eq!(reply.status, 415);
        assert!(text_of(&reply).contains("application/x-protobuf or application/json"));
    }
    let mut post = http_post(address, JSON, one_span());
    post.path = "/v1/trace";
    let reply = post.send().await;
    assert_eq!(reply.status, 404);
    assert!(
        text_of(&reply).contains("/v1/traces, /v1/metrics, /v1/logs"),
        "{}",
        text_of(&reply)
    );

    let request = Request::get(format!("http://{address}/v1/traces"))
        .body(Bytes::new())
        .unwrap();
    let reply = Client::new(address, Protocol::Any, None)
        .send(request)
        .await
        .unwrap();
    assert_eq!(reply.status, 405);
    assert_eq!(reply.headers["allow"], "POST");
    assert!(pipelines.payloads().is_empty());
}

#[tokio::test]
async fn rejected_spans_are_answered_in_both_forms() {
    let accepted = Accepted {
        rejected: 2,
        message: "span 0: no id".to_owned(),
    };
    let pipelines = Pipelines::answering(Ok(accepted));
    let receiver = receiver(BOTH, &pipelines).await;
    let address = receiver.http_address().unwrap();
    let reply = http_post(address, PROTOBUF, one_span()).send().await;
    let partial = response::partial_success(&reply.body).unwrap();
    assert_eq!(
        (partial.rejected, partial.message.as_str()),
        (2, "span 0: no id")
    );
    let json = secspan_otlp::json::traces_to_json(&one_span()).unwrap();
    let reply = http_post(address, JSON, json).send().await;
    let body: serde_json::Value = serde_json::from_slice(&reply.body).unwrap();
    let expected = serde_json::json!({ "rejectedSpans": "2", "errorMessage": "span 0: no id" });
    assert_eq!(body["partialSuccess"], expected);
}

#[tokio::test]
async fn refusals_say_when_to_come_back() {
    let delay = Duration::from_millis(2_500);
    let cases = [
        (
            Refused::Overloaded {
                reason: "the log is full",
                retry_after: delay,
            },
            429,
            Some("3"),
        ),
        (Refused::Stopping { retry_after: delay }, 503, Some("3")),
        (
            Refused::NotConfigured {
                signal: Signal::Traces,
            },
            404,
            None,
        ),
    ];
    for (refused, expected, retry_after) in cases {
        let pipelines = Pipelines::answering(Err(refused.clone()));
        let receiver = receiver(BOTH, &pipelines).await;
        let reply = http_post(receiver.http_address().unwrap(), PROTOBUF, one_span())
            .send()
            .await;
        assert_eq!(reply.status, expected, "{refused}");
        let given = reply
            .headers
            .get(RETRY_AFTER)
            .map(|value| value.to_str().unwrap());
        assert_eq!(given, retry_after, "{refused}");
        let status = response::status(&reply.body).unwrap();
        assert_eq!(
            status.retry_after.is_some(),
            retry_after.is_some(),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn an_encoding_header_of_identity_is_no_encoding() {
    let headers = [PROTOBUF, &[(CONTENT_ENCODING.as_str(), "identity")]].concat();
    let (reply, pipelines) = post(&headers, one_span()).await;
    assert_eq!(reply.status, 200);
    assert_eq!(pipelines.payloads(), [one_span()]);
}
