//! Reads a source of metrics at intervals and pushes what it finds into the source's pipelines.
//!
//! Metrics are totals: a reading that the log does not take is made good by the next one. The last reading is made when
//! the collector stops, after everything that is counted has been counted.

use std::sync::Arc;
use std::time::Duration;

use secspan_metrics::family::Family;
use secspan_metrics::push;
use secspan_metrics::reader::Reader;
use secspan_otlp::encode::Scope;
use secspan_semconv::attribute;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock;
use crate::component::{MetricSource, PipelineInput};
use crate::context::Context;
use crate::pipeline::input::Entrance;

/// Most points in one request: below the 4 MiB that gRPC servers take, with labels of a kilobyte each.
const POINTS_MAX: usize = 2_048;

/// A source of metrics and the pipelines that take them pushed.
pub struct Pusher {
    /// The component id of the source.
    pub name: String,
    /// What is read.
    pub source: Arc<dyn MetricSource>,
    /// How often.
    pub interval: Duration,
    /// Where it goes.
    pub entrance: Entrance,
    /// Where trouble is reported.
    pub context: Context,
}

impl std::fmt::Debug for Pusher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pusher")
            .field("name", &self.name)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// A pusher at work.
#[derive(Debug)]
pub struct RunningPusher {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl RunningPusher {
    /// Pushes what was counted since the last reading, and ends.
    pub async fn finish(self) {
        self.stop.send(()).ok();
        // A task that panicked has said so; there is nothing to wait for.
        self.task.await.ok();
    }
}

impl Pusher {
    /// Starts reading.
    pub fn start(self) -> RunningPusher {
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(self.run(stopped));
        RunningPusher { stop, task }
    }

    async fn run(self, mut stopped: oneshot::Receiver<()>) {
        let mut failing = false;
        loop {
            let last = tokio::select! {
                () = tokio::time::sleep(self.interval) => false,
                _ = &mut stopped => true,
            };
            let refused = self.push().await.err();
            if let Some(reason) = refused.as_ref().filter(|_| !failing || last) {
                let message = format!("metrics were not taken: {reason}");
                tracing::warn!(component = %self.name, "{message}");
            }
            failing = refused.is_some();
            if last {
                return;
            }
        }
    }

    async fn push(&self) -> Result<(), String> {
        let now = clock::now();
        let mut families = Vec::new();
        self.source.collect(Reader::DIRECT, now, &mut families);
        let resource = [(attribute::SERVICE_NAME, env!("CARGO_PKG_NAME").into())];
        let scope = Scope {
            name: &self.name,
            version: env!("CARGO_PKG_VERSION"),
            ..Scope::default()
        };
        for families in portions(families) {
            if let Some((bytes, _)) = push::request(&families, &resource, &scope, now) {
                let taken = self.entrance.metrics(bytes.into()).await;
                taken.map_err(|refused| refused.to_string())?;
            }
        }
        Ok(())
    }
}

/// The families in portions of at most [`POINTS_MAX`] points; a larger family is divided.
fn portions(families: Vec<Family>) -> Vec<Vec<Family>> {
    let mut portions = Vec::new();
    let (mut portion, mut room) = (Vec::new(), POINTS_MAX);
    for mut family in families {
        while !family.points.is_empty() {
            let rest = family.points.split_off(family.points.len().min(room));
            room -= family.points.len();
            let portion_of = std::mem::replace(&mut family.points, rest);
            portion.push(Family {
                points: portion_of,
                name: Arc::clone(&family.name),
                help: Arc::clone(&family.help),
                kind: family.kind,
                unit: Arc::clone(&family.unit),
            });
            if room == 0 {
                portions.push(std::mem::take(&mut portion));
                room = POINTS_MAX;
            }
        }
    }
    portions.push(portion);
    portions
}
