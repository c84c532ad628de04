//! The HTTP exporter against servers that answer what a test wants, and against our own receiver.

use std::net::SocketAddr;

use http::{Response, StatusCode};
use secspan_otlp::encode;

use super::*;
use crate::batch::Payload;
use crate::config::read_text;
use crate::exporters::otlp::tests::Scripted;
use crate::http::Answer;
use crate::receivers::otlp::tests::{Pipelines, one_span, receiver};

fn config(text: &str) -> OtlpHttpExporterConfig {
    let (config, problems) = read_text(text, OtlpHttpExporterConfig::read);
    assert!(problems.is_empty(), "{problems:#?}");
    config
}

fn exporter(address: SocketAddr, more: &str) -> OtlpHttpExporter {
    config(&format!("endpoint: http://{address}\n{more}"))
        .client("otlphttp")
        .unwrap()
}

fn batch() -> Batch {
    Batch::Traces(Payload {
        bytes: one_span(),
        items: 1,
    })
}

fn answer(
    status: u16,
    headers: &[(&'static str, &str)],
    body: impl Into<Bytes>,
) -> Response<Answer> {
    let mut response = Response::new(Answer::new(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

#[tokio::test]
async fn our_receiver_takes_what_it_sends() {
    for encoding in ["proto", "json"] {
        for compression in ["none", "gzip", "zstd"] {
            let pipelines = Arc::<Pipelines>::default();
            let receiver =
                receiver("protocols: { http: { endpoint: 127.0.0.1:0 } }", &pipelines).await;
            let more = format!("encoding: {encoding}\ncompression: {compression}");
            let exporter = exporter(receiver.http_address().unwrap(), &more);
            assert_eq!(
                exporter.export(&batch()).await,
                Ok(Delivered::default()),
                "{more}"
            );
            assert_eq!(
                pipelines.taken.lock().unwrap().pop().unwrap(),
                (Signal::Traces, one_span())
            );
        }
    }
}

#[tokio::test]
async fn every_status_has_its_meaning() {
    let protobuf = [("content-type", "application/x-protobuf")];
    let json = [("content-type", "application/json")];
    let retry = |after: Option<u64>, reason: &str| {
        let after = after.map(Duration::from_secs);
        Err(ExportError::Retry {
            after,
            reason: reason.to_owned(),
        })
    };
    let cases = [
        (
            answer(200, &protobuf, encode::export_response(7, "old")),
            Ok(Delivered {
                rejected: 7,
                message: "old".to_owned(),
                reported: false,
            }),
        ),
        (
            answer(200, &json, r#"{"partialSuccess":{"rejectedSpans":"7"}}"#),
            Ok(Delivered {
                rejected: 7,
                message: String::new(),
                reported: false,
            }),
        ),
        (answer(202, &[], ""), Ok(Delivered::default())),
        (
            answer(429, &[("retry-after", "7")], "slow down"),
            retry(Some(7), "HTTP 429 Too Many Requests: slow down"),
        ),
        (
            answer(503, &protobuf, encode::status(14, "busy", None)),
            retry(None, "HTTP 503 Service Unavailable: busy"),
        ),
        (
            answer(503, &[("retry-after", "99999999")], ""),
            retry(Some(3_600), "HTTP 503 Service Unavailable"),
        ),
        (
            answer(503, &[("retry-after", "soon")], ""),
            retry(None, "HTTP 503 Service Unavailable"),
        ),
        (
            answer(413, &json, r#"{"code":8,"message":"big"}"#),
            Err(ExportError::TooLarge {
                reason: "HTTP 413 Payload Too Large: big".to_owned(),
            }),
        ),
        (
            answer(401, &[], "who are you?"),
            Err(ExportError::Permanent {
                reason: "HTTP 401 Unauthorized: who are you?".to_owned(),
            }),
        ),
    ];
    let (answers, expected): (Vec<_>, Vec<_>) = cases.into_iter().unzip();
    let scripted = Scripted::new(answers);
    let server = scripted.serve("127.0.0.1:0", None).await;
    let exporter = exporter(server.address(), "");
    for expected in expected {
        assert_eq!(exporter.export(&batch()).await, expected);
    }
}

#[tokio::test]
async fn signals_may_go_different_ways() {
    let scripted = Scripted::new([answer(200, &[], ""), answer(200, &[], "")]);
    let server = scripted.serve("127.0.0.1:0", None).await;
    let address = server.address();
    let text = format!(
        "endpoint: http://{address}/base/\nlogs_endpoint: http://{address}/elsewhere\ncompression: none"
    );
    let exporter = config(&text).client("otlphttp").unwrap();
    exporter.export(&batch()).await.unwrap();
    exporter
        .export(&Batch::Logs(Payload {
            bytes: one_span(),
            items: 1,
        }))
        .await
        .unwrap();
    let requests = std::mem::take(&mut *scripted.requests.lock().unwrap());
    let paths: Vec<&str> = requests.iter().map(|(head, _)| head.uri.path()).collect();
    assert_eq!(paths, ["/base/v1/traces", "/elsewhere"]);
    assert_eq!(
        requests[0].0.headers["content-length"],
        one_span().len().to_string()
    );

    let traces_only = config(&format!("traces_endpoint: http://{address}/t"))
        .client("otlphttp")
        .unwrap();
    let metrics = Batch::Metrics(Payload {
        bytes: Bytes::new(),
        items: 0,
    });
    let error = traces_only.export(&metrics).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "permanent: no endpoint is configured for metrics"
    );
}

#[test]
fn problems_of_a_configuration() {
    for (text, key) in [
        ("timeout: 1s", "endpoint"),
        ("endpoint: collector:4318", "endpoint"),
        ("endpoint: http://c\nencoding: xml", "encoding"),
    ] {
        let (_, problems) = read_text(text, OtlpHttpExporterConfig::read);
        assert!(
            problems
                .iter()
                .any(|problem| problem.path.to_string() == key),
            "{text}: {problems:#?}"
        );
    }
}
