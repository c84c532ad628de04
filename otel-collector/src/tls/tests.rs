//! Certificates for tests, and what the settings refuse.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;

use super::*;
use crate::config::read_text;

/// A certificate authority in a folder of its own.
pub(crate) struct Authority {
    folder: TempDir,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        std::fs::write(folder.path().join("ca.pem"), certificate.pem()).unwrap();
        Self {
            folder,
            issuer: Issuer::new(params, key),
        }
    }

    pub(crate) fn ca_file(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Files of a certificate and its key for a name.
    pub(crate) fn issue(&self, file: &str, name: &str) -> (PathBuf, PathBuf) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let path = |kind| self.folder.path().join(format!("{file}.{kind}.pem"));
        std::fs::write(path("cert"), certificate.pem()).unwrap();
        std::fs::write(path("key"), key.serialize_pem()).unwrap();
        (path("cert"), path("key"))
    }

    /// Settings of a server for `127.0.0.1`.
    pub(crate) fn server(&self) -> ServerTls {
        let (certificate, key) = self.issue("server", "127.0.0.1");
        ServerTls {
            certificate: Pem::File(certificate),
            key: Pem::File(key),
            client_ca: None,
            min_version: MinVersion::Tls12,
            reload_interval: None,
        }
    }
}

fn problem_of(settings: &ServerTls) -> String {
    let error = TlsServer::new(settings.clone(), &[b"h2"], crate::clock::instant()).unwrap_err();
    secspan_transport::error_chain(&error)
}

#[test]
fn unusable_files_are_named() {
    let authority = Authority::new();
    let good = authority.server();
    assert!(TlsServer::new(good.clone(), &[b"h2"], crate::clock::instant()).is_ok());

    let missing = ServerTls {
        key: Pem::File("absent.pem".into()),
        ..good.clone()
    };
    assert!(problem_of(&missing).starts_with("cannot read PEM from absent.pem: "));

    let empty = authority.folder().join("empty.pem");
    std::fs::write(&empty, "").unwrap();
    let none = ServerTls {
        certificate: Pem::File(empty.clone()),
        ..good.clone()
    };
    assert_eq!(
        problem_of(&none),
        format!("no certificate in {}", empty.display())
    );

    let (_, other) = authority.issue("other", "127.0.0.1");
    let unfit = ServerTls {
        key: Pem::File(other),
        ..good.clone()
    };
    assert!(
        problem_of(&unfit).starts_with("cannot use "),
        "{}",
        problem_of(&unfit)
    );

    let no_ca = ServerTls {
        client_ca: Some(empty),
        ..good
    };
    assert!(problem_of(&no_ca).starts_with("no certificate in "));
}

#[test]
fn a_renewed_certificate_is_read_and_a_broken_one_is_not() {
    let authority = Authority::new();
    let interval = Duration::from_mins(1);
    let settings = ServerTls {
        reload_interval: Some(interval),
        ..authority.server()
    };
    let start = crate::clock::instant();
    let server = TlsServer::new(settings, &[b"h2"], start).unwrap();
    let config = |server: &TlsServer| Arc::clone(&server.current.lock().unwrap().config);
    let first = config(&server);
    assert!(server.acceptor(start + interval / 2).1.is_none());
    assert!(Arc::ptr_eq(&first, &config(&server)), "not due yet");
    assert!(server.acceptor(start + interval).1.is_none());
    let second = config(&server);
    assert!(!Arc::ptr_eq(&first, &second), "read again");
    std::fs::write(authority.folder().join("server.cert.pem"), "nonsense").unwrap();
    assert!(server.acceptor(start + interval * 2).1.is_some());
    assert!(Arc::ptr_eq(&second, &config(&server)), "the old one stays");
}

#[test]
fn the_sections() {
    let (tls, problems) = read_text(
        "cert_file: a.pem\nkey_file: b.pem\nmin_version: '1.3'\n",
        ServerTls::read,
    );
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(tls.min_version, MinVersion::Tls13);

    let (_, problems) = read_text(
        "cert_file: a.pem\nmin_version: '1.1'\ncipher_suites: [x]\n",
        ServerTls::read,
    );
    assert_eq!(problems.len(), 3, "{problems:#?}");

    let (tls, problems) = read_text("key_pem: SECRET\ncert_pem: CERT\n", read_client);
    assert!(problems.is_empty(), "{problems:?}");
    assert!(!format!("{tls:?}").contains("SECRET"));

    let (_, problems) = read_text("key_file: a\n", read_client);
    assert_eq!(problems.len(), 1, "a key needs its certificate");
}
