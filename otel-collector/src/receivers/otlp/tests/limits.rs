//! Size, bytes in flight, time and connections.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use secspan_transport::Compression;

/// 1 MiB for one request, 2 MiB for all.
const SMALL: &str = "
max_in_flight_bytes: 2MiB
protocols:
  grpc: { endpoint: 127.0.0.1:0, max_recv_msg_size_mib: 1 }
  http: { endpoint: 127.0.0.1:0, max_request_body_size: 1MiB }
";
const MIB: usize = 1 << 20;

fn filler(bytes: usize) -> Bytes {
    vec![0x5a; bytes].into()
}

#[tokio::test]
async fn requests_over_the_limit_are_refused_for_good_on_both_protocols() {
    let pipelines = Arc::default();
    let receiver = receiver(SMALL, &pipelines).await;
    let (grpc, http) = (
        receiver.grpc_address().unwrap(),
        receiver.http_address().unwrap(),
    );

    let status = grpc_status(&grpc_post(grpc, GRPC, framed(filler(MIB + 1))).send().await);
    assert_eq!(
        (status.code, status.retry_after),
        (code::RESOURCE_EXHAUSTED, None)
    );
    assert_eq!(
        status.message,
        "the request is larger than 1048576 bytes on the wire; send smaller batches"
    );

    let reply = http_post(http, PROTOBUF, filler(MIB + 1)).send().await;
    assert_eq!(reply.status, 413);
    assert_eq!(reply.headers.get(RETRY_AFTER), None);
    assert_eq!(
        response::status(&reply.body).unwrap().message,
        status.message
    );
    assert_eq!(pipelines.rejected_requests(), [("too_large", 2)]);
}

#[tokio::test]
async fn a_compressed_bomb_is_refused_and_the_receiver_lives() {
    let pipelines = Arc::default();
    let receiver = receiver(SMALL, &pipelines).await;
    let (grpc, http) = (
        receiver.grpc_address().unwrap(),
        receiver.http_address().unwrap(),
    );
    let zeros = Bytes::from(vec![0; 8 * MIB]);
    for compression in [Compression::Gzip, Compression::Zstd] {
        let bomb = compression.apply(zeros.clone()).unwrap();
        assert!(bomb.len() < MIB / 10);
        let name = compression.name().unwrap();
        let headers = [GRPC, &[("grpc-encoding", name)]].concat();
        let body = joined(&rpc::grpc_prefix(true, bomb.len()), &bomb);
        let status = grpc_status(&grpc_post(grpc, &headers, body).send().await);
        assert_eq!(
            (status.code, status.retry_after),
            (code::RESOURCE_EXHAUSTED, None)
        );
        assert!(
            status.message.contains("after decompression"),
            "{}",
            status.message
        );
        let headers = [PROTOBUF, &[("content-encoding", name)]].concat();
        assert_eq!(http_post(http, &headers, bomb).send().await.status, 413);
    }
    let status = grpc_status(&grpc_post(grpc, GRPC, framed(one_span())).send().await);
    assert_eq!(status.code, code::OK, "nothing stays reserved");
}

#[tokio::test]
async fn a_chunked_body_without_a_length_is_cut_off_at_the_limit() {
    let pipelines = Arc::default();
    let receiver = receiver(SMALL, &pipelines).await;
    let mut tcp = TcpStream::connect(receiver.http_address().unwrap())
        .await
        .unwrap();
    let head = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ntransfer-encoding: chunked\r\n\r\n";
    tcp.write_all(head.as_bytes()).await.unwrap();
    let (mut read, mut write) = tcp.into_split();
    // The server stops reading at the limit, so this ends with an error or is cut off by the answer.
    let endless = tokio::spawn(async move {
        let chunk = [b"10000\r\n".as_slice(), &filler(0x10000), b"\r\n"].concat();
        while write.write_all(&chunk).await.is_ok() {}
    });
    let mut answer = [0; 12];
    read.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 413");
    endless.abort();
    assert_eq!(pipelines.rejected_requests(), [("too_large", 1)]);
}

#[tokio::test]
async fn a_client_that_writes_everything_before_it_reads_gets_its_answer() {
    let pipelines = Arc::default();
    let receiver = receiver(SMALL, &pipelines).await;
    let mut tcp = TcpStream::connect(receiver.http_address().unwrap())
        .await
        .unwrap();
    let body = filler(16 * MIB);
    let head = format!(
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len(),
    );
    tcp.write_all(head.as_bytes()).await.unwrap();
    tcp.write_all(&body).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
}

