//! A test kit: an OTLP receiver in the process, with assertions that wait and faults on demand.
//!
//! ```
//! # #[derive(Debug)] struct Unused;
//! use secspan::testing::Sink;
//! use tracing_subscriber::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let sink = Sink::start()?;
//! let (layer, guard) = secspan::configure().endpoint(sink.endpoint()).layer()?;
//! tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
//!     tracing::info_span!("triage").in_scope(|| secspan::enrichment::ticket("OPS-1"));
//! });
//! guard.shutdown()?;
//! let spans = sink.spans_named("triage").wait_count(1)?;
//! assert_eq!(spans[0].text("secops.ticket.id"), Some("OPS-1"));
//! # Ok(())
//! # }
//! ```
//!
//! The sink listens on a free port of the loopback interface, speaks gRPC and HTTP/protobuf on it,
//! and runs on its own thread: it works beside any runtime and without one.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio::sync::{Notify, oneshot};

use crate::clock;

pub use self::span::{SinkEvent, SinkSpan, SinkValue};

mod server;
mod span;

/// How long an assertion waits before it fails.
const PATIENCE: Duration = Duration::from_secs(30);

/// How the sink answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes everything.
    Accept,
    /// Takes everything, after a while.
    Slow(Duration),
    /// Takes nothing and answers that it is unavailable, with advice when to retry.
    Unavailable {
        /// What it advises.
        retry_after: Option<Duration>,
    },
    /// Takes nothing, for ever: the request is called invalid.
    Invalid,
    /// Takes the request but rejects this many of its spans (`partial_success`).
    Reject(u64),
    /// Accepts the request and never answers.
    Hang,
}

/// An OTLP receiver for tests.
#[derive(Debug)]
pub struct Sink {
    shared: Arc<Shared>,
    control: UnboundedSender<Control>,
    address: SocketAddr,
    tls: bool,
    thread: Option<JoinHandle<()>>,
}

#[derive(Debug)]
enum Control {
    /// Close the port and every connection.
    Down(oneshot::Sender<()>),
    /// Listen again on the same port.
    Up(oneshot::Sender<io::Result<()>>),
    Quit,
}

#[derive(Debug)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    changed_async: Notify,
}

#[derive(Debug)]
struct State {
    behaviour: Behaviour,
    spans: Vec<SinkSpan>,
    requests: u64,
    last_headers: http::HeaderMap,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self) {
        self.changed.notify_all();
        self.changed_async.notify_waiters();
    }
}

/// The spans waited for did not come.
#[derive(Debug, thiserror::Error)]
#[error("waited {} s for {wanted} spans named {name:?}, have {have}; all names: {all}", PATIENCE.as_secs())]
pub struct SinkTimeout {
    wanted: usize,
    have: usize,
    name: String,
    all: String,
}

impl Sink {
    /// Starts a sink on a free port.
    ///
    /// # Errors
    /// When no port, thread or runtime can be had.
    pub fn start() -> io::Result<Self> {
        Self::begin(server::Acceptor::Plain)
    }

    /// Starts a sink that speaks TLS.
    ///
    /// # Errors
    /// When no port, thread or runtime can be had.
    #[cfg(feature = "tls")]
    pub fn start_tls(mut config: rustls::ServerConfig) -> io::Result<Self> {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        Self::begin(server::Acceptor::Tls(acceptor))
    }

    fn begin(acceptor: server::Acceptor) -> io::Result<Self> {
        let state = State {
            behaviour: Behaviour::Accept,
            spans: Vec::new(),
            requests: 0,
            last_headers: http::HeaderMap::new(),
        };
        let shared = Arc::new(Shared {
            state: Mutex::new(state),
            changed: Condvar::new(),
            changed_async: Notify::new(),
        });
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let (control, inbox) = unbounded_channel();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let tls = acceptor.is_tls();
        let worker = server::Server::new(Arc::clone(&shared), acceptor);
        let thread = std::thread::Builder::new()
            .name("secspan-sink".to_owned())
            .spawn(move || runtime.block_on(worker.run(listener, inbox)))?;
        Ok(Self {
            shared,
            control,
            address,
            tls,
            thread: Some(thread),
        })
    }

