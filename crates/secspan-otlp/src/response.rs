//! What an exporter reads from an answer: how much was rejected, and when to try again.

use std::time::Duration;

use crate::any::Fields;
use crate::encode;
use crate::error::{DecodeError, Fault};
use crate::wire::{DEPTH_MAX, LEN, Reader, Shape, VARINT, tag};

const RESPONSE: Shape = Shape::new("ExportServiceResponse", &[1]);
const PARTIAL_SUCCESS: Shape = Shape::new("ExportPartialSuccess", &[1, 2]);
const STATUS: Shape = Shape::new("google.rpc.Status", &[1, 2, 3]);
const DETAIL: Shape = Shape::new("google.protobuf.Any", &[1, 2]);
const RETRY_INFO: Shape = Shape::new("google.rpc.RetryInfo", &[1]);
const DURATION: Shape = Shape::new("google.protobuf.Duration", &[1, 2]);

const NUMBER_1: u32 = tag(1, VARINT);
const NUMBER_2: u32 = tag(2, VARINT);
const BYTES_1: u32 = tag(1, LEN);
const BYTES_2: u32 = tag(2, LEN);
const BYTES_3: u32 = tag(3, LEN);

/// What a receiver kept and what not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartialSuccess {
    /// How many spans, log records or data points it rejected.
    pub rejected: u64,
    /// Why, or a warning when nothing was rejected.
    pub message: String,
}

/// Reads an `Export{Trace,Logs,Metrics}ServiceResponse`; an empty one is full success.
///
/// # Errors
/// When the bytes are not such a message.
pub fn partial_success(bytes: &[u8]) -> Result<PartialSuccess, DecodeError> {
    read_response(bytes).map_err(|fault| fault.within(bytes))
}

fn read_response(bytes: &[u8]) -> Result<PartialSuccess, Fault> {
    let mut result = PartialSuccess::default();
    each(bytes, &RESPONSE, |found, reader| {
        if found != BYTES_1 {
            return Ok(false);
        }
        each(reader.bytes()?, &PARTIAL_SUCCESS, |found, reader| {
            match found {
                // A negative count is nonsense; it is read as nothing rejected.
                NUMBER_1 => {
                    result.rejected = u64::try_from(reader.varint()?.cast_signed()).unwrap_or(0);
                }
                BYTES_2 => reader.string()?.clone_into(&mut result.message),
                _ => return Ok(false),
            }
            Ok(true)
        })?;
        Ok(true)
    })?;
    Ok(result)
}

/// An error answer in full.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The gRPC status code.
    pub code: i32,
    /// The message.
    pub message: String,
    /// When to try again, if the receiver said so.
    pub retry_after: Option<Duration>,
}

impl Status {
    /// A status that says nothing about retrying.
    pub fn new(code: i32, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            retry_after: None,
        }
    }

    /// The bytes of it, as [`status`] reads them.
    pub fn encode(&self) -> Vec<u8> {
        encode::status(self.code, &self.message, self.retry_after)
    }
}

/// Reads a `google.rpc.Status`: the content of `grpc-status-details-bin`, or the body of an
/// OTLP/HTTP error answer.
///
/// # Errors
/// When the bytes are not such a message.
pub fn status(bytes: &[u8]) -> Result<Status, DecodeError> {
    read_status(bytes).map_err(|fault| fault.within(bytes))
}

fn read_status(bytes: &[u8]) -> Result<Status, Fault> {
    let mut status = Status::default();
    each(bytes, &STATUS, |found, reader| {
        match found {
            NUMBER_1 => status.code = reader.int32()?,
            BYTES_2 => reader.string()?.clone_into(&mut status.message),
            BYTES_3 => {
                if let Some(delay) = read_detail(reader.bytes()?)? {
                    status.retry_after = Some(delay);
                }
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(status)
}

/// The delay, if the detail is a `RetryInfo`.
fn read_detail(bytes: &[u8]) -> Result<Option<Duration>, Fault> {
    let (mut kind, mut value) = ("", [].as_slice());
    each(bytes, &DETAIL, |found, reader| {
        match found {
            BYTES_1 => kind = reader.string()?,
            BYTES_2 => value = reader.bytes()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    if kind != encode::RETRY_INFO_TYPE {
        return Ok(None);
    }
    let mut delay = Duration::ZERO;
    each(value, &RETRY_INFO, |found, reader| {
        if found == BYTES_1 {
            delay = read_duration(reader.bytes()?)?;
        }
        Ok(found == BYTES_1)
    })?;
    Ok(Some(delay))
}

/// A duration; a negative one is zero.
fn read_duration(bytes: &[u8]) -> Result<Duration, Fault> {
    let (mut seconds, mut nanos) = (0, 0);
    each(bytes, &DURATION, |found, reader| {
        match found {
            NUMBER_1 => seconds = reader.varint()?.cast_signed(),
            NUMBER_2 => nanos = reader.int32()?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    let seconds = u64::try_from(seconds).unwrap_or(0);
    let nanos = u32::try_from(nanos).unwrap_or(0).min(999_999_999);
    Ok(Duration::new(seconds, nanos))
}

/// Gives every field to `read`, which says whether it wanted it; the others are skipped.
fn each<'a>(
    message: &'a [u8],
    shape: &Shape,
    mut read: impl FnMut(u32, &mut Reader<'a>) -> Result<bool, Fault>,
) -> Result<(), Fault> {
    let mut reader = Reader::new(message);
    while !reader.is_empty() {
        let start = reader.rest();
        let found = reader.tag()?;
        if !read(found, &mut reader)? {
            reader.skip(start, found, shape, DEPTH_MAX)?;
        }
    }
    Ok(())
}

/// The first `RetryInfo` delay of a status, without an error for one that cannot be read: an
/// exporter then falls back to its own delay.
pub fn retry_after(status_bytes: &[u8]) -> Option<Duration> {
    Fields::new(status_bytes, BYTES_3).find_map(|detail| read_detail(detail).ok().flatten())
}
