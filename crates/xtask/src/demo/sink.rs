//! Where the demo's traces go when there is no Tempo: an OTLP/HTTP receiver that counts what arrives.

use std::collections::BTreeMap;
use std::io::{BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use super::http;
use crate::failure::{Failure, Result};

/// Field numbers of OTLP: a request holds resource spans, these scope spans, these spans.
const RESOURCE_SPANS: u64 = 1;
const SCOPE_SPANS: u64 = 2;
const SPANS: u64 = 2;
const TRACE_ID: u64 = 1;

/// A running receiver; its threads end with the process.
#[derive(Debug, Clone)]
pub(super) struct Sink {
    port: u16,
    seen: Arc<Mutex<BTreeMap<String, usize>>>,
}

impl Sink {
    pub(super) fn start() -> Result<Self> {
        let cannot = |error| Failure::new(format!("cannot listen on loopback: {error}"));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(cannot)?;
        let port = listener.local_addr().map_err(cannot)?.port();
        let sink = Self {
            port,
            seen: Arc::default(),
        };
        let acceptor = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let sink = acceptor.clone();
                // A connection that breaks is the sender's to repeat.
                std::thread::spawn(move || drop(sink.serve(&stream)));
            }
        });
        Ok(sink)
    }

    /// What the collector is to be given as its trace destination.
    pub(super) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/v1/traces", self.port)
    }

    /// Spans that arrived for a trace, by its id in hex.
    pub(super) fn spans_of(&self, trace_id: &str) -> usize {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(trace_id).copied().unwrap_or(0)
    }

    fn serve(&self, mut stream: &TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        while let Some(request) = http::read_message(&mut reader)? {
            let plain = request.header("content-encoding").is_none();
            let status = if plain && self.take(&request.body) {
                "200 OK"
            } else {
                "400 Bad Request"
            };
            write!(
                stream,
                "HTTP/1.1 {status}\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n"
            )?;
        }
        Ok(())
    }

    /// Counts a request's spans; whether it was a whole OTLP request.
    fn take(&self, body: &[u8]) -> bool {
        let Some(ids) = trace_ids(body) else {
            return false;
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            *seen.entry(id).or_default() += 1;
        }
        true
    }
}

/// The trace id of every span of a request, in hex; `None` when the bytes are no protobuf.
fn trace_ids(request: &[u8]) -> Option<Vec<String>> {
    let mut ids = Vec::new();
    for resource in children(request, RESOURCE_SPANS)? {
        for scope in children(resource, SCOPE_SPANS)? {
            for span in children(scope, SPANS)? {
                let id = children(span, TRACE_ID)?.into_iter().next()?;
                ids.push(
                    id.iter()
                        .map(|byte| format!("{byte:02x}"))
                        .collect::<Vec<_>>()
                        .concat(),
                );
            }
        }
    }
    Some(ids)
}

/// The length-delimited fields of this number.
fn children(mut message: &[u8], number: u64) -> Option<Vec<&[u8]>> {
    let mut found = Vec::new();
    while !message.is_empty() {
        let key = varint(&mut message)?;
        let length = match key & 7 {
            0 => {
                varint(&mut message)?;
                0
            }
            1 => 8,
            5 => 4,
            2 => usize::try_from(varint(&mut message)?).ok()?,
            _ => return None,
        };
        let (field, rest) = message.split_at_checked(length)?;
        message = rest;
        if key >> 3 == number && key & 7 == 2 {
            found.push(field);
        }
    }
    Some(found)
}

fn varint(message: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for place in 0..10 {
        let (byte, rest) = message.split_first()?;
        *message = rest;
        value |= u64::from(byte & 0x7f) << (7 * place);
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    /// A field of one message inside another.
    fn field(number: u8, inner: &[u8]) -> Vec<u8> {
        [
            &[number << 3 | 2, u8::try_from(inner.len()).unwrap()],
            inner,
        ]
        .concat()
    }

    fn request() -> Vec<u8> {
        // A span also has a fixed64 field, which has to be stepped over.
        let span = [
            vec![7 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0],
            field(1, &[0xab; 16]),
        ]
        .concat();
        field(1, &field(2, &[field(2, &span), field(2, &span)].concat()))
    }

    #[test]
    fn spans_are_counted_by_trace() {
        assert_eq!(trace_ids(&request()).unwrap(), vec!["ab".repeat(16); 2]);
        assert_eq!(trace_ids(&[0x0a, 200]), None);
        assert_eq!(trace_ids(&[]), Some(Vec::new()));
    }

    #[test]
    fn requests_over_a_connection_are_answered() {
        let sink = Sink::start().unwrap();
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, sink.port)).unwrap();
        let body = request();
        write!(
            stream,
            "POST /v1/traces HTTP/1.1\r\nContent-Length: {}\r\n\r\n",
            body.len()
        )
        .unwrap();
        stream.write_all(&body).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert_eq!(sink.spans_of(&"ab".repeat(16)), 2);
    }
}
