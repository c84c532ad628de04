//! Small pages over HTTP: scrape endpoints, health, status. Read-only, bounded, never in the data path.

use std::convert::Infallible;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
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

use crate::component::{BoxFuture, Running, StartError};
use crate::http::{Listener, Peer, Server, ServerSettings};

/// Connections held at once.
const CONNECTIONS_MAX: usize = 64;

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
pub struct PageRequest<'r> {
    /// The path, without the query.
    pub path: &'r str,
    /// The `Accept` header, empty without one.
    pub accept: &'r str,
    /// Who asks: the client's address and what it calls itself.
    pub client: &'r str,
}

/// Makes the page for a path; `None` is "not found".
pub type Pages = Arc<dyn Fn(PageRequest<'_>) -> Option<Page> + Send + Sync>;

/// A server of pages that listens.
#[derive(Debug)]
pub struct PageServer {
    /// Where it listens.
    pub address: SocketAddr,
    server: Server,
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
    let listener = Listener::bind(address).await.map_err(|error| StartError {
        component: component.to_owned(),
        reason: secspan_transport::error_chain(&error),
    })?;
    let service = service_fn(move |request| {
        let response = respond(&request, &pages);
        async move { Ok::<_, Infallible>(response) }
    });
    let address = listener.address();
    let settings = ServerSettings {
        max_connections: CONNECTIONS_MAX,
        ..ServerSettings::default()
    };
    let server = listener.serve(component, settings, None, service);
    Ok(PageServer { address, server })
}

impl Running for PageServer {
    fn stop(self: Box<Self>, deadline: Duration) -> BoxFuture<'static, ()> {
        // Pages that are still being sent at the deadline are cut off.
        Box::pin(async move {
            self.server.stop(deadline).await;
        })
    }
}

fn respond(request: &Request<Incoming>, pages: &Pages) -> Response<Full<Bytes>> {
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
    let peer = request.extensions().get::<Peer>();
    let address = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0.ip());
    let client = format!("{address} {}", header(USER_AGENT));
    let asked = PageRequest {
        path: request.uri().path(),
        accept: header(ACCEPT),
        client: &client,
    };
    let encodings = request.headers().get_all(ACCEPT_ENCODING);
    let gzip = takes_gzip(encodings.iter().filter_map(|value| value.to_str().ok()));
    let page = pages(asked)
        .unwrap_or_else(|| Page::text(StatusCode::NOT_FOUND, format!("no page {}\n", asked.path)));
    response(page, gzip)
}

/// Whether a client takes gzip, by RFC 9110: a weight of 0 refuses, a coding by its name counts before `*`.
fn takes_gzip<'h>(headers: impl Iterator<Item = &'h str>) -> bool {
    let mut any = false;
    let mut named = None;
    for part in headers.flat_map(|header| header.split(',')) {
        let mut parameters = part.split(';').map(str::trim);
        let coding = parameters.next().unwrap_or_default().to_ascii_lowercase();
        let weight = parameters.find_map(|own| {
            let (name, weight) = own.split_once('=')?;
            name.trim().eq_ignore_ascii_case("q").then(|| weight.trim())
        });
        let wanted =
            weight.is_none_or(|weight| weight.parse().is_ok_and(|weight: f32| weight > 0.0));
        match coding.as_str() {
            "gzip" | "x-gzip" => named = Some(named.unwrap_or(false) || wanted),
            "*" => any = wanted,
            _ => {}
        }
    }
    named.unwrap_or(any)
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

#[cfg(test)]
mod tests;
