//! The way to the destination: the client that the collector's exporters use as well.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderValue, header};
use secspan_transport::tls::TlsClient;
use secspan_transport::{Delivered, SendError, Target};

use super::{Answer, Sending, Transport};
use crate::configure::ConfigureError;
use crate::env::settings::{Compression, Protocol, Settings};

/// How to reach the destination.
pub(crate) struct NetworkTransport {
    client: Arc<Client>,
    destination: String,
}

enum Client {
    #[cfg(feature = "grpc")]
    Grpc(Box<secspan_transport::GrpcClient>),
    #[cfg(feature = "http")]
    Http(Box<secspan_transport::HttpClient>),
}

impl NetworkTransport {
    /// A transport for these settings. Connects when the first request comes.
    pub(crate) fn new(mut settings: Settings) -> Result<Self, ConfigureError> {
        let agent = concat!("secspan-rust/", env!("CARGO_PKG_VERSION"));
        let agent = HeaderValue::from_static(agent);
        settings.headers.insert(header::USER_AGENT, agent);
        let scheme = if settings.endpoint.tls {
            "https"
        } else {
            "http"
        };
        let destination = format!("{scheme}://{}", settings.endpoint.authority());
        let endpoint = settings.endpoint.to_string();
        let target = Target {
            host: settings.endpoint.host_without_brackets().to_owned(),
            port: settings.endpoint.port,
            tls: tls(&settings)?,
        };
        let client = match settings.protocol {
            #[cfg(feature = "grpc")]
            Protocol::Grpc => grpc(settings, target).map(Box::new).map(Client::Grpc),
            #[cfg(feature = "http")]
            Protocol::HttpProtobuf => http(settings, target, scheme)
                .map(Box::new)
                .map(Client::Http),
            #[cfg(not(all(feature = "grpc", feature = "http")))]
            // Settings refuse a protocol that is not built in.
            other => return Err(ConfigureError::Tls(format!("{other} is not built in"))),
        };
        let client = client.map_err(|source| ConfigureError::Endpoint { endpoint, source })?;
        Ok(Self {
            client: Arc::new(client),
            destination,
        })
    }
}

#[cfg(feature = "grpc")]
fn grpc(settings: Settings, target: Target) -> Result<secspan_transport::GrpcClient, http::Error> {
    secspan_transport::GrpcClient::new(secspan_transport::GrpcSettings {
        target,
        authority: settings.endpoint.authority(),
        headers: settings.headers,
        compression: compression(settings.compression),
        timeout: settings.timeout,
        keepalive: None,
    })
}

#[cfg(feature = "http")]
fn http(
    mut settings: Settings,
    target: Target,
    scheme: &str,
) -> Result<secspan_transport::HttpClient, http::Error> {
    let uri = http::Uri::builder()
        .scheme(scheme)
        .authority(settings.endpoint.authority())
        .path_and_query(settings.endpoint.path.as_str())
        .build()?;
    let protobuf = HeaderValue::from_static("application/x-protobuf");
    settings.headers.insert(header::CONTENT_TYPE, protobuf);
    Ok(secspan_transport::HttpClient::new(
        secspan_transport::HttpSettings {
            target,
            uri,
            headers: settings.headers,
            compression: compression(settings.compression),
            timeout: settings.timeout,
        },
    ))
}

fn compression(asked: Compression) -> secspan_transport::Compression {
    match asked {
        #[cfg(feature = "gzip")]
        Compression::Gzip => secspan_transport::Compression::Gzip,
        // Settings refuse gzip without the feature.
        _ => secspan_transport::Compression::None,
    }
}

#[cfg(feature = "tls")]
fn tls(settings: &Settings) -> Result<Option<TlsClient>, ConfigureError> {
    use secspan_transport::tls::{ClientTls, Pem};

    if !settings.endpoint.tls {
        return Ok(None);
    }
    let files = settings.tls.clone();
    let certificate = files.client_certificate.map(Pem::File);
    let trust = ClientTls {
        ca: files.certificate.map(Pem::File),
        identity: certificate.zip(files.client_key.map(Pem::File)),
        ..ClientTls::default()
    };
    let alpn: &[&[u8]] = match settings.protocol {
        Protocol::Grpc => &[b"h2"],
        Protocol::HttpProtobuf => secspan_transport::HttpClient::ALPN,
    };
    TlsClient::new(&trust, settings.endpoint.host_without_brackets(), alpn)
        .map(Some)
        .map_err(|error| ConfigureError::Tls(secspan_transport::error_chain(&error)))
}

#[cfg(not(feature = "tls"))]
fn tls(settings: &Settings) -> Result<Option<TlsClient>, ConfigureError> {
    if settings.endpoint.tls {
        let reason = "built without the feature `tls`".to_owned();
        return Err(ConfigureError::Tls(reason));
    }
    Ok(None)
}

impl Transport for NetworkTransport {
    fn send(&self, request: Bytes) -> Sending {
        let client = Arc::clone(&self.client);
        Box::pin(async move {
            let sent = match client.as_ref() {
                #[cfg(feature = "grpc")]
                Client::Grpc(client) => client.send(secspan_otlp::Signal::Traces, request).await,
                #[cfg(feature = "http")]
                Client::Http(client) => client.send(request).await,
            };
            match sent {
                Ok(Delivered { rejected, message }) => Answer::Accepted { rejected, message },
                Err(SendError::Retry { after, reason }) => Answer::Later { after, reason },
                Err(SendError::Permanent { reason } | SendError::TooLarge { reason }) => {
                    Answer::Refused { reason }
                }
            }
        })
    }

    fn destination(&self) -> &str {
        &self.destination
    }
}