#[tokio::test]
async fn requests_beyond_the_budget_are_told_to_come_back() {
    let pipelines = Pipelines::closed();
    let receiver = receiver(SMALL, &pipelines).await;
    let (grpc, http) = (
        receiver.grpc_address().unwrap(),
        receiver.http_address().unwrap(),
    );
    // Two requests of 0.8 MiB are held by the pipelines; a third does not fit into 2 MiB.
    let big = spans(200, &"x".repeat(4_000));
    assert!(big.len() > 3 * MIB / 4 && big.len() < MIB);
    let held: Vec<_> = (0..2)
        .map(|_| tokio::spawn(grpc_post(grpc, GRPC, framed(big.clone())).send()))
        .collect();
    pipelines.wait_for(2).await;

    let status = grpc_status(&grpc_post(grpc, GRPC, framed(big.clone())).send().await);
    assert_eq!(status.code, code::UNAVAILABLE);
    assert_eq!(status.retry_after, Some(config::OVERLOAD_RETRY_AFTER));
    let reply = http_post(http, PROTOBUF, big.clone()).send().await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers[RETRY_AFTER]),
        (429, &"1".parse().unwrap())
    );
    assert_eq!(pipelines.rejected_requests(), [("in_flight_bytes", 2)]);

    pipelines.open();
    for held in held {
        assert_eq!(grpc_status(&held.await.unwrap()).code, code::OK);
    }
    let status = grpc_status(&grpc_post(grpc, GRPC, framed(big)).send().await);
    assert_eq!(status.code, code::OK, "room was given back");
}

#[tokio::test(start_paused = true)]
async fn a_body_that_stops_coming_is_given_up() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let mut tcp = TcpStream::connect(receiver.http_address().unwrap())
        .await
        .unwrap();
    let part = "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\ncontent-length: 100\r\n\r\nabc";
    tcp.write_all(part.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(pipelines.rejected_requests(), [("too_slow", 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_does_not_speak_is_closed() {
    let pipelines = Arc::default();
    let receiver = receiver(BOTH, &pipelines).await;
    let (grpc, http) = (
        receiver.grpc_address().unwrap(),
        receiver.http_address().unwrap(),
    );
    // gRPC connections may be idle for as long as they like, once they have spoken.
    let cases = [
        (grpc, ""),
        (grpc, "PRI * HTTP/2"),
        (http, "POST /v1/traces HTTP/1.1\r\nhost: x\r\nx-slow: "),
    ];
    for (address, start) in cases {
        let opened = tokio::time::Instant::now();
        let mut tcp = TcpStream::connect(address).await.unwrap();
        tcp.write_all(start.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        // Closed with or without a word; an endless wait would fail the test.
        drop(tcp.read_to_end(&mut answer).await);
        assert!(opened.elapsed() < Duration::from_mins(1), "{start:?}");
    }
}

#[test]
fn an_inflated_request_holds_its_inflated_size_only() {
    let budget = InFlight::new(MIB);
    let limits = BodyLimits {
        bytes: MIB,
        idle: PATIENCE,
        total: PATIENCE,
    };
    let rejections = Arc::new(Rejections::new("otlp"));
    let input = Arc::<Pipelines>::default();
    let intake = Intake::new(input, None, budget.clone(), rejections, limits);
    let payload = spans(200, "a name that repeats");
    let message = Compression::Gzip.apply(payload.clone()).unwrap();
    let mut reservation = budget.reserve();
    reservation.grow(message.len()).unwrap();
    let inflated = intake
        .inflate(inflate::Encoding::Gzip, message, &mut reservation)
        .unwrap();
    assert_eq!(inflated, payload);
    assert_eq!(budget.used(), payload.len());
}

#[tokio::test]
async fn connections_over_the_limit_are_closed_at_once() {
    let text = "protocols: { http: { endpoint: 127.0.0.1:0, max_connections: 1 } }";
    let pipelines = Arc::default();
    let receiver = receiver(text, &pipelines).await;
    let address = receiver.http_address().unwrap();
    let mut first = TcpStream::connect(address).await.unwrap();
    first
        .write_all(b"GET /x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut word = [0; 12];
    first.read_exact(&mut word).await.unwrap();
    assert_eq!(&word, b"HTTP/1.1 404");
    let mut second = TcpStream::connect(address).await.unwrap();
    let mut answer = Vec::new();
    drop(second.read_to_end(&mut answer).await);
    assert_eq!(answer, b"");
}
