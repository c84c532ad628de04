//! The time that a request head may take, counted from its first byte.
//!
//! hyper's own timer for heads also runs while a connection rests between requests, so it would close a connection that
//! keep-alive promised to hold. This one is given to hyper as its clock for heads: it runs at once for the first head of a
//! connection, and for later ones from the moment at which something arrives. How long a connection may rest is the idle
//! timeout's business.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use hyper::rt::{Sleep, Timer};
use hyper_util::rt::TokioTimer;

use super::activity::Activity;

/// hyper's timer of one connection.
#[derive(Clone, Debug)]
pub(super) struct HeadTimer {
    activity: Activity,
    time: Duration,
    has_begun: Arc<AtomicBool>,
}

impl HeadTimer {
    /// A timer that gives each head `time`.
    pub(super) fn new(activity: Activity, time: Duration) -> Self {
        Self {
            activity,
            time,
            has_begun: Arc::default(),
        }
    }
}

impl Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn Sleep>> {
        TokioTimer::new().sleep(duration)
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn Sleep>> {
        let first = !self.has_begun.swap(true, Ordering::Relaxed);
        Box::pin(HeadSleep {
            activity: self.activity.clone(),
            read: self.activity.bytes_read(),
            time: self.time,
            running: first.then(|| TokioTimer::new().sleep_until(deadline)),
        })
    }

    fn now(&self) -> Instant {
        TokioTimer::new().now()
    }
}

/// Polled by hyper whenever the connection has read something and the head is still incomplete.
struct HeadSleep {
    activity: Activity,
    read: u64,
    time: Duration,
    running: Option<Pin<Box<dyn Sleep>>>,
}

impl Sleep for HeadSleep {}

impl Future for HeadSleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        if this.running.is_none() {
            if this.activity.bytes_read() == this.read {
                return Poll::Pending;
            }
            this.running = Some(TokioTimer::new().sleep(this.time));
        }
        this.running
            .as_mut()
            .map_or(Poll::Pending, |running| running.as_mut().poll(cx))
    }
}
