//! Connections to one destination: TCP without delay, TLS where it is asked for, given up after silence.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::answer::SendError;
use crate::stream::Stream;
use crate::tls::TlsClient;

/// Largest answer that is read: an OTLP answer is a few bytes, an error page of a proxy a few thousand.
pub(crate) const ANSWER_MAX_BYTES: usize = 64 << 10;
/// Time to open a connection, within the time of the request that needs it.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Where a client connects to.
#[derive(Clone, Debug)]
pub struct Target {
    /// Host name or address, an IPv6 address without brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    /// TLS, when set.
    pub tls: Option<TlsClient>,
}

impl Target {
    async fn open(self) -> io::Result<Stream> {
        let tcp = TcpStream::connect((self.host.as_str(), self.port)).await?;
        tcp.set_nodelay(true)?;
        match &self.tls {
            None => Ok(Stream::Plain(tcp)),
            Some(tls) => tls.connect(tcp).await,
        }
    }
}

/// Opens connections to the one destination, whatever the request's URI says: no proxy, no redirect.
#[derive(Clone, Debug)]
pub struct Connector {
    target: Target,
}

impl Connector {
    /// A connector for `target`.
    pub fn new(target: Target) -> Self {
        Self { target }
    }
}

/// A connection on its way.
type Connecting<T> = Pin<Box<dyn Future<Output = io::Result<T>> + Send>>;

impl tower_service::Service<http::Uri> for Connector {
    type Response = hyper_util::rt::TokioIo<Stream>;
    type Error = io::Error;
    type Future = Connecting<Self::Response>;

    fn poll_ready(&mut self, _cx: &mut std::task::Context<'_>) -> std::task::Poll<io::Result<()>> {
        std::task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, _uri: http::Uri) -> Self::Future {
        let opening = timeout(CONNECT_TIMEOUT, self.target.clone().open());
        Box::pin(async move {
            let late = || io::Error::new(io::ErrorKind::TimedOut, "no connection in time");
            let opened = opening.await.unwrap_or_else(|_elapsed| Err(late()));
            opened.map(hyper_util::rt::TokioIo::new)
        })
    }
}

impl hyper_util::client::legacy::connect::Connection for Stream {
    fn connected(&self) -> hyper_util::client::legacy::connect::Connected {
        let connected = hyper_util::client::legacy::connect::Connected::new();
        if self.negotiated_http2() {
            connected.negotiated_h2()
        } else {
            connected
        }
    }
}

/// A set of connections, opened when it is needed. After a request got no answer in time a new set takes over: a peer that
/// vanished without a word would otherwise be written to until TCP gives up, minutes later.
#[derive(Debug)]
pub(crate) struct Connections<T> {
    timeout: Duration,
    /// The present set and its number.
    current: Mutex<(u64, Option<T>)>,
}

impl<T: Clone> Connections<T> {
    pub(crate) fn new(timeout: Duration) -> Self {
        let current = Mutex::new((0, None));
        Self { timeout, current }
    }

    /// Runs one exchange within the time for it.
    pub(crate) async fn within<F, A>(
        &self,
        open: impl FnOnce() -> T,
        exchange: impl FnOnce(T) -> F,
    ) -> Result<A, SendError>
    where
        F: Future<Output = Result<A, Broken>>,
    {
        let (number, connections) = self.get(open);
        match timeout(self.timeout, exchange(connections)).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(Broken::Failed(reason))) => Err(SendError::Retry {
                after: None,
                reason,
            }),
            #[cfg(feature = "grpc")]
            Ok(Err(Broken::Silent)) => Err(self.give_up(number)),
            Err(_elapsed) => Err(self.give_up(number)),
        }
    }

    fn get(&self, open: impl FnOnce() -> T) -> (u64, T) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let number = current.0;
        (number, current.1.get_or_insert_with(open).clone())
    }

    /// Leaves a set of connections, unless that was done already.
    fn give_up(&self, number: u64) -> SendError {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.0 == number {
            *current = (number + 1, None);
        }
        SendError::Retry {
            after: None,
            reason: format!("no answer within {:?}", self.timeout),
        }
    }
}

/// Why an exchange ended without an answer.
#[derive(Debug)]
pub(crate) enum Broken {
    /// There was none in time.
    #[cfg(feature = "grpc")]
    Silent,
    /// The connection failed.
    Failed(String),
}
