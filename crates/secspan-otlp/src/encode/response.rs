//! Answers of a receiver: how much was rejected, and when to try again.

use std::time::Duration;

use super::writer::Writer;

/// The type name that marks `google.rpc.RetryInfo` among the details of a status.
pub(crate) const RETRY_INFO_TYPE: &str = "type.googleapis.com/google.rpc.RetryInfo";

/// An `Export{Trace,Logs,Metrics}ServiceResponse`: the three have the same fields.
///
/// `rejected` counts spans, log records or data points, and `message` says why, for people. With
/// neither, the answer is empty: a `partial_success` that is present but empty would read as one.
pub fn export_response(rejected: u64, message: &str) -> Vec<u8> {
    let mut writer = Writer::default();
    if rejected != 0 || !message.is_empty() {
        writer.message(1, |writer| {
            if rejected != 0 {
                writer.varint(1, rejected);
            }
            writer.text(2, message);
        });
    }
    writer.finish()
}

/// A `google.rpc.Status`: the body of an HTTP error answer, and what `grpc-status-details-bin`
/// carries. `retry_after` adds a `RetryInfo`, without which a refused request is not sent again.
pub fn status(code: i32, message: &str, retry_after: Option<Duration>) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.varint(1, i64::from(code).cast_unsigned());
    writer.text(2, message);
    if let Some(delay) = retry_after {
        writer.message(3, |writer| {
            writer.text(1, RETRY_INFO_TYPE);
            writer.message(2, |writer| {
                writer.message(1, |writer| {
                    writer.varint(1, delay.as_secs());
                    writer.varint(2, delay.subsec_nanos().into());
                });
            });
        });
    }
    writer.finish()
}
