//! The HTTP server under every listener: accept, TLS, HTTP/1.1 and HTTP/2, limits per connection, graceful stop.
//!
//! ```text
//! Listener::bind ──serve(settings, service)──> Server ──stop(deadline)──> closed
//!      one task accepts; one task per connection; hyper runs one task per HTTP/2 request
//! ```
//!
//! What a slow or silent peer can hold on to is bounded: a connection that does not speak within
//! [`ServerSettings::handshake_timeout`] is closed, an HTTP/1 head must arrive within the same time from its first byte,
//! and a connection on which nothing moves for [`ServerSettings::idle_timeout`] is asked to leave. When all places are
//! taken, a connection that serves no request makes room for the next one. Bodies are the service's to limit.

use std::convert::Infallible;
use std::error::Error;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::watch;

use crate::tls::TlsServer;

mod activity;
mod answer;
mod connection;
mod head_timer;
mod places;

pub use answer::Answer;
use places::Places;

/// Connections that a listener holds at once by default; each may hold up to [`CONNECTION_WINDOW_BYTES`] unread.
pub const MAX_CONNECTIONS: usize = 1_024;
/// Time for the TLS handshake, for the first bytes, and for the head of an HTTP/1 request: several round trips over a
/// satellite. Upstream gives a head 20 s.
pub const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(5);
/// Credit of one HTTP/2 request body. The protocol's 64 KiB would cost a round trip per 100 spans; more than a few frames
/// gains nothing, and what a flood of refused requests may occupy grows with it.
pub const STREAM_WINDOW_BYTES: u32 = 1 << 20;
/// Credit of all request bodies of one HTTP/2 connection together.
pub const CONNECTION_WINDOW_BYTES: u32 = 1 << 20;
/// Largest HTTP/2 frame that is accepted. At the protocol's 16 KiB the transport costs a third more; each connection keeps
/// a buffer of this size.
pub const MAX_FRAME_BYTES: u32 = 1 << 20;
/// What an HTTP/1 connection reads ahead. The library's 400 KiB would be most of the memory of an overload.
pub const READ_AHEAD_BYTES: usize = 64 << 10;
/// Requests under way at once on one HTTP/2 connection.
pub const MAX_CONCURRENT_STREAMS: u32 = 256;
/// Pings to a silent HTTP/2 peer start after this time. Upstream waits two hours; a dead peer holds a place until then.
pub const KEEPALIVE_TIME: Duration = Duration::from_mins(1);
/// A ping that is not answered within this time closes the connection.
pub const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
/// Connections that wait to be accepted. With the usual 128, clients that all come back at once after a restart wait for a
/// second or more until the kernel lets them try again.
const BACKLOG: u32 = 4_096;
/// Pause after a failed accept (no file handles left), so that the loop does not spin.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Limits of a listener's connections.
#[derive(Clone, Debug)]
pub struct ServerSettings {
    /// Connections held at once. One more takes the place of one that serves no request; when all do, it is closed at
    /// once, without an answer.
    pub max_connections: usize,
    /// See [`HANDSHAKE_TIMEOUT`].
    pub handshake_timeout: Duration,
    /// A connection on which no byte moves for this long is closed; noticed within twice the time. `None`: never.
    pub idle_timeout: Option<Duration>,
    /// A connection older than this is asked to leave, so that clients spread anew. `None`: never.
    pub max_age: Option<Duration>,
    /// What is left to an aged or idle connection before it is cut off.
    pub grace: Duration,
    /// See [`MAX_CONCURRENT_STREAMS`].
    pub max_concurrent_streams: u32,
    /// Ping a silent HTTP/2 peer after this time.
    pub keepalive_time: Duration,
    /// Close when the ping is not answered within this time.
    pub keepalive_timeout: Duration,
}

impl Default for ServerSettings {
    fn default() -> Self {
        Self {
            max_connections: MAX_CONNECTIONS,
            handshake_timeout: HANDSHAKE_TIMEOUT,
            idle_timeout: Some(Duration::from_mins(1)),
            max_age: None,
            grace: Duration::from_secs(30),
            max_concurrent_streams: MAX_CONCURRENT_STREAMS,
            keepalive_time: KEEPALIVE_TIME,
            keepalive_timeout: KEEPALIVE_TIMEOUT,
        }
    }
}

