//! TLS for every listener and every client: options as upstream's `configtls`, rustls with ring underneath.
//!
//! Files are read when a part starts, and again on the way when `reload_interval` is set: a certificate that was renewed
//! in place is used without a restart, and one that cannot be read leaves the old one in use.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

use crate::config::{Complaint, Secret, Section};

mod client;
mod stream;

pub use client::{ClientTls, TlsClient};
pub use stream::Stream;

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
    fn read(section: &mut Section<'_>) -> Self {
        const NAMES: [(&str, MinVersion); 2] =
            [("1.2", MinVersion::Tls12), ("1.3", MinVersion::Tls13)];
        section.choice("min_version", &NAMES).or(Self::Tls12)
    }

    fn supported(self) -> &'static [&'static SupportedProtocolVersion] {
        match self {
            Self::Tls12 => &TLS12_AND_13,
            Self::Tls13 => &TLS13_ALONE,
        }
    }
}

static TLS12_AND_13: [&SupportedProtocolVersion; 2] =
    [&rustls::version::TLS13, &rustls::version::TLS12];
static TLS13_ALONE: [&SupportedProtocolVersion; 1] = [&rustls::version::TLS13];

/// PEM text that stands in the configuration or in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pem {
    /// The path of a PEM file.
    File(PathBuf),
    /// The text itself; masked in every output, since it may be a key.
    Text(Secret),
}

impl Pem {
    /// Reads `<name>_file` or `<name>_pem`; both at once is a problem.
    fn read(
        section: &mut Section<'_>,
        file_key: &'static str,
        text_key: &'static str,
    ) -> Option<Self> {
        let file = section.path_buf(file_key).optional();
        let text = section.secret(text_key).optional();
        if file.is_some() && text.is_some() {
            let hint = format!("keep `{file_key}` or `{text_key}`");
            section.reject(text_key, Complaint::new("is given twice").hint(hint));
        }
        text.map(Self::Text).or(file.map(Self::File))
    }

    /// How messages call it.
    fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "the PEM text in the configuration".to_owned(),
        }
    }

    fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let parsed: Result<Vec<_>, pem::Error> = match self {
            Self::File(path) => CertificateDer::pem_file_iter(path).and_then(Iterator::collect),
            Self::Text(text) => CertificateDer::pem_slice_iter(text.reveal().as_bytes()).collect(),
        };
        match parsed {
            Ok(certificates) if certificates.is_empty() => {
                Err(TlsError::NoCertificate { from: self.name() })
            }
            Ok(certificates) => Ok(certificates),
            Err(source) => Err(TlsError::Pem {
                from: self.name(),
                source,
            }),
        }
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        match self {
            Self::File(path) => PrivateKeyDer::from_pem_file(path),
            Self::Text(text) => PrivateKeyDer::from_pem_slice(text.reveal().as_bytes()),
        }
        .map_err(|source| TlsError::Pem {
            from: self.name(),
            source,
        })
    }

    fn roots(&self) -> Result<RootCertStore, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in self.certificates()? {
            roots.add(certificate).map_err(|source| TlsError::Rustls {
                from: self.name(),
                source,
            })?;
        }
        Ok(roots)
    }
}

/// Why TLS could not be set up. The source says what the library found.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A PEM file or text could not be read.
    #[error("cannot read PEM from {from}")]
    Pem {
        /// Path or description.
        from: String,
        /// What was found instead.
        source: pem::Error,
    },
    /// The PEM has no certificate.
    #[error("no certificate in {from}")]
    NoCertificate {
        /// Path or description.
        from: String,
    },
    /// Certificate and key do not fit, or a certificate is not usable.
    #[error("cannot use {from}")]
    Rustls {
        /// Path or description.
        from: String,
        /// What is wrong with it.
        source: rustls::Error,
    },
    /// Client certificates cannot be verified with this authority.
    #[error("cannot verify clients with {from}")]
    Verifier {
        /// Path or description.
        from: String,
        /// What is wrong with it.
        source: rustls::server::VerifierBuilderError,
    },
    /// The system has no certificate authorities.
    #[error("no certificate authorities found on this system; set ca_file")]
    NoSystemRoots,
}

