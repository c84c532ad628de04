//! The requests of `object_store` over the collector's own connections: the same TLS, the same options.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http_body_util::BodyExt as _;
use hyper_util::client::legacy::{Client, Error};
use hyper_util::rt::{TokioExecutor, TokioIo};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpRequestBody,
    HttpResponse, HttpResponseBody, HttpService,
};
use secspan_transport::{Connector, Target};

use crate::tls::{ClientTls, Stream, TlsClient};

/// Connects to wherever a request goes: the bucket, and where credentials come from.
#[derive(Clone, Debug)]
pub(super) struct Connections {
    tls: Arc<ClientTls>,
}

impl Connections {
    pub(super) fn new(tls: ClientTls) -> Self {
        Self { tls: Arc::new(tls) }
    }

    fn target(&self, uri: &http::Uri) -> io::Result<Target> {
        let host = uri.host().unwrap_or_default();
        let host = host
            .trim_start_matches('[')
            .trim_end_matches(']')
            .to_owned();
        let secured = uri.scheme_str() == Some("https");
        let tls = secured
            .then(|| TlsClient::new(&self.tls, &host, &[b"http/1.1"]))
            .transpose()
            .map_err(io::Error::other)?;
        let port = uri.port_u16().unwrap_or(if secured { 443 } else { 80 });
        Ok(Target { host, port, tls })
    }
}

impl tower_service::Service<http::Uri> for Connections {
    type Response = TokioIo<Stream>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: http::Uri) -> Self::Future {
        let target = self.target(&uri);
        Box::pin(async move { Connector::new(target?).call(uri).await })
    }
}

impl HttpConnector for Connections {
    fn connect(&self, _: &ClientOptions) -> object_store::Result<HttpClient> {
        let client = Client::builder(TokioExecutor::new()).build(self.clone());
        Ok(HttpClient::new(Service(client)))
    }
}

#[derive(Debug)]
struct Service(Client<Connections, HttpRequestBody>);

#[async_trait::async_trait]
impl HttpService for Service {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.request(request).await.map_err(failed)?;
        let broken = |error| HttpError::new(HttpErrorKind::Interrupted, error);
        Ok(response.map(|body| HttpResponseBody::new(body.map_err(broken))))
    }
}

fn failed(error: Error) -> HttpError {
    let kind = if error.is_connect() {
        HttpErrorKind::Connect
    } else {
        HttpErrorKind::Request
    };
    HttpError::new(kind, error)
}
