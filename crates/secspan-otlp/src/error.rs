//! Why bytes are not an OTLP request, and where.
//!
//! [`DecodeError`] is what callers see: an offset from the start of the request and the reason.
//! Inside a walk an error is a [`Fault`], which remembers an address instead, so that the hot path
//! carries no position.

/// A request that cannot be decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what} at byte {offset}")]
pub struct DecodeError {
    /// Where the reader stopped, in bytes from the start of the request: at the tag, length or
    /// text that is wrong.
    pub offset: usize,
    /// What is wrong there.
    pub what: Malformed,
}

impl DecodeError {
    /// Whether the first thing that is wrong is a text, which [`repair`](crate::repair) makes valid.
    pub fn is_text(&self) -> bool {
        self.what == Malformed::Utf8
    }

    /// Whether the bytes are valid OTLP that only exceeds a limit of this receiver.
    pub fn is_limit(&self) -> bool {
        matches!(
            self.what,
            Malformed::TooManyEntries { .. } | Malformed::TooManyRecords { .. }
        )
    }
}

/// The ways in which bytes fail to be the expected message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// A field's value runs past the end of the message that holds it.
    #[error("field runs past the end of its message")]
    Truncated,
    /// A variable-length integer has more than 64 bits or ten bytes.
    #[error("integer of more than 64 bits")]
    Varint,
    /// A tag with field number 0 or one beyond 29 bits.
    #[error("field number out of range, allowed are 1 to 536870911")]
    FieldNumber,
    /// A tag with one of the two wire types that do not exist.
    #[error("unknown wire type {found}, allowed are 0 to 5")]
    UnknownWireType {
        /// The wire type on the wire.
        found: u32,
    },
    /// A known field that is not encoded as its type demands.
    #[error("field {field} of {message} has wire type {found}, which its type does not allow")]
    WireType {
        /// The message's name in the OTLP schema.
        message: &'static str,
        /// The field's number.
        field: u32,
        /// The wire type on the wire.
        found: u32,
    },
    /// Text that is not UTF-8.
    #[error("text is not valid UTF-8")]
    Utf8,
    /// A group ends that did not start, or with another number.
    #[error("end of a group that was not started")]
    EndGroup,
    /// Messages, values or groups are nested deeper than every Protobuf decoder allows.
    #[error("nested deeper than {} levels", crate::wire::DEPTH_MAX)]
    TooDeep,
    /// One record has more attributes, events and links than the limit.
    #[error("more than {limit} attributes, events and links in one record")]
    TooManyEntries {
        /// The limit.
        limit: u32,
    },
    /// The request has more spans or log records than the limit.
    #[error("more than {limit} records in one request")]
    TooManyRecords {
        /// The limit.
        limit: u32,
    },
}

/// An error on its way out of a walk: the address in the request and the reason.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fault {
    at: usize,
    what: Malformed,
}

impl Fault {
    /// A fault at the first byte of `rest`, which is part of the request.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(rest: &[u8], what: Malformed) -> Self {
        Self {
            at: rest.as_ptr().addr(),
            what,
        }
    }

    /// What callers see: the address relative to the start of the request.
    pub(crate) fn within(self, request: &[u8]) -> DecodeError {
        DecodeError {
            offset: self.at.saturating_sub(request.as_ptr().addr()),
            what: self.what,
        }
    }
}
