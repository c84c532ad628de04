//! A gRPC codec that hands on the received bytes as they are.
//!
//! Message and bytes are the same here: the walk reads them, and exporters forward them. The decoder
//! takes the message out of the connection's buffer without a copy; the encoder copies once, into
//! the frame.

use bytes::{Buf, BufMut, Bytes};
use tonic::Status;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};

/// Requests and answers as undecoded [`Bytes`].
#[derive(Clone, Copy, Debug, Default)]
pub struct BytesCodec;

impl Codec for BytesCodec {
    type Encode = Bytes;
    type Decode = Bytes;
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        *self
    }

    fn decoder(&mut self) -> Self {
        *self
    }
}

impl Encoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn encode(&mut self, message: Bytes, frame: &mut EncodeBuf<'_>) -> Result<(), Status> {
        frame.reserve(message.len());
        frame.put(message);
        Ok(())
    }
}

impl Decoder for BytesCodec {
    type Item = Bytes;
    type Error = Status;

    fn decode(&mut self, message: &mut DecodeBuf<'_>) -> Result<Option<Bytes>, Status> {
        Ok(Some(message.copy_to_bytes(message.remaining())))
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use http_body_util::Full;
    use tonic::codec::Streaming;

    use super::*;

    #[test]
    fn a_frame_is_decoded_to_its_bytes() {
        let frame = Full::new(Bytes::from_static(b"\0\0\0\0\x03abc"));
        let mut messages = Streaming::new_request(BytesCodec, frame, None, None);
        let mut next = pin!(messages.message());
        match next.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(Some(message))) => assert_eq!(message, "abc"),
            other => panic!("no message: {other:?}"),
        }
    }
}
