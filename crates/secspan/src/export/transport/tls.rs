//! TLS to the destination: system or private roots, optional client certificate.

use std::io;

use tokio::net::TcpStream;

use crate::env::settings::{Protocol, TlsFiles};

#[cfg(feature = "tls")]
pub(crate) use self::rustls_client::ClientTls;
#[cfg(not(feature = "tls"))]
pub(crate) use self::without::ClientTls;

/// A certificate or key that cannot be used, and the file it came from.
#[derive(Debug, thiserror::Error)]
#[error("{what} {file}: {reason}")]
pub(crate) struct TlsError {
    pub(crate) what: &'static str,
    pub(crate) file: String,
    pub(crate) reason: String,
}

#[cfg(feature = "tls")]
mod rustls_client {
    use std::path::Path;
    use std::sync::Arc;

    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
    use rustls::{ClientConfig, RootCertStore};
    use tokio_rustls::TlsConnector;
    use tokio_rustls::client::TlsStream;

    use super::{Protocol, TcpStream, TlsError, TlsFiles, io};

    /// Opens TLS on a connection.
    pub(crate) struct ClientTls(Option<TlsConnector>);

    impl ClientTls {
        pub(crate) fn none() -> Self {
            Self(None)
        }

        pub(crate) fn new(protocol: Protocol, files: &TlsFiles) -> Result<Self, TlsError> {
            let provider = Arc::new(rustls::crypto::ring::default_provider());
            let builder = ClientConfig::builder_with_provider(provider)
                .with_safe_default_protocol_versions()
                .map_err(|error| fault("TLS", "", &error))?
                .with_root_certificates(roots(files)?);
            let mut config = match (&files.client_certificate, &files.client_key) {
                (Some(certificate), Some(key)) => {
                    let chain = certificates("client certificate", certificate)?;
                    let file = key.display().to_string();
                    let key = PrivateKeyDer::from_pem_file(key)
                        .map_err(|error| fault("client key", &file, &error))?;
                    builder
                        .with_client_auth_cert(chain, key)
                        .map_err(|error| fault("client certificate", &file, &error))?
                }
                _ => builder.with_no_client_auth(),
            };
            config.alpn_protocols = match protocol {
                Protocol::Grpc => vec![b"h2".to_vec()],
                Protocol::HttpProtobuf => vec![b"http/1.1".to_vec()],
            };
            Ok(Self(Some(TlsConnector::from(Arc::new(config)))))
        }

        pub(crate) async fn connect(
            &self,
            host: &str,
            tcp: TcpStream,
        ) -> io::Result<TlsStream<TcpStream>> {
            let connector = self
                .0
                .as_ref()
                .ok_or_else(|| io::Error::other("TLS is not set up"))?;
            let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
            connector.connect(name, tcp).await
        }
    }

    fn roots(files: &TlsFiles) -> Result<RootCertStore, TlsError> {
        let mut store = RootCertStore::empty();
        if let Some(path) = &files.certificate {
            for certificate in certificates("certificate", path)? {
                store
                    .add(certificate)
                    .map_err(|e| fault("certificate", &path.display().to_string(), &e))?;
            }
        } else {
            store.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        if store.is_empty() {
            let reason = "no usable root certificate; name one with OTEL_EXPORTER_OTLP_CERTIFICATE";
            let file = files
                .certificate
                .as_ref()
                .map_or_else(|| "system store".to_owned(), |p| p.display().to_string());
            return Err(TlsError {
                what: "certificate",
                file,
                reason: reason.to_owned(),
            });
        }
        Ok(store)
    }

    fn certificates(
        what: &'static str,
        path: &Path,
    ) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let file = path.display().to_string();
        let found =
            CertificateDer::pem_file_iter(path).map_err(|error| fault(what, &file, &error))?;
        found
            .collect::<Result<_, _>>()
            .map_err(|error| fault(what, &file, &error))
    }

    fn fault(what: &'static str, file: &str, error: &dyn std::fmt::Display) -> TlsError {
        TlsError {
            what,
            file: file.to_owned(),
            reason: error.to_string(),
        }
    }
}

#[cfg(not(feature = "tls"))]
mod without {
    use super::{Protocol, TcpStream, TlsError, TlsFiles, io};

    /// Stands where TLS would be; settings refuse `https` without the feature.
    pub(crate) struct ClientTls;

    impl ClientTls {
        pub(crate) fn none() -> Self {
            Self
        }

        pub(crate) fn new(_protocol: Protocol, _files: &TlsFiles) -> Result<Self, TlsError> {
            let reason = "built without the feature `tls`".to_owned();
            Err(TlsError {
                what: "TLS",
                file: String::new(),
                reason,
            })
        }

        #[expect(clippy::unused_async, reason = "the same shape as with TLS")]
        pub(crate) async fn connect(&self, _host: &str, _tcp: TcpStream) -> io::Result<TcpStream> {
            Err(io::Error::other("built without the feature `tls`"))
        }
    }
}
