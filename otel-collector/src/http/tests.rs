//! Connections that have to leave.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::*;

async fn server(settings: ServerSettings) -> Server {
    let service = hyper::service::service_fn(async |_: Request<Incoming>| {
        Ok::<_, Infallible>(Response::new(Answer::new("yes")))
    });
    let listener = Listener::bind(SocketAddr::from(([127, 0, 0, 1], 0)))
        .await
        .unwrap();
    listener.serve("test", settings, None, service)
}

/// A connection on which one request was answered.
async fn spoken(server: &Server) -> TcpStream {
    next(TcpStream::connect(server.address()).await.unwrap()).await
}

/// The connection after one more request.
async fn next(mut tcp: TcpStream) -> TcpStream {
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
async fn a_connection_between_requests_stays_as_long_as_it_was_promised() {
    let server = server(ServerSettings::default()).await;
    let started = tokio::time::Instant::now();
    assert!(is_closed(spoken(&server).await).await);
    assert!(started.elapsed() >= Duration::from_mins(1));
    assert!(started.elapsed() < LONG);
}

#[tokio::test(start_paused = true)]
async fn a_head_arrives_within_its_time_or_never() {
    let settings = || ServerSettings {
        idle_timeout: None,
        ..ServerSettings::default()
    };
    let server = server(settings()).await;
    // The first head of a connection, and a later one after a long rest.
    let fresh = TcpStream::connect(server.address()).await.unwrap();
    let rested = spoken(&server).await;
    tokio::time::advance(Duration::from_mins(10)).await;
    let rested = next(rested).await;
    for mut tcp in [fresh, rested] {
        let started = tokio::time::Instant::now();
        let head = b"GET / HTTP/1.1\r\nhost: example.com\r\nx-slow: ";
        if tcp.write_all(head).await.is_ok() {
            let mut more = Vec::new();
            // Whatever is answered, the connection ends.
            drop(tcp.read_to_end(&mut more).await);
        }
        assert!(started.elapsed() <= HANDSHAKE_TIMEOUT * 2);
    }
}

#[tokio::test]
async fn half_heads_keep_nobody_out() {
    let settings = ServerSettings {
        max_connections: 3,
        ..ServerSettings::default()
    };
    let server = server(settings).await;
    let mut halves = Vec::new();
    for _ in 0..3 {
        let mut tcp = TcpStream::connect(server.address()).await.unwrap();
        tcp.write_all(b"POST /v1/traces HTTP/1.1\r\nhost: x\r\nx-half:")
            .await
            .unwrap();
        halves.push(tcp);
    }
    // More than there are places: those that rest make room as well.
    for _ in 0..5 {
        spoken(&server).await;
    }
    let mut gone = halves.remove(0);
    assert!(matches!(gone.read(&mut [0; 8]).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn requests_in_hand_are_not_cut_off_for_others() {
    let (begun, mut waiting) = watch::channel(false);
    let (begun, release) = (Arc::new(begun), Arc::new(tokio::sync::Notify::new()));
    let gate = Arc::clone(&release);
    let service = hyper::service::service_fn(move |_: Request<Incoming>| {
        let (begun, gate) = (Arc::clone(&begun), Arc::clone(&gate));
        async move {
            begun.send_replace(true);
            gate.notified().await;
            Ok::<_, Infallible>(Response::new(Answer::new("yes")))
        }
    });
    let settings = ServerSettings {
        max_connections: 1,
        ..ServerSettings::default()
    };
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = Listener::bind(address).await.unwrap();
    let server = listener.serve("test", settings, None, service);
    let mut first = TcpStream::connect(server.address()).await.unwrap();
    first
        .write_all(b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    waiting.wait_for(|begun| *begun).await.unwrap();
    let second = TcpStream::connect(server.address()).await.unwrap();
    assert!(is_closed(second).await);
    release.notify_one();
    let mut answer = Vec::new();
    first.read_to_end(&mut answer).await.unwrap();
    assert!(answer.ends_with(b"yes"));
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
