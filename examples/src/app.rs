//! Works through many tickets at once and tells how each of them ended.

use std::fmt;
use std::io::{self, Write};
use std::sync::Arc;
use std::time::Duration;

use secspan::enrichment::Priority;
use secspan::workflow::Outcome;
use serde::Serialize;
use tokio::sync::Semaphore;
use tokio::task::{JoinError, JoinSet};

use crate::cli::Args;
use crate::delivery::explain;
use crate::enrichment::intelligence::Intelligence;
use crate::enrichment::{EnrichError, Findings, Host, Ticket, enrich};
use crate::http_client::Server;
use crate::perplexity::{self, Key, Patience};
use crate::stand_in::StandIn;
use crate::stand_in::faults::Faults;
use crate::{chance, clock, tracker};

/// Number of the first ticket.
const FIRST_TICKET: u32 = 101;
/// The analysts on duty.
const ANALYSTS: [&str; 3] = [
    "Mira (Security Analyst)",
    "Jonas (Security Analyst)",
    "Robin (Security Analyst)",
];
/// How long the stand-ins are waited for at normal speed, and at least: a busy machine is no fault.
const PATIENCE: Duration = Duration::from_millis(750);
/// How much longer for each ticket that is worked on at the same time: they all share this machine with the stand-ins.
const PATIENCE_PER_TICKET: Duration = Duration::from_millis(5);

/// Why no ticket was worked on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppError {
    /// The stand-in does not start.
    #[error("the stand-in of Perplexity and the tracker does not start")]
    StandIn(#[source] io::Error),
    /// A file that is built in is not what it should be.
    #[error("the example data cannot be read")]
    Data(#[from] serde_json::Error),
    /// There is no vulnerability or no asset in it.
    #[error("the example data is empty")]
    NoData,
    /// A workflow panicked.
    #[error("a workflow broke off")]
    Broken(#[from] JoinError),
    /// The results cannot be printed.
    #[error("the results cannot be written")]
    Output(#[source] io::Error),
}

/// How a ticket ended.
#[derive(Debug)]
pub struct Done {
    /// The ticket.
    pub ticket: String,
    /// What was found.
    pub findings: Findings,
    /// Why it failed, if it did.
    pub error: Option<EnrichError>,
    /// Whether it had to fail.
    pub should_fail: bool,
    /// How long it took.
    pub duration: Duration,
}

impl Done {
    fn outcome(&self) -> Outcome {
        self.error
            .as_ref()
            .map_or(Outcome::Success, EnrichError::outcome)
    }

    /// One JSON object.
    fn line(&self) -> Line<'_> {
        Line {
            ticket: &self.ticket,
            priority: self.findings.priority.map(Priority::as_str),
            outcome: self.outcome().as_str(),
            duration_seconds: self.duration.as_secs_f64(),
            trace_id: self.findings.trace_id.as_deref(),
            error: self.error.as_ref().map(|error| explain(error)),
        }
    }
}

/// A line of `--json`; the keys in this order.
#[derive(Debug, Serialize)]
struct Line<'a> {
    ticket: &'a str,
    priority: Option<&'static str>,
    outcome: &'static str,
    duration_seconds: f64,
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:<10} {:<2}  {:<9} {:>7.3} s  {}",
            self.ticket,
            self.findings.priority.map_or("--", Priority::as_str),
            self.outcome().as_str(),
            self.duration.as_secs_f64(),
            self.findings.trace_id.as_deref().unwrap_or("not recorded"),
        )?;
        match &self.error {
            Some(error) => write!(f, "  {}", explain(error)),
            None => Ok(()),
        }
    }
}

/// What became of all tickets.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Summary {
    /// Tickets that were enriched.
    pub succeeded: usize,
    /// Tickets that failed because they had to.
    pub failed_as_told: usize,
    /// Tickets that failed although they should not.
    pub failed: usize,
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} enriched", self.succeeded)?;
        if self.failed_as_told > 0 {
            write!(
                f,
                ", {} failed as told by --fail-ratio",
                self.failed_as_told
            )?;
        }
        if self.failed > 0 {
            write!(f, ", {} failed and should not have", self.failed)?;
        }
        Ok(())
    }
}

