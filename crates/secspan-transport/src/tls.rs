//! TLS of a client: whom it trusts, and who it says it is. rustls with ring underneath.
//!
//! Without the feature `tls` there is no way to make a [`TlsClient`].

#[cfg(feature = "tls")]
mod client;
#[cfg(feature = "tls")]
mod pem;

#[cfg(feature = "tls")]
pub use client::{ClientTls, MinVersion, TlsClient, provider};
#[cfg(feature = "tls")]
pub use pem::{Pem, TlsError};

/// Makes TLS connections to one destination; needs the feature `tls`.
#[cfg(not(feature = "tls"))]
#[derive(Clone, Debug)]
pub enum TlsClient {}

#[cfg(not(feature = "tls"))]
impl TlsClient {
    #[expect(clippy::unused_async, reason = "the same shape as with TLS")]
    pub(crate) async fn connect(
        &self,
        _tcp: tokio::net::TcpStream,
    ) -> std::io::Result<crate::Stream> {
        match *self {}
    }
}
