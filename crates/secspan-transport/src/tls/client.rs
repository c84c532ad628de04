//! Settings of a client's TLS, and the connector that they make.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme, SupportedProtocolVersion,
};
use tokio_rustls::TlsConnector;

use super::pem::{Pem, TlsError};
use crate::stream::Stream;

/// Oldest protocol version that is spoken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum MinVersion {
    /// TLS 1.2, upstream's default.
    #[default]
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl MinVersion {
    /// The versions as rustls takes them.
    pub fn supported(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::Tls12 => &TLS12_AND_13,
            Self::Tls13 => &TLS13_ALONE,
        }
    }
}

static TLS12_AND_13: [&SupportedProtocolVersion; 2] =
    [&rustls::version::TLS13, &rustls::version::TLS12];
static TLS13_ALONE: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS13];

/// The cryptography that rustls runs on.
pub fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// TLS of a client connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientTls {
    /// No TLS at all, for endpoints without a scheme.
    pub insecure: bool,
    /// TLS without looking at the server's certificate: protects from nobody who is on the way.
    pub insecure_skip_verify: bool,
    /// Authorities to trust instead of the system's.
    pub ca: Option<Pem>,
    /// Trust the system's authorities beside `ca`.
    pub include_system_roots: bool,
    /// Certificate and key to present (mTLS).
    pub identity: Option<(Pem, Pem)>,
    /// The name that the server's certificate must carry, where it differs from the host in the endpoint.
    pub server_name_override: Option<String>,
    /// Oldest version spoken.
    pub min_version: MinVersion,
}

impl ClientTls {
    /// Trust in one authority file and nothing else: what tests and examples need.
    pub fn trusting(ca_file: impl Into<PathBuf>) -> Self {
        Self {
            ca: Some(Pem::File(ca_file.into())),
            ..Self::default()
        }
    }

    /// The same with a certificate to present.
    #[must_use]
    pub fn presenting(self, cert_file: impl Into<PathBuf>, key_file: impl Into<PathBuf>) -> Self {
        Self {
            identity: Some((Pem::File(cert_file.into()), Pem::File(key_file.into()))),
            ..self
        }
    }

    fn roots(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = match &self.ca {
            Some(ca) => ca.roots()?,
            None => RootCertStore::empty(),
        };
        if self.ca.is_none() || self.include_system_roots {
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
        if roots.is_empty() {
            Err(TlsError::NoSystemRoots)
        } else {
            Ok(roots)
        }
    }
}

/// Makes TLS connections to one destination.
#[derive(Clone)]
pub struct TlsClient {
    connector: TlsConnector,
    server_name: ServerName<'static>,
}

impl std::fmt::Debug for TlsClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsClient")
            .field("server_name", &self.server_name)
            .finish_non_exhaustive()
    }
}

impl TlsClient {
    /// Reads the files. `host` is the endpoint's, without port; `alpn` the application protocols, preferred first.
    ///
    /// # Errors
    /// A file cannot be read, its content cannot be used, or the server name is no name.
    pub fn new(settings: &ClientTls, host: &str, alpn: &[&[u8]]) -> Result<Self, TlsError> {
        let from = "the client's TLS settings".to_owned();
        let unusable = |source| TlsError::Rustls {
            from: from.clone(),
            source,
        };
        let builder = ClientConfig::builder_with_provider(provider())
            .with_protocol_versions(settings.min_version.supported())
            .map_err(unusable)?;
        let builder = if settings.insecure_skip_verify {
            let blind = Arc::new(Blind {
                provider: provider(),
            });
            builder.dangerous().with_custom_certificate_verifier(blind)
        } else {
            let roots = Arc::new(settings.roots()?);
            let verifier = WebPkiServerVerifier::builder_with_provider(roots, provider())
                .build()
                .map_err(|source| TlsError::Verifier {
                    from: "ca_file".to_owned(),
                    source,
                })?;
            builder.with_webpki_verifier(verifier)
        };
        let mut config = match &settings.identity {
            None => builder.with_no_client_auth(),
            Some((certificate, key)) => builder
                .with_client_auth_cert(certificate.certificates()?, key.key()?)
                .map_err(|source| TlsError::Rustls {
                    from: certificate.name(),
                    source,
                })?,
        };
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        let name = settings.server_name_override.as_deref().unwrap_or(host);
        let server_name = ServerName::try_from(name.to_owned()).map_err(|_| {
            unusable(rustls::Error::General(format!(
                "`{name}` is no server name"
            )))
        })?;
        Ok(Self {
            connector: TlsConnector::from(Arc::new(config)),
            server_name,
        })
    }

    /// Shakes hands over an open connection.
    ///
    /// # Errors
    /// The server is not who it should be, or does not want this client.
    pub async fn connect(&self, tcp: tokio::net::TcpStream) -> std::io::Result<Stream> {
        let stream = self
            .connector
            .connect(self.server_name.clone(), tcp)
            .await?;
        Ok(Stream::Tls(Box::new(tokio_rustls::TlsStream::Client(
            stream,
        ))))
    }
}

/// Accepts every certificate: what `insecure_skip_verify` asks for. Signatures are still checked.
#[derive(Debug)]
struct Blind {
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Blind {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
