//! Clients of every kind: which encodings they take, and those that hold a connection without asking for anything.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

async fn server() -> PageServer {
    let pages: Pages = Arc::new(|_| Some(Page::text(StatusCode::OK, "page ".repeat(1_000))));
    serve("test", SocketAddr::from(([127, 0, 0, 1], 0)), pages)
        .await
        .unwrap()
}

/// The head of an answer, in lower case.
async fn ask(tcp: &mut TcpStream, headers: &str) -> String {
    let request = format!("HEAD / HTTP/1.1\r\nhost: x\r\n{headers}\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        assert!(tcp.read_buf(&mut answer).await.unwrap() > 0, "closed");
    }
    String::from_utf8(answer).unwrap().to_ascii_lowercase()
}

#[tokio::test]
async fn gzip_is_for_those_who_take_it() {
    let server = server().await;
    let cases = [
        ("", false),
        ("Accept-Encoding: gzip\r\n", true),
        ("Accept-Encoding: GZip\r\n", true),
        ("Accept-Encoding: x-gzip\r\n", true),
        ("Accept-Encoding: deflate, gzip;q=0.5\r\n", true),
        ("Accept-Encoding: *\r\n", true),
        ("Accept-Encoding: br\r\nAccept-Encoding: gzip\r\n", true),
        ("Accept-Encoding: gzip;q=0\r\n", false),
        ("Accept-Encoding: gzip ; Q=0.000\r\n", false),
        ("Accept-Encoding: x-gzip;q=0, *;q=1\r\n", false),
        ("Accept-Encoding: *;q=0\r\n", false),
        ("Accept-Encoding: identity\r\n", false),
        ("Accept-Encoding: gzipped\r\n", false),
        ("Accept-Encoding: gzip;q=nonsense\r\n", false),
    ];
    for (headers, wanted) in cases {
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        let answer = ask(&mut tcp, headers).await;
        assert_eq!(
            answer.contains("content-encoding: gzip"),
            wanted,
            "{headers}"
        );
    }
}

#[tokio::test]
async fn silent_clients_do_not_keep_scrapers_out() {
    let server = server().await;
    let mut silent = Vec::new();
    for _ in 0..CONNECTIONS_MAX {
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        tcp.write_all(b"GET / HTTP/1.1\r\nhost:").await.unwrap();
        silent.push(tcp);
    }
    let mut scraper = TcpStream::connect(server.address).await.unwrap();
    assert!(ask(&mut scraper, "").await.starts_with("http/1.1 200"));
}