    /// What to configure as endpoint.
    pub fn endpoint(&self) -> String {
        let scheme = if self.tls { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// The port it listens on, for clients that want a name instead of an address.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Changes how requests are answered from now on.
    pub fn behave(&self, behaviour: Behaviour) {
        self.shared.lock().behaviour = behaviour;
    }

    /// Closes the port and every connection: connecting is refused until [`Sink::come_back`].
    pub fn go_away(&self) {
        let (done, wait) = oneshot::channel();
        if self.control.send(Control::Down(done)).is_ok() {
            wait_for(wait);
        }
    }

    /// Listens on the same port again.
    ///
    /// # Errors
    /// When the port was taken meanwhile.
    pub fn come_back(&self) -> io::Result<()> {
        let (done, wait) = oneshot::channel();
        self.control
            .send(Control::Up(done))
            .map_err(io::Error::other)?;
        wait_for(wait).unwrap_or_else(|| Err(io::Error::other("the sink has ended")))
    }

    /// Every span received, in the order of arrival.
    pub fn spans(&self) -> Vec<SinkSpan> {
        self.shared.lock().spans.clone()
    }

    /// Number of spans received.
    pub fn span_count(&self) -> usize {
        self.shared.lock().spans.len()
    }

    /// Number of requests received, refused ones included.
    pub fn requests(&self) -> u64 {
        self.shared.lock().requests
    }

    /// Headers of the last request.
    pub fn last_headers(&self) -> http::HeaderMap {
        self.shared.lock().last_headers.clone()
    }

    /// Blocks until this many requests have come, answered or not.
    ///
    /// # Errors
    /// When they do not come.
    pub fn wait_requests(&self, count: u64) -> Result<(), SinkTimeout> {
        self.wait(|state| state.requests >= count).map_err(|state| {
            let have = usize::try_from(state.requests).unwrap_or(usize::MAX);
            let wanted = usize::try_from(count).unwrap_or(usize::MAX);
            SinkTimeout {
                wanted,
                have,
                name: "(requests)".to_owned(),
                all: String::new(),
            }
        })
    }

    /// The spans of a name.
    pub fn spans_named(&self, name: &str) -> SpanQuery<'_> {
        SpanQuery {
            sink: self,
            name: Some(name.to_owned()),
        }
    }

    /// The spans of every name.
    pub fn all_spans(&self) -> SpanQuery<'_> {
        SpanQuery {
            sink: self,
            name: None,
        }
    }

    fn wait(&self, done: impl Fn(&State) -> bool) -> Result<(), MutexGuard<'_, State>> {
        let deadline = clock::instant() + PATIENCE;
        let mut state = self.shared.lock();
        while !done(&state) {
            let left = deadline.saturating_duration_since(clock::instant());
            if left.is_zero() {
                return Err(state);
            }
            let waited = self.shared.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Ok(())
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        if self.control.send(Control::Quit).is_ok()
            && let Some(thread) = self.thread.take()
        {
            drop(thread.join());
        }
    }
}

/// Blocks a thread that may or may not be inside a runtime.
fn wait_for<T>(wait: oneshot::Receiver<T>) -> Option<T> {
    let mut wait = wait;
    // The sink's thread answers within microseconds; a blocking receive would panic in a runtime.
    loop {
        match wait.try_recv() {
            Ok(value) => return Some(value),
            Err(oneshot::error::TryRecvError::Empty) => std::thread::yield_now(),
            Err(oneshot::error::TryRecvError::Closed) => return None,
        }
    }
}

/// Spans that are looked for.
#[derive(Debug)]
pub struct SpanQuery<'a> {
    sink: &'a Sink,
    name: Option<String>,
}

impl SpanQuery<'_> {
    /// Those that have come so far.
    pub fn now(&self) -> Vec<SinkSpan> {
        self.matching(&self.sink.shared.lock())
    }

    fn matching(&self, state: &State) -> Vec<SinkSpan> {
        let wanted = |span: &&SinkSpan| self.name.as_ref().is_none_or(|name| span.name == *name);
        state.spans.iter().filter(wanted).cloned().collect()
    }

    fn count(&self, state: &State) -> usize {
        let wanted = |span: &&SinkSpan| self.name.as_ref().is_none_or(|name| span.name == *name);
        state.spans.iter().filter(wanted).count()
    }

    /// Blocks until at least this many have come.
    ///
    /// # Errors
    /// When they do not come.
    pub fn wait_count(&self, count: usize) -> Result<Vec<SinkSpan>, SinkTimeout> {
        match self.sink.wait(|state| self.count(state) >= count) {
            Ok(()) => Ok(self.now()),
            Err(state) => Err(self.timeout(count, &state)),
        }
    }

    /// Awaits at least this many.
    ///
    /// # Errors
    /// When they do not come.
    pub async fn await_count(&self, count: usize) -> Result<Vec<SinkSpan>, SinkTimeout> {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let changed = self.sink.shared.changed_async.notified();
            if self.count(&self.sink.shared.lock()) >= count {
                return Ok(self.now());
            }
            if tokio::time::timeout_at(deadline, changed).await.is_err() {
                return Err(self.timeout(count, &self.sink.shared.lock()));
            }
        }
    }

    fn timeout(&self, wanted: usize, state: &State) -> SinkTimeout {
        let mut names: Vec<&str> = state.spans.iter().map(|span| span.name.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        SinkTimeout {
            wanted,
            have: self.count(state),
            name: self.name.clone().unwrap_or_default(),
            all: names.join(", "),
        }
    }
}