/// Works through the tickets and prints a line as each of them ends.
///
/// # Errors
/// When nothing can be done at all, or the lines cannot be written.
pub async fn run(args: &Args, key: Option<Key>, out: &mut dyn Write) -> Result<Summary, AppError> {
    let intelligence = Intelligence::read()?;
    let tickets = tickets(args, &intelligence)?;
    let ids: Vec<String> = tickets.iter().map(|ticket| ticket.id.clone()).collect();
    let faults = Faults::new(args.seed, &ids, args.fail_ratio);
    let stand_in = StandIn::start(faults.clone(), args.speed)
        .await
        .map_err(AppError::StandIn)?;
    let host = Arc::new(host(
        args,
        key,
        intelligence,
        Server::local(stand_in.address()),
    ));
    let places = Arc::new(Semaphore::new(args.concurrency.get()));
    let mut running = JoinSet::new();
    for ticket in tickets {
        let (host, places) = (Arc::clone(&host), Arc::clone(&places));
        let should_fail = faults.fails(&ticket.id).is_some();
        running.spawn(async move {
            let _place = places.acquire().await;
            work(&host, ticket, should_fail).await
        });
    }
    let mut summary = Summary::default();
    while let Some(done) = running.join_next().await {
        let done = done?;
        match (&done.error, done.should_fail) {
            (None, _) => summary.succeeded += 1,
            (Some(_), true) => summary.failed_as_told += 1,
            (Some(_), false) => summary.failed += 1,
        }
        print(args, &done, out).map_err(AppError::Output)?;
    }
    Ok(summary)
}

fn print(args: &Args, done: &Done, out: &mut dyn Write) -> io::Result<()> {
    if args.json {
        serde_json::to_writer(&mut *out, &done.line())?;
        writeln!(out)
    } else {
        writeln!(out, "{done}")
    }
}

async fn work(host: &Host, ticket: Ticket, should_fail: bool) -> Done {
    let mut findings = Findings::default();
    let started = clock::instant();
    let result = enrich(host, &ticket, &mut findings).await;
    Done {
        ticket: ticket.id,
        findings,
        error: result.err(),
        should_fail,
        duration: started.elapsed(),
    }
}

/// The longest wait for an answer of a stand-in.
fn patience(args: &Args) -> Duration {
    let tickets = usize::try_from(args.tickets).unwrap_or(usize::MAX);
    let at_once = u32::try_from(args.concurrency.get().min(tickets)).unwrap_or(u32::MAX);
    PATIENCE.max(PATIENCE.div_f64(args.speed)) + PATIENCE_PER_TICKET * at_once
}

/// The application with its clients: everything local, except Perplexity when there is a key.
fn host(args: &Args, key: Option<Key>, intelligence: Intelligence, local: Server) -> Host {
    let patience = patience(args);
    let perplexity = match key {
        Some(key) => perplexity::Client::real(key),
        None => perplexity::Client::local(
            local.clone(),
            Patience {
                question: patience,
                research: patience,
            },
        ),
    };
    Host {
        intelligence,
        perplexity,
        tracker: tracker::Client::new(local, patience),
        speed: args.speed,
        seed: args.seed,
    }
}

/// As many tickets as wanted: vulnerabilities and assets in turn, so that all classes come up.
fn tickets(args: &Args, intelligence: &Intelligence) -> Result<Vec<Ticket>, AppError> {
    let draw = |id: &str, what: &str, count: usize| {
        let number = chance::number(args.seed, id, what);
        let count = u64::try_from(count).unwrap_or(u64::MAX);
        number
            .checked_rem(count)
            .and_then(|index| usize::try_from(index).ok())
    };
    let ticket = |number: u32| -> Option<Ticket> {
        let id = format!("OPS-{number}");
        let vulnerabilities = &intelligence.vulnerabilities;
        let vulnerability = vulnerabilities.get(draw(&id, "cve", vulnerabilities.len())?)?;
        let asset = intelligence
            .assets
            .get(draw(&id, "asset", intelligence.assets.len())?)?;
        let analyst = ANALYSTS.get(draw(&id, "analyst", ANALYSTS.len())?)?;
        Some(Ticket {
            analyst: (*analyst).to_owned(),
            cve: vulnerability.id.clone(),
            asset: asset.name.clone(),
            id,
        })
    };
    (FIRST_TICKET..FIRST_TICKET + args.tickets)
        .map(|number| ticket(number).ok_or(AppError::NoData))
        .collect()
}
