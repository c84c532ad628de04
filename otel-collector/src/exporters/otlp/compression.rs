//! Compression of what is sent. Off where bytes are cheap: gzip costs more than everything else on the way.

use std::io::{self, Write as _};

use bytes::Bytes;
use flate2::write::GzEncoder;

use crate::config::Section;

/// How payloads are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Sent as they are stored, without a copy.
    None,
    /// Understood by every receiver.
    Gzip,
    /// A third of gzip's cost at a better ratio.
    Zstd,
}

/// gzip's fastest level: telemetry shrinks almost as well as at level 6, for a third of the time.
const GZIP_LEVEL: u32 = 1;
/// zstd's fastest ordinary level.
const ZSTD_LEVEL: i32 = 1;
/// Payloads that shrink less than this are not worth guessing a smaller buffer for.
const EXPECTED_RATIO: usize = 4;

impl Compression {
    /// Reads `compression`; gzip when absent, as upstream.
    pub fn read(section: &mut Section<'_>) -> Self {
        section.without_effect("compression_params", "the fastest level is always used");
        let names = [
            ("gzip", Self::Gzip),
            ("none", Self::None),
            ("zstd", Self::Zstd),
        ];
        section.choice("compression", &names).or(Self::Gzip)
    }

    /// The name on the wire; `None` for "as it is".
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Gzip => Some("gzip"),
            Self::Zstd => Some("zstd"),
        }
    }

    /// Compresses a payload.
    ///
    /// # Errors
    /// The compressor has no memory.
    pub fn apply(self, payload: &Bytes) -> io::Result<Bytes> {
        let buffer = Vec::with_capacity(payload.len() / EXPECTED_RATIO);
        match self {
            Self::None => Ok(payload.clone()),
            Self::Gzip => {
                let mut encoder = GzEncoder::new(buffer, flate2::Compression::new(GZIP_LEVEL));
                encoder.write_all(payload)?;
                Ok(encoder.finish()?.into())
            }
            Self::Zstd => Ok(zstd::bulk::compress(payload, ZSTD_LEVEL)?.into()),
        }
    }
}
