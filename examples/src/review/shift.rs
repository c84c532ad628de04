//! Follows up many tickets at once and tells what became of each.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;

use secspan_enrichment::sampling::SamplingRule;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use super::cli::Args;
use super::finished::{self, Finished, FinishedError};
use super::{Desk, follow_up};

/// Why not everything was followed up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ShiftError {
    /// The records cannot be read.
    #[error("there is nothing to follow up")]
    Finished(#[from] FinishedError),
    /// A review panicked.
    #[error("a review broke off")]
    Broken(#[from] JoinError),
    /// The results cannot be printed.
    #[error("the results cannot be written")]
    Output(#[source] io::Error),
}

/// What became of all tickets.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Tickets whose analysis was reviewed.
    pub reviewed: usize,
    /// Tickets that were closed without.
    pub not_reviewed: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let closed = self.reviewed + self.not_reviewed;
        write!(f, "{closed} closed, {} of them reviewed", self.reviewed)
    }
}

/// Follows up every enrichment of the files and prints a line as each of them ends.
///
/// # Errors
/// When the files cannot be read, or the lines cannot be written.
pub async fn run(args: &Args, out: &mut dyn Write) -> Result<Summary, ShiftError> {
    let mut tickets = Vec::new();
    for path in &args.files {
        tickets.extend(finished::read(path)?);
    }
    let desk = Arc::new(Desk {
        rule: SamplingRule::with_seed(args.seed),
        seed: args.seed,
        speed: args.speed,
    });
    let places = Arc::new(Semaphore::new(args.concurrency.get()));
    let mut running = JoinSet::new();
    for finished in tickets {
        let (desk, places) = (Arc::clone(&desk), Arc::clone(&places));
        running.spawn(async move {
            let _place = places.acquire().await;
            let followed_up = follow_up(&desk, &finished).await;
            (finished, followed_up.score)
        });
    }
    let mut summary = Summary::default();
    while let Some(done) = running.join_next().await {
        let (finished, score) = done?;
        match score {
            Some(_) => summary.reviewed += 1,
            None => summary.not_reviewed += 1,
        }
        print(&finished, score, out).map_err(ShiftError::Output)?;
    }
    Ok(summary)
}

fn print(finished: &Finished, score: Option<f64>, out: &mut dyn Write) -> io::Result<()> {
    let (ticket, priority) = (finished.ticket(), finished.priority().as_str());
    match score {
        Some(score) => writeln!(out, "{ticket:<10} {priority}  {score:>6.2}"),
        None => writeln!(out, "{ticket:<10} {priority}  not reviewed"),
    }
}
