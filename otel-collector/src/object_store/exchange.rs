//! One request to an object store and its answer, each streamed: a file out, or bytes into a sink.

use std::fs::File;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::tls::{Stream, TlsClient};
use secspan_transport::error_chain;

/// How much of a file is sent at a time, in bytes.
const STEP_BYTES: usize = 64 << 10;

/// How much of a refusal is read, in bytes.
const REFUSAL_MAX_BYTES: usize = 16 << 10;

/// A file on its way out; nothing, for a request without a body.
#[derive(Debug)]
pub(super) struct Outgoing {
    file: Option<File>,
    left: u64,
    stop: Arc<AtomicBool>,
}

impl Outgoing {
    pub(super) fn nothing() -> Self {
        Self {
            file: None,
            left: 0,
            stop: Arc::default(),
        }
    }

    /// `len` bytes of a file, from where it is; ends early when asked to stop.
    pub(super) fn file(file: File, len: u64, stop: Arc<AtomicBool>) -> Self {
        Self {
            file: Some(file),
            left: len,
            stop,
        }
    }

    fn next(&mut self) -> io::Result<Option<Bytes>> {
        let Some(file) = self.file.as_mut().filter(|_| self.left > 0) else {
            return Ok(None);
        };
        if self.stop.load(Ordering::Relaxed) {
            return Err(io::Error::other("asked to stop"));
        }
        let step = usize::try_from(self.left).map_or(STEP_BYTES, |left| left.min(STEP_BYTES));
        let mut piece = vec![0; step];
        file.read_exact(&mut piece)?;
        self.left -= step as u64;
        Ok(Some(piece.into()))
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        // A local file: whoever drives this request may block.
        Poll::Ready(self.next().map(|piece| piece.map(Frame::data)).transpose())
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

/// What was answered: success, with its body in the sink, or a status and the beginning of what was said about it.
#[derive(Debug)]
pub(super) enum Answer {
    Done,
    Refused(StatusCode, String),
}

/// Connects, sends, and reads the answer.
pub(super) async fn exchange(
    (host, port): (&str, u16),
    tls: Option<&TlsClient>,
    request: Request<Outgoing>,
    sink: &mut impl Write,
) -> io::Result<Answer> {
    let tcp = TcpStream::connect((host, port)).await?;
    tcp.set_nodelay(true)?;
    let stream = match tls {
        None => Stream::Plain(tcp),
        Some(tls) => tls.connect(tcp).await?,
    };
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream))
        .await
        .map_err(|error| broken(&error))?;
    let answer = async {
        let response = sender
            .send_request(request)
            .await
            .map_err(|error| broken(&error))?;
        read(response, sink).await
    };
    tokio::pin!(answer);
    tokio::select! {
        biased;
        answer = &mut answer => answer,
        ended = connection => match ended {
            Ok(()) => answer.await,
            Err(error) => Err(broken(&error)),
        },
    }
}

async fn read(response: Response<Incoming>, sink: &mut impl Write) -> io::Result<Answer> {
    let (head, mut body) = response.into_parts();
    let mut said = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(|error| broken(&error))?.into_data() else {
            continue;
        };
        if head.status.is_success() {
            sink.write_all(&piece)?;
        } else if said.len() < REFUSAL_MAX_BYTES {
            said.extend_from_slice(&piece);
        } else {
            break;
        }
    }
    if head.status.is_success() {
        return Ok(Answer::Done);
    }
    let said = String::from_utf8_lossy(&said).into_owned();
    Ok(Answer::Refused(head.status, said))
}

fn broken(error: &hyper::Error) -> io::Error {
    io::Error::other(error_chain(error))
}
