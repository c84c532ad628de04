//! Certificates and keys from PEM files or texts, and what can be wrong with them.

use std::fmt;
use std::path::PathBuf;

use rustls::RootCertStore;
use rustls::pki_types::pem::{self, PemObject};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// PEM text, or the file that has it.
#[derive(Clone, PartialEq, Eq)]
pub enum Pem {
    /// The path of a PEM file.
    File(PathBuf),
    /// The text itself; masked in every output, since it may be a key.
    Text(String),
}

impl fmt::Debug for Pem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => f.debug_tuple("File").field(path).finish(),
            Self::Text(_) => f.write_str("Text(****)"),
        }
    }
}

impl Pem {
    /// How messages call it.
    pub fn name(&self) -> String {
        match self {
            Self::File(path) => path.display().to_string(),
            Self::Text(_) => "the PEM text in the configuration".to_owned(),
        }
    }

    fn unreadable(&self, source: pem::Error) -> TlsError {
        TlsError::Pem {
            from: self.name(),
            source,
        }
    }

    /// The certificates, at least one.
    ///
    /// # Errors
    /// The file cannot be read, or has no certificate.
    pub fn certificates(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let parsed: Result<Vec<_>, pem::Error> = match self {
            Self::File(path) => CertificateDer::pem_file_iter(path).and_then(Iterator::collect),
            Self::Text(text) => CertificateDer::pem_slice_iter(text.as_bytes()).collect(),
        };
        match parsed {
            Ok(certificates) if certificates.is_empty() => {
                Err(TlsError::NoCertificate { from: self.name() })
            }
            Ok(certificates) => Ok(certificates),
            Err(source) => Err(self.unreadable(source)),
        }
    }

    /// The private key.
    ///
    /// # Errors
    /// The file cannot be read, or has no key.
    pub fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        match self {
            Self::File(path) => PrivateKeyDer::from_pem_file(path),
            Self::Text(text) => PrivateKeyDer::from_pem_slice(text.as_bytes()),
        }
        .map_err(|source| self.unreadable(source))
    }

    /// The certificates as authorities to trust.
    ///
    /// # Errors
    /// The file cannot be read, or holds a certificate that is none.
    pub fn roots(&self) -> Result<RootCertStore, TlsError> {
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
    /// The peer's certificates cannot be verified with this authority.
    #[error("cannot verify clients with {from}")]
    Verifier {
        /// Path or description.
        from: String,
        /// What is wrong with it.
        source: rustls::server::VerifierBuilderError,
    },
    /// The system has no certificate authorities.
    #[error(
        "no certificate authorities found on this system; name the one that signed the certificate of the destination"
    )]
    NoSystemRoots,
}
