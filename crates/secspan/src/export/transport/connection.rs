//! One connection to the destination, opened when needed and replaced when it breaks.

use std::io;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

use super::tls::ClientTls;
use crate::env::settings::{Endpoint, Protocol};

/// The sending half; the other half runs as a task until the connection closes.
pub(super) enum Connection {
    #[cfg(feature = "grpc")]
    Http2(hyper::client::conn::http2::SendRequest<Full<Bytes>>),
    #[cfg(feature = "http")]
    Http1(hyper::client::conn::http1::SendRequest<Full<Bytes>>),
}

impl Connection {
    pub(super) async fn open(
        protocol: Protocol,
        endpoint: &Endpoint,
        tls: &ClientTls,
    ) -> io::Result<Self> {
        let tcp = TcpStream::connect((endpoint.host_without_brackets(), endpoint.port)).await?;
        tcp.set_nodelay(true)?;
        if endpoint.tls {
            let stream = tls.connect(endpoint.host_without_brackets(), tcp).await?;
            Self::handshake(protocol, stream).await
        } else {
            Self::handshake(protocol, tcp).await
        }
    }

    async fn handshake<T>(protocol: Protocol, stream: T) -> io::Result<Self>
    where
        T: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let io = TokioIo::new(stream);
        match protocol {
            #[cfg(feature = "grpc")]
            Protocol::Grpc => {
                let executor = hyper_util::rt::TokioExecutor::new();
                let (sender, connection) = hyper::client::conn::http2::handshake(executor, io)
                    .await
                    .map_err(io::Error::other)?;
                tokio::spawn(async move { drop(connection.await) });
                Ok(Self::Http2(sender))
            }
            #[cfg(feature = "http")]
            Protocol::HttpProtobuf => {
                let (sender, connection) = hyper::client::conn::http1::handshake(io)
                    .await
                    .map_err(io::Error::other)?;
                tokio::spawn(async move { drop(connection.await) });
                Ok(Self::Http1(sender))
            }
            #[cfg(not(all(feature = "grpc", feature = "http")))]
            _ => {
                drop(io);
                Err(io::Error::other("protocol not built in"))
            }
        }
    }

    pub(super) fn is_usable(&self) -> bool {
        match self {
            #[cfg(feature = "grpc")]
            Self::Http2(sender) => !sender.is_closed(),
            #[cfg(feature = "http")]
            Self::Http1(sender) => !sender.is_closed(),
        }
    }

    pub(super) async fn send(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> io::Result<Response<Incoming>> {
        match self {
            #[cfg(feature = "grpc")]
            Self::Http2(sender) => {
                sender.ready().await.map_err(io::Error::other)?;
                sender.send_request(request).await.map_err(io::Error::other)
            }
            #[cfg(feature = "http")]
            Self::Http1(sender) => {
                sender.ready().await.map_err(io::Error::other)?;
                // HTTP/1.1 names the path; the host stands in its header.
                let mut request = request;
                let path = request.uri().path_and_query().map(ToString::to_string);
                *request.uri_mut() = path
                    .unwrap_or_else(|| "/".to_owned())
                    .parse()
                    .map_err(io::Error::other)?;
                sender.send_request(request).await.map_err(io::Error::other)
            }
        }
    }
}
