//! A bare HTTP client: sends what a test wants, well-formed or not, and shows all of the answer.

use std::net::SocketAddr;

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy;
use hyper_util::rt::TokioExecutor;
use secspan_transport::{Connector, Target};

use crate::tls::TlsClient;

/// How a client speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/2 from the first byte, as gRPC needs.
    Http2,
    /// HTTP/1.1, or HTTP/2 where TLS negotiates it.
    Any,
}

/// A complete answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) trailers: Option<HeaderMap>,
}

/// A client of one server.
#[derive(Debug)]
pub(super) struct Client(legacy::Client<Connector, Full<Bytes>>);

impl Client {
    pub(super) fn new(address: SocketAddr, protocol: Protocol, tls: Option<TlsClient>) -> Self {
        let connector = Connector::new(Target {
            host: address.ip().to_string(),
            port: address.port(),
            tls,
        });
        let mut builder = legacy::Client::builder(TokioExecutor::new());
        builder.http2_only(protocol == Protocol::Http2);
        Self(builder.build(connector))
    }

    pub(super) async fn send(&self, request: Request<Bytes>) -> Result<Reply, String> {
        let response = self.0.request(request.map(Full::new)).await;
        let (head, body) = response.map_err(|error| error.to_string())?.into_parts();
        let body = body.collect().await.map_err(|error| error.to_string())?;
        let trailers = body.trailers().cloned();
        Ok(Reply {
            status: head.status,
            headers: head.headers,
            body: body.to_bytes(),
            trailers,
        })
    }
}

/// Two pieces of a body as one.
pub(super) fn joined(first: &[u8], second: &[u8]) -> Bytes {
    [first, second].concat().into()
}
