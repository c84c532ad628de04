//! Compression of what is sent. Off where bytes are cheap: gzip costs more than everything else on the way.

use std::io;

use bytes::Bytes;

/// How messages are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Compression {
    /// Sent as they are.
    #[default]
    None,
    /// Understood by every receiver.
    #[cfg(feature = "gzip")]
    Gzip,
    /// A third of gzip's cost at a better ratio.
    #[cfg(feature = "zstd")]
    Zstd,
}

/// gzip's fastest level: telemetry shrinks almost as well as at level 6, for a third of the time.
#[cfg(feature = "gzip")]
const GZIP_LEVEL: u32 = 1;
/// zstd's fastest ordinary level.
#[cfg(feature = "zstd")]
const ZSTD_LEVEL: i32 = 1;
/// Payloads that shrink less than this are not worth guessing a smaller buffer for.
#[cfg(feature = "gzip")]
const EXPECTED_RATIO: usize = 4;

impl Compression {
    /// The name on the wire; `None` for "as it is".
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            #[cfg(feature = "gzip")]
            Self::Gzip => Some("gzip"),
            #[cfg(feature = "zstd")]
            Self::Zstd => Some("zstd"),
        }
    }

    /// Compresses a message; one that is sent as it is is not copied.
    ///
    /// # Errors
    /// The compressor has no memory.
    pub fn apply(self, message: Bytes) -> io::Result<Bytes> {
        match self {
            Self::None => Ok(message),
            #[cfg(feature = "gzip")]
            Self::Gzip => {
                use std::io::Write as _;
                let buffer = Vec::with_capacity(message.len() / EXPECTED_RATIO);
                let level = flate2::Compression::new(GZIP_LEVEL);
                let mut encoder = flate2::write::GzEncoder::new(buffer, level);
                encoder.write_all(&message)?;
                Ok(encoder.finish()?.into())
            }
            #[cfg(feature = "zstd")]
            Self::Zstd => Ok(zstd::bulk::compress(&message, ZSTD_LEVEL)?.into()),
        }
    }
}
