//! One connection from accept to close.

use std::convert::Infallible;
use std::error::Error;
use std::future::pending;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::GracefulConnection;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::activity::{Activity, Counted};
use super::head_timer::HeadTimer;
use super::places::Place;
use super::{
    CONNECTION_WINDOW_BYTES, MAX_FRAME_BYTES, Peer, Phase, READ_AHEAD_BYTES, STREAM_WINDOW_BYTES,
    Shared,
};
use crate::tls::Stream;

/// Bytes that any peer has sent once it speaks: the HTTP/2 preface is this long, and the first flight of a TLS client or
/// an HTTP/1 head with a host is longer.
const FIRST_BYTES: u64 = 24;

/// Serves one connection until it ends or has to.
pub(super) async fn serve<S, B>(
    tcp: TcpStream,
    peer: Peer,
    place: Arc<Place>,
    shared: Arc<Shared>,
    service: S,
    mut phase: watch::Receiver<Phase>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let stream = tokio::select! {
        biased;
        _ = phase.wait_for(|phase| *phase != Phase::Open) => return,
        () = place.lost() => return,
        stream = open(tcp, &shared) => stream,
    };
    let Some(stream) = stream else { return };
    let activity = Activity::default();
    let io = TokioIo::new(Counted::new(stream, activity.clone()));
    let builder = builder(&shared, &activity);
    let of_request = Arc::clone(&place);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let in_hand = of_request.request();
        request.extensions_mut().insert(peer);
        let answer = service.call(request);
        async move {
            let answer = answer.await;
            drop(in_hand);
            answer
        }
    });
    let connection = pin!(builder.serve_connection(io, service));
    drive(connection, &shared, &activity, &place, phase).await;
}

/// Prepares the socket and shakes hands.
async fn open(tcp: TcpStream, shared: &Shared) -> Option<Stream> {
    // Without it, answers wait for the peer's delayed acknowledgement: 40 ms each.
    if tcp.set_nodelay(true).is_err() {
        return None;
    }
    let Some(tls) = &shared.tls else {
        return Some(Stream::Plain(tcp));
    };
    let (acceptor, problem) = tls.acceptor(crate::clock::instant());
    if let Some(problem) = problem {
        let message = format!(
            "still using the old certificate: {}",
            secspan_transport::error_chain(&problem)
        );
        tracing::error!(component = %shared.name, "{message}");
    }
    match timeout(shared.settings.handshake_timeout, acceptor.accept(tcp)).await {
        Ok(Ok(stream)) => Some(Stream::Tls(Box::new(stream.into()))),
        Ok(Err(error)) => {
            tracing::debug!(component = %shared.name, "TLS handshake failed: {error}");
            None
        }
        Err(_elapsed) => None,
    }
}

fn builder(shared: &Shared, activity: &Activity) -> auto::Builder<TokioExecutor> {
    let settings = &shared.settings;
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(HeadTimer::new(activity.clone(), settings.handshake_timeout))
        .max_buf_size(READ_AHEAD_BYTES)
        .header_read_timeout(settings.handshake_timeout);
    builder
        .http2()
        .timer(TokioTimer::new())
        .initial_stream_window_size(STREAM_WINDOW_BYTES)
        .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
        .max_frame_size(MAX_FRAME_BYTES)
        .max_concurrent_streams(settings.max_concurrent_streams)
        .keep_alive_interval(settings.keepalive_time)
        .keep_alive_timeout(settings.keepalive_timeout);
    builder
}

/// Polls the connection and watches what happens on it.
async fn drive<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    shared: &Shared,
    activity: &Activity,
    place: &Place,
    mut phase: watch::Receiver<Phase>,
) {
    let mut closed = phase.clone();
    let settings = &shared.settings;
    let mut leaving = false;
    let mut expiry = pin!(expiry(
        settings.handshake_timeout,
        settings.idle_timeout,
        activity
    ));
    let mut age = pin!(after(settings.max_age));
    let mut grace = pin!(after(None));
    loop {
        tokio::select! {
            // First, so that the peer of a connection that is cut off hears of it.
            biased;
            _ = connection.as_mut() => return,
            _ = phase.wait_for(|phase| *phase != Phase::Open), if !leaving => {}
            // A closed channel means that the server was dropped.
            _ = closed.wait_for(|phase| *phase == Phase::Closed), if leaving => return,
            silent = expiry.as_mut(), if !leaving => match silent {
                Silent::Mute => return,
                Silent::Idle => grace.set(after(Some(settings.grace))),
            },
            () = place.lost(), if !leaving => grace.set(after(Some(if place.rests() {
                Duration::ZERO
            } else {
                settings.grace
            }))),
            () = age.as_mut(), if !leaving => grace.set(after(Some(settings.grace))),
            () = grace.as_mut(), if leaving => return,
        }
        if !leaving {
            leaving = true;
            connection.as_mut().graceful_shutdown();
        }
    }
}

async fn after(time: Option<Duration>) {
    match time {
        Some(time) => sleep(time).await,
        None => pending().await,
    }
}

/// How a connection is silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Silent {
    /// It never spoke.
    Mute,
    /// It has stopped speaking.
    Idle,
}

/// Ends when nothing, or nothing more, comes.
async fn expiry(first: Duration, idle: Option<Duration>, activity: &Activity) -> Silent {
    sleep(first).await;
    if activity.bytes() < FIRST_BYTES {
        return Silent::Mute;
    }
    let Some(idle) = idle else {
        return pending().await;
    };
    loop {
        let before = activity.bytes();
        sleep(idle).await;
        if activity.bytes() == before {
            return Silent::Idle;
        }
    }
}
