//! Receives a request body: bounded in bytes and in time, reserved while it grows, copied only where it must be.

use std::time::Duration;

use bytes::Bytes;
use http_body::Body;
use http_body_util::BodyExt;
use tokio::time::{Instant, timeout_at};

use super::admission::{InFlight, NoRoom, Reservation};
use super::rejection::Rejection;

/// Bodies up to this size are copied into memory of their own: as a slice of the connection's read buffer, a few hundred
/// bytes would keep 64 KiB and more alive for as long as a destination is away.
const OWN_COPY_MAX_BYTES: usize = 16 << 10;

/// Memory that a body gets at once if it announces as much: most bodies then are never moved.
const AHEAD_MIN_BYTES: usize = 1 << 20;

/// Limits of one body.
#[derive(Clone, Copy, Debug)]
pub(super) struct BodyLimits {
    /// Largest body, in bytes.
    pub(super) bytes: usize,
    /// Longest silence.
    pub(super) idle: Duration,
    /// Longest time for the whole of it.
    pub(super) total: Duration,
}

/// Sees the body while it grows, and may end it early: a gRPC message says its length in its first bytes.
pub(super) trait Inspect {
    /// The whole length that the received part announces, once it can be told.
    ///
    /// # Errors
    /// What has come so far cannot become a valid body.
    fn announced(&mut self, first: &[u8]) -> Result<Option<usize>, Rejection>;
}

/// A body whose length is announced by a header or not at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plain(pub Option<usize>);

impl Inspect for Plain {
    fn announced(&mut self, _first: &[u8]) -> Result<Option<usize>, Rejection> {
        Ok(self.0)
    }
}

/// Reads `body` to its end.
///
/// # Errors
/// Over a limit, over the budget, or broken off.
pub(super) async fn collect<B>(
    body: &mut B,
    limits: BodyLimits,
    budget: &InFlight,
    mut inspect: impl Inspect,
) -> Result<(Bytes, Reservation), Rejection>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut reservation = budget.reserve();
    let mut parts = Parts::default();
    let mut announced = None;
    let end = Instant::now() + limits.total;
    loop {
        let wait = end.min(Instant::now() + limits.idle);
        let frame = match timeout_at(wait, body.frame()).await {
            Ok(Some(Ok(frame))) => frame,
            Ok(Some(Err(_broken))) => return Err(Rejection::Interrupted),
            Ok(None) => break,
            Err(_elapsed) => return Err(Rejection::TooSlow),
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        parts.push(data, announced, &mut reservation)?;
        if parts.len() > limits.bytes {
            return Err(too_large(limits));
        }
        if announced.is_none() {
            announced = inspect.announced(parts.first())?;
            check(announced, parts.len(), limits, budget)?;
        }
    }
    if announced.is_some_and(|announced| parts.len() < announced) {
        return Err(Rejection::Interrupted);
    }
    Ok((parts.finish(), reservation))
}

/// Most bytes of a refused body that are read and thrown away.
const DRAIN_MAX_BYTES: usize = 64 << 20;

/// Reads the rest of a body that was refused, for as long as it keeps coming, and throws it away. Over HTTP/1 a client may
/// write all of its request before it reads; closing on it would destroy the answer that says why.
pub(super) async fn drain<B>(mut body: B, limits: BodyLimits)
where
    B: Body<Data = Bytes> + Unpin,
{
    let end = Instant::now() + limits.idle;
    let mut drained = 0_usize;
    while let Ok(Some(Ok(frame))) = timeout_at(end, body.frame()).await {
        drained += frame.data_ref().map_or(0, Bytes::len);
        if drained > DRAIN_MAX_BYTES {
            return;
        }
    }
}

/// Refuses what is announced to be too much before it comes.
pub(super) fn check(
    announced: Option<usize>,
    received: usize,
    limits: BodyLimits,
    budget: &InFlight,
) -> Result<(), Rejection> {
    let Some(announced) = announced else {
        return Ok(());
    };
    if announced > limits.bytes {
        return Err(too_large(limits));
    }
    budget
        .admits(announced.saturating_sub(received))
        .map_err(|NoRoom| Rejection::NoRoom)
}

fn too_large(limits: BodyLimits) -> Rejection {
    Rejection::TooLarge {
        limit: limits.bytes,
        place: "on the wire",
    }
}

/// Memory for a body of which `received` bytes are there: all of what was announced, if that is little more. Who announces
/// much and sends little holds little.
fn capacity(received: usize, announced: Option<usize>) -> usize {
    let ahead = received.saturating_mul(4).max(AHEAD_MIN_BYTES);
    match announced {
        Some(announced) => announced.min(ahead).max(received),
        None => received.saturating_mul(2),
    }
}

/// The received part: one piece as it came, or several joined.
#[derive(Debug, Default)]
enum Parts {
    #[default]
    None,
    One(Bytes),
    Joined(Vec<u8>),
}

impl Parts {
    /// Adds a piece. What is reserved is what is allocated, not what has come: an allocator hands out memory that was used
    /// before, so a buffer is resident from the start.
    fn push(
        &mut self,
        data: Bytes,
        announced: Option<usize>,
        reservation: &mut Reservation,
    ) -> Result<(), NoRoom> {
        *self = match std::mem::take(self) {
            Self::None => {
                reservation.grow(data.len())?;
                Self::One(data)
            }
            Self::One(first) => {
                let together = first.len() + data.len();
                let capacity = capacity(together, announced);
                reservation.grow(capacity - first.len())?;
                let mut joined = Vec::with_capacity(capacity);
                joined.extend_from_slice(&first);
                joined.extend_from_slice(&data);
                Self::Joined(joined)
            }
            Self::Joined(mut joined) => {
                let together = joined.len() + data.len();
                if together > joined.capacity() {
                    let capacity = capacity(together, announced);
                    reservation.grow(capacity - joined.capacity())?;
                    joined.reserve_exact(capacity - joined.len());
                }
                joined.extend_from_slice(&data);
                Self::Joined(joined)
            }
        };
        Ok(())
    }

    fn len(&self) -> usize {
        self.first().len()
    }

    /// Everything received so far.
    fn first(&self) -> &[u8] {
        match self {
            Self::None => &[],
            Self::One(data) => data,
            Self::Joined(joined) => joined,
        }
    }

    fn finish(self) -> Bytes {
        match self {
            Self::None => Bytes::new(),
            Self::One(data) if data.len() <= OWN_COPY_MAX_BYTES => Bytes::copy_from_slice(&data),
            Self::One(data) => data,
            Self::Joined(joined) => joined.into(),
        }
    }
}