/// TLS of a listener.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerTls {
    /// The server's certificate chain, leaf first.
    pub certificate: Pem,
    /// Its private key.
    pub key: Pem,
    /// Authorities that may sign client certificates; set means that clients must present one (mTLS).
    pub client_ca: Option<PathBuf>,
    /// Oldest version spoken.
    pub min_version: MinVersion,
    /// How often the files are read again; `None`: never.
    pub reload_interval: Option<Duration>,
}

impl ServerTls {
    /// Reads a `tls` section of a listener.
    pub fn read(section: &mut Section<'_>) -> Self {
        for key in [
            "max_version",
            "cipher_suites",
            "curve_preferences",
            "ca_file",
            "ca_pem",
        ] {
            section.unsupported(key, "remove it; the defaults of rustls are safe");
        }
        section.without_effect(
            "client_ca_file_reload",
            "`reload_interval` covers the client CA too",
        );
        let missing = || Pem::Text(Secret::new(""));
        let certificate = Pem::read(section, "cert_file", "cert_pem");
        let key = Pem::read(section, "key_file", "key_pem");
        if certificate.is_none() {
            section.reject(
                "cert_file",
                Complaint::new("is missing").allowed("the path of a PEM file"),
            );
        }
        if key.is_none() {
            section.reject(
                "key_file",
                Complaint::new("is missing").allowed("the path of a PEM file"),
            );
        }
        Self {
            certificate: certificate.unwrap_or_else(missing),
            key: key.unwrap_or_else(missing),
            client_ca: section.path_buf("client_ca_file").optional(),
            min_version: MinVersion::read(section),
            reload_interval: section.duration("reload_interval").optional(),
        }
    }

    fn load(&self, alpn: &[&[u8]]) -> Result<Arc<ServerConfig>, TlsError> {
        let from = self.certificate.name();
        let unusable = |source| TlsError::Rustls {
            from: from.clone(),
            source,
        };
        let builder = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(self.min_version.supported())
            .map_err(unusable)?;
        let builder = match &self.client_ca {
            None => builder.with_no_client_auth(),
            Some(path) => builder.with_client_cert_verifier(client_verifier(path)?),
        };
        let mut config = builder
            .with_single_cert(self.certificate.certificates()?, self.key.key()?)
            .map_err(unusable)?;
        config.alpn_protocols = alpn.iter().map(|protocol| protocol.to_vec()).collect();
        Ok(Arc::new(config))
    }
}

fn client_verifier(
    path: &Path,
) -> Result<Arc<dyn rustls::server::danger::ClientCertVerifier>, TlsError> {
    let roots = Pem::File(path.to_owned()).roots()?;
    WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|source| TlsError::Verifier {
            from: path.display().to_string(),
            source,
        })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::ring::default_provider())
}

/// A listener's identity, kept fresh.
#[derive(Debug)]
pub struct TlsServer {
    settings: ServerTls,
    alpn: &'static [&'static [u8]],
    current: Mutex<Loaded>,
}

#[derive(Debug)]
struct Loaded {
    config: Arc<ServerConfig>,
    read_at: Instant,
}

impl TlsServer {
    /// Reads the files. `alpn` are the application protocols, preferred first.
    ///
    /// # Errors
    /// A file cannot be read or its content cannot be used.
    pub fn new(
        settings: ServerTls,
        alpn: &'static [&'static [u8]],
        now: Instant,
    ) -> Result<Self, TlsError> {
        let config = settings.load(alpn)?;
        Ok(Self {
            settings,
            alpn,
            current: Mutex::new(Loaded {
                config,
                read_at: now,
            }),
        })
    }

    /// The acceptor for a connection that arrives at `now`. When a reload was due and failed, the old certificate stays
    /// in use and the error is returned beside it.
    pub fn acceptor(&self, now: Instant) -> (TlsAcceptor, Option<TlsError>) {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let mut error = None;
        let age = now.saturating_duration_since(current.read_at);
        if self
            .settings
            .reload_interval
            .is_some_and(|interval| age >= interval)
        {
            current.read_at = now;
            match self.settings.load(self.alpn) {
                Ok(config) => current.config = config,
                Err(problem) => error = Some(problem),
            }
        }
        (TlsAcceptor::from(Arc::clone(&current.config)), error)
    }
}

#[cfg(test)]
pub(crate) mod tests;
