//! Connections that have to leave.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;
use crate::events::Level;

async fn server(settings: ServerSettings) -> Server {
    let service = hyper::service::service_fn(async |_: Request<Incoming>| {
        Ok::<_, Infallible>(Response::new(Answer::new("yes")))
    });
    let events = Arc::new(Events::new(Level::Error, false));
    let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    listener.serve("test", settings, None, &events, service)
}

/// A connection on which one request was answered.
async fn spoken(server: &Server) -> TcpStream {
    let mut tcp = TcpStream::connect(server.address()).await.unwrap();
    tcp.write_all(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n")
        .await
        .unwrap();
    let mut answer = Vec::new();
    while !answer.ends_with(b"yes") {
        let read = tcp.read_buf(&mut answer).await.unwrap();
        assert!(read > 0, "closed too early");
    }
    tcp
}

async fn is_closed(mut tcp: TcpStream) -> bool {
    let mut more = Vec::new();
    tcp.read_to_end(&mut more).await.is_ok() && more.is_empty()
}

const LONG: Duration = Duration::from_hours(1);

#[tokio::test(start_paused = true)]
async fn idle_connections_are_closed() {
    let settings = ServerSettings {
        idle_timeout: Some(Duration::from_secs(5)),
        ..ServerSettings::default()
    };
    let server = server(settings).await;
    let started = tokio::time::Instant::now();
    assert!(is_closed(spoken(&server).await).await);
    assert!(started.elapsed() < LONG);
}

#[tokio::test(start_paused = true)]
async fn old_connections_are_closed() {
    let settings = ServerSettings {
        // Nothing else may close it.
        handshake_timeout: LONG,
        idle_timeout: None,
        max_age: Some(Duration::from_secs(5)),
        ..ServerSettings::default()
    };
    let server = server(settings).await;
    let started = tokio::time::Instant::now();
    assert!(is_closed(spoken(&server).await).await);
    assert!(started.elapsed() < LONG);
}

#[tokio::test]
async fn a_stop_closes_connections_between_requests() {
    let server = server(ServerSettings::default()).await;
    let first = spoken(&server).await;
    // One that has not spoken, or was not even accepted yet, holds nothing up either.
    let silent = TcpStream::connect(server.address()).await.unwrap();
    assert!(server.stop(LONG).await, "nothing had to be cut off");
    assert!(is_closed(first).await);
    drop(silent);
}

#[tokio::test]
async fn dropping_a_server_stops_it() {
    let server = server(ServerSettings::default()).await;
    let connection = spoken(&server).await;
    drop(server);
    assert!(is_closed(connection).await);
}
