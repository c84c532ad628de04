//! Small pages over HTTP/1.1: scrape endpoints, health, status. Read-only, bounded, never in the data path.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{
    ACCEPT, ACCEPT_ENCODING, ALLOW, CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, USER_AGENT, VARY,
};
use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;

use crate::component::{BoxFuture, Running, StartError};

/// Connections served at once; a scraper that opens more waits.
const CONNECTIONS_MAX: usize = 64;

/// A client that has not sent its request head by then is gone.
const HEAD_TIMEOUT: Duration = Duration::from_secs(10);

/// Bodies below this size are not worth compressing.
const COMPRESS_FROM_BYTES: usize = 1_024;

/// One page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The status.
    pub status: StatusCode,
    /// The content type.
    pub content_type: &'static str,
    /// The body.
    pub body: Bytes,
}

impl Page {
    /// A text page.
    pub fn text(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            content_type: "text/plain; charset=utf-8",
            body: body.into(),
        }
    }

    /// A JSON page.
    pub fn json(status: StatusCode, value: &serde_json::Value) -> Self {
        Self {
            status,
            content_type: "application/json",
            body: value.to_string().into(),
        }
    }
}

/// What a page may depend on.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'r> {
    /// The path, without the query.
    pub path: &'r str,
    /// The `Accept` header, empty without one.
    pub accept: &'r str,
    /// Who asks: the client's address and what it calls itself.
    pub client: &'r str,
}

/// Makes the page for a path; `None` is "not found".
pub type Pages = Arc<dyn Fn(Asked<'_>) -> Option<Page> + Send + Sync>;

/// A server of pages that listens.
#[derive(Debug)]
pub struct PageServer {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

/// Listens on `address` and serves pages until stopped.
///
/// # Errors
/// When the address cannot be bound; the error names the component and the address.
pub async fn serve(
    component: &str,
    address: SocketAddr,
    pages: Pages,
) -> Result<PageServer, StartError> {
    let bound = match TcpListener::bind(address).await {
        Ok(listener) => listener.local_addr().map(|address| (listener, address)),
        Err(error) => Err(error),
    };
    let (listener, address) = bound.map_err(|error| StartError {
        component: component.to_owned(),
        reason: format!("cannot listen on {address}: {error}"),
    })?;
    let (stop, stopped) = watch::channel(false);
    let task = tokio::spawn(accept(listener, pages, stopped));
    Ok(PageServer {
        address,
        stop,
        task,
    })
}

impl Running for PageServer {
    fn stop(self: Box<Self>, deadline: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            self.stop.send_replace(true);
            // Pages that are still being sent at the deadline are cut off.
            drop(tokio::time::timeout(deadline, self.task).await);
        })
    }
}

async fn accept(listener: TcpListener, pages: Pages, mut stopped: watch::Receiver<bool>) {
    let slots = Arc::new(Semaphore::new(CONNECTIONS_MAX));
    loop {
        let Ok(slot) = Arc::clone(&slots).acquire_owned().await else {
            return;
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopped.changed() => return,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of descriptors, most likely: give others time to close some.
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let (pages, mut stopped) = (Arc::clone(&pages), stopped.clone());
        tokio::spawn(async move {
            let service = service_fn(|request| {
                let response = respond(&request, peer, &pages);
                async move { Ok::<_, Infallible>(response) }
            });
            let mut server = hyper::server::conn::http1::Builder::new();
            server
                .timer(TokioTimer::new())
                .header_read_timeout(HEAD_TIMEOUT);
            let mut connection =
                std::pin::pin!(server.serve_connection(TokioIo::new(stream), service));
            tokio::select! {
                // A client that breaks off is not our fault.
                ended = connection.as_mut() => drop(ended),
                _ = stopped.changed() => {
                    connection.as_mut().graceful_shutdown();
                    drop(connection.await);
                }
            }
            drop(slot);
        });
    }
}

fn respond(request: &Request<Incoming>, peer: SocketAddr, pages: &Pages) -> Response<Full<Bytes>> {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let page = Page::text(
            StatusCode::METHOD_NOT_ALLOWED,
            "only GET and HEAD are allowed\n",
        );
        let mut response = response(page, false);
        response
            .headers_mut()
            .insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        return response;
    }
    let header = |name| {
        request
            .headers()
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
            .unwrap_or("")
    };
    let client = format!("{} {}", peer.ip(), header(USER_AGENT));
    let asked = Asked {
        path: request.uri().path(),
        accept: header(ACCEPT),
        client: &client,
    };
    let gzip = header(ACCEPT_ENCODING)
        .split(',')
        .any(|part| part.trim().starts_with("gzip"));
    let page = pages(asked)
        .unwrap_or_else(|| Page::text(StatusCode::NOT_FOUND, format!("no page {}\n", asked.path)));
    response(page, gzip)
}

fn response(page: Page, gzip: bool) -> Response<Full<Bytes>> {
    let compressed = if gzip && page.body.len() >= COMPRESS_FROM_BYTES {
        compress(&page.body)
    } else {
        None
    };
    let encoded = compressed.is_some();
    let mut response = Response::new(Full::new(compressed.unwrap_or(page.body)));
    *response.status_mut() = page.status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(page.content_type));
    headers.insert(VARY, HeaderValue::from_static("accept, accept-encoding"));
    if encoded {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn compress(body: &[u8]) -> Option<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}
