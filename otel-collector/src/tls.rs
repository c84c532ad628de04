//! TLS for every listener and every client: options as upstream's `configtls`, rustls with ring underneath.
//!
//! Files are read when a part starts, and again on the way when `reload_interval` is set: a certificate that was renewed
//! in place is used without a restart, and one that cannot be read leaves the old one in use.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rustls::ServerConfig;
use rustls::server::WebPkiClientVerifier;
pub use secspan_transport::Stream;
use secspan_transport::tls::provider;
pub use secspan_transport::tls::{ClientTls, MinVersion, Pem, TlsClient, TlsError};
use tokio_rustls::TlsAcceptor;

use crate::config::{Complaint, Section};

/// Reads `min_version`.
fn read_min_version(section: &mut Section<'_>) -> MinVersion {
    const NAMES: [(&str, MinVersion); 2] = [("1.2", MinVersion::Tls12), ("1.3", MinVersion::Tls13)];
    section
        .choice("min_version", &NAMES)
        .or(MinVersion::default())
}

/// Reads `<name>_file` or `<name>_pem`; both at once is a problem.
fn read_pem(
    section: &mut Section<'_>,
    file_key: &'static str,
    text_key: &'static str,
) -> Option<Pem> {
    let file = section.path_buf(file_key).optional();
    let text = section.secret(text_key).optional();
    if file.is_some() && text.is_some() {
        let hint = format!("keep `{file_key}` or `{text_key}`");
        section.reject(text_key, Complaint::new("is given twice").hint(hint));
    }
    text.map(|text| Pem::Text(text.reveal().to_owned()))
        .or(file.map(Pem::File))
}

/// Reads a `tls` section of an exporter.
pub fn read_client(section: &mut Section<'_>) -> ClientTls {
    for key in ["max_version", "cipher_suites", "curve_preferences"] {
        section.unsupported(key, "remove it; the defaults of rustls are safe");
    }
    section.unsupported(
        "reload_interval",
        "restart or reload the collector to read new client certificates",
    );
    let certificate = read_pem(section, "cert_file", "cert_pem");
    let key = read_pem(section, "key_file", "key_pem");
    let identity = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        (Some(_), None) => {
            section.reject(
                "key_file",
                Complaint::new("is missing").hint("a certificate needs its key"),
            );
            None
        }
        (None, Some(_)) => {
            section.reject(
                "cert_file",
                Complaint::new("is missing").hint("a key needs its certificate"),
            );
            None
        }
    };
    ClientTls {
        insecure: section.bool("insecure").or(false),
        insecure_skip_verify: section.bool("insecure_skip_verify").or(false),
        ca: read_pem(section, "ca_file", "ca_pem"),
        include_system_roots: section.bool("include_system_ca_certs_pool").or(false),
        identity,
        server_name_override: section.string("server_name_override").optional(),
        min_version: read_min_version(section),
    }
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
        let missing = || Pem::Text(String::new());
        let certificate = read_pem(section, "cert_file", "cert_pem");
        let key = read_pem(section, "key_file", "key_pem");
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
            min_version: read_min_version(section),
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
