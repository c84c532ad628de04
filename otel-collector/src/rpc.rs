//! What both ends of an OTLP hop say about a request: `google.rpc.Status`, `RetryInfo` and the export responses.
//!
//! The export responses of the three signals are one message: their field numbers agree.

use bytes::{BufMut, Bytes, BytesMut};
pub use secspan_otlp::response::Status;

/// Numbers of the gRPC status codes that this project answers or treats in a special way.
pub mod code {
    use tonic::Code;

    /// Done.
    pub const OK: i32 = Code::Ok as i32;
    /// The caller went away.
    pub const CANCELLED: i32 = Code::Cancelled as i32;
    /// The payload is wrong and stays wrong.
    pub const INVALID_ARGUMENT: i32 = Code::InvalidArgument as i32;
    /// Too late.
    pub const DEADLINE_EXCEEDED: i32 = Code::DeadlineExceeded as i32;
    /// Too much; retryable only with `RetryInfo`.
    pub const RESOURCE_EXHAUSTED: i32 = Code::ResourceExhausted as i32;
    /// No such method here.
    pub const UNIMPLEMENTED: i32 = Code::Unimplemented as i32;
    /// Not now.
    pub const UNAVAILABLE: i32 = Code::Unavailable as i32;
    /// The caller is not known.
    pub const UNAUTHENTICATED: i32 = Code::Unauthenticated as i32;
}

/// Bytes before each gRPC message: a compression flag and the length.
pub const GRPC_PREFIX_BYTES: usize = 5;

/// The prefix of a gRPC message of `len` bytes. Messages are limited far below 4 GiB; a longer one would be cut off by
/// the peer's own limit.
pub fn grpc_prefix(compressed: bool, len: usize) -> Bytes {
    let mut prefix = BytesMut::with_capacity(GRPC_PREFIX_BYTES);
    prefix.put_u8(u8::from(compressed));
    prefix.put_u32(u32::try_from(len).unwrap_or(u32::MAX));
    prefix.freeze()
}
