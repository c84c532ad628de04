//! Just enough HTTP/1.1 for the demo: one GET as a client, bodies as a server.

use std::io::{BufRead, BufReader, ErrorKind, Read, Result, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::time::Duration;

/// How long an answer may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The largest body or answer that is read.
const BODY_BYTES_MAX: u64 = 64 << 20;

/// An answer to a GET.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
}

/// Asks a server on loopback.
pub(super) fn get(port: u16, path: &str) -> Result<Answer> {
    let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    stream.set_write_timeout(Some(TIMEOUT))?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
    )?;
    let mut reader = BufReader::new(stream);
    let Some(message) = read_message(&mut reader)? else {
        return Err(ErrorKind::UnexpectedEof.into());
    };
    let status = message
        .start
        .split(' ')
        .nth(1)
        .and_then(|code| code.parse().ok());
    let status = status.ok_or(ErrorKind::InvalidData)?;
    Ok(Answer {
        status,
        body: String::from_utf8_lossy(&message.body).into_owned(),
    })
}

/// A request or an answer.
#[derive(Debug)]
pub(super) struct Message {
    /// The first line.
    pub(super) start: String,
    /// Names in lower case.
    headers: Vec<(String, String)>,
    pub(super) body: Vec<u8>,
}

impl Message {
    /// The value of a header.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Reads one message; `None` when the connection ended before one began.
pub(super) fn read_message(reader: &mut impl BufRead) -> Result<Option<Message>> {
    let start = read_line(reader)?;
    if start.is_empty() {
        return Ok(None);
    }
    let mut message = Message {
        start,
        headers: Vec::new(),
        body: Vec::new(),
    };
    loop {
        let line = read_line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        message
            .headers
            .push((name.to_ascii_lowercase(), value.trim().to_owned()));
    }
    if message
        .header("transfer-encoding")
        .is_some_and(|value| value.contains("chunked"))
    {
        message.body = read_chunks(reader)?;
    } else if let Some(length) = message.header("content-length") {
        let length = length.parse().map_err(|_| ErrorKind::InvalidData)?;
        message.body = read_exactly(reader, length)?;
    } else if message.start.starts_with("HTTP/") {
        reader.take(BODY_BYTES_MAX).read_to_end(&mut message.body)?;
    }
    Ok(Some(message))
}

fn read_line(reader: &mut impl BufRead) -> Result<String> {
    let mut line = Vec::new();
    reader.take(BODY_BYTES_MAX).read_until(b'\n', &mut line)?;
    Ok(String::from_utf8_lossy(&line).trim_end().to_owned())
}

fn read_exactly(reader: &mut impl BufRead, length: u64) -> Result<Vec<u8>> {
    if length > BODY_BYTES_MAX {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut body = Vec::new();
    if reader.take(length).read_to_end(&mut body)? as u64 == length {
        Ok(body)
    } else {
        Err(ErrorKind::UnexpectedEof.into())
    }
}

fn read_chunks(reader: &mut impl BufRead) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = read_line(reader)?;
        let size = line.split(';').next().unwrap_or_default();
        let size = u64::from_str_radix(size, 16).map_err(|_| ErrorKind::InvalidData)?;
        body.extend(read_exactly(reader, size)?);
        // Chunks end with an empty line; so does the message, after optional trailers.
        while !read_line(reader)?.is_empty() {}
        if size == 0 {
            return Ok(body);
        }
        if body.len() as u64 > BODY_BYTES_MAX {
            return Err(ErrorKind::InvalidData.into());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Message>> {
        read_message(&mut text.as_bytes())
    }

    #[test]
    fn bodies_come_by_length_by_chunks_and_to_the_end() {
        let cases = [
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabcd", "abc"),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n",
                "abc",
            ),
            ("HTTP/1.1 200 OK\r\n\r\nabc", "abc"),
            ("GET / HTTP/1.1\r\n\r\nabc", ""),
        ];
        for (text, body) in cases {
            assert_eq!(read(text).unwrap().unwrap().body, body.as_bytes(), "{text}");
        }
    }

    #[test]
    fn a_body_that_breaks_off_is_an_error() {
        assert!(read("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc").is_err());
        assert!(read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n").is_err());
        assert!(read("").unwrap().is_none());
    }
}