/// Who sent a request; in its extensions.
#[derive(Clone, Copy, Debug)]
pub struct Peer(pub SocketAddr);

/// A bound socket that accepts nothing yet.
#[derive(Debug)]
pub struct Listener {
    tcp: TcpListener,
    address: SocketAddr,
}

/// The socket could not be bound.
#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {endpoint}")]
pub struct BindError {
    /// The address that was asked for.
    pub endpoint: SocketAddr,
    /// The system's words: address in use, not available, not permitted.
    pub source: io::Error,
}

impl Listener {
    /// Binds a socket. Port 0 takes a free one.
    ///
    /// # Errors
    /// The address is in use, not on this machine, or not permitted.
    #[expect(
        clippy::unused_async,
        reason = "awaited only inside a runtime, which the socket needs"
    )]
    pub async fn bind(endpoint: SocketAddr) -> Result<Self, BindError> {
        let failed = |source| BindError { endpoint, source };
        let tcp = listen(endpoint).map_err(failed)?;
        let address = tcp.local_addr().map_err(failed)?;
        Ok(Self { tcp, address })
    }

    /// The bound address, with the real port.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Starts to accept connections. `name` is the component's in events. Must run inside a Tokio runtime.
    pub fn serve<S, B>(
        self,
        name: &str,
        settings: ServerSettings,
        tls: Option<TlsServer>,
        service: S,
    ) -> Server
    where
        S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
            + Clone
            + Send
            + 'static,
        S::Future: Send,
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<Box<dyn Error + Send + Sync>>,
    {
        let (phase, watch) = watch::channel(Phase::Open);
        let shared = Arc::new(Shared {
            name: name.to_owned(),
            places: Places::new(settings.max_connections),
            settings,
            tls,
        });
        let address = self.address;
        tokio::spawn(accept(self.tcp, shared, service, watch));
        Server { phase, address }
    }
}

fn listen(endpoint: SocketAddr) -> io::Result<TcpListener> {
    let socket = if endpoint.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    // A restart must not wait for connections of the last run to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(endpoint)?;
    socket.listen(BACKLOG)
}

/// How far a stop has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Accepts connections and requests.
    Open,
    /// No new connection, no new request; those in hand end.
    Draining,
    /// Whatever is left is cut off.
    Closed,
}

/// What the tasks of one server share.
#[derive(Debug)]
struct Shared {
    name: String,
    settings: ServerSettings,
    tls: Option<TlsServer>,
    places: Arc<Places>,
}

/// A running server. Dropping it stops it without waiting.
#[derive(Debug)]
pub struct Server {
    phase: watch::Sender<Phase>,
    address: SocketAddr,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, lets requests in hand end until the deadline, then cuts off the rest. `true` when nothing had to
    /// be cut off.
    pub async fn stop(self, deadline: Duration) -> bool {
        self.phase.send_replace(Phase::Draining);
        // Every task holds a receiver; the channel closes when the last one has ended.
        let drained = tokio::time::timeout(deadline, self.phase.closed())
            .await
            .is_ok();
        self.phase.send_replace(Phase::Closed);
        self.phase.closed().await;
        drained
    }
}

async fn accept<S, B>(
    listener: TcpListener,
    shared: Arc<Shared>,
    service: S,
    mut phase: watch::Receiver<Phase>,
) where
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible>
        + Clone
        + Send
        + 'static,
    S::Future: Send,
    B: Body<Data = Bytes> + Send + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    loop {
        let accepted = tokio::select! {
            biased;
            _ = phase.wait_for(|phase| *phase != Phase::Open) => break,
            accepted = listener.accept() => accepted,
        };
        let (tcp, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(component = %shared.name, "cannot accept a connection: {error}");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let Some(place) = shared.places.take() else {
            tracing::debug!(component = %shared.name, "connection refused: max_connections reached");
            continue;
        };
        let connection = connection::serve(
            tcp,
            Peer(peer),
            Arc::new(place),
            Arc::clone(&shared),
            service.clone(),
            phase.clone(),
        );
        tokio::spawn(connection);
    }
    // Before `phase`, by which `Server::stop` knows that the address is free for the next one.
    drop(listener);
}

#[cfg(test)]
mod tests;
