//! Alert enrichment: from a ticket with a CVE to a priority, a plan and an updated ticket.
//!
//! This is what instrumentation with secspan looks like in a host application:
//!
//! - [`enrich`] is the workflow, because its span carries `secops.workflow.name`;
//! - each stage is a function with plain `#[instrument]`: its name is the name of a stage;
//! - facts are set where they become known, by typed calls that need no declared field;
//! - calls to Perplexity and to MCP tools record themselves (see [`crate::perplexity`] and
//!   [`crate::tracker`]), retries and failures included;
//! - `err` gives a stage that fails, and the workflow above it, the status ERROR.

use std::collections::BTreeSet;
use std::time::Duration;

use secspan::enrichment::{self as fact, Priority};
use secspan::workflow::{self, Outcome};
use serde_json::json;
use tracing::instrument;

use self::intelligence::{Asset, Intelligence, Vulnerability};
use self::priority::Factors;
use crate::chance;
use crate::http_client::HttpError;
use crate::tracker::{GET_ISSUE, ToolError, UPDATE_ISSUE};
use crate::{perplexity, tracker};

pub mod intelligence;
pub mod priority;
pub mod research;

#[cfg(test)]
mod tests;

/// How often the ticket is updated before the workflow gives up.
const UPDATE_ATTEMPTS: u32 = 3;
/// First pause before something is tried again, at normal speed.
const RETRY_PAUSE: Duration = Duration::from_millis(15);

/// Time that the work of each stage takes at normal speed, beside the calls made in it.
mod effort {
    use std::time::Duration;

    pub(super) const TRIAGE: Duration = Duration::from_millis(12);
    pub(super) const CVE_RESEARCH: Duration = Duration::from_millis(25);
    pub(super) const BUSINESS_CONTEXT: Duration = Duration::from_millis(62);
    pub(super) const REMEDIATION_PLANNING: Duration = Duration::from_millis(75);
    pub(super) const ATTACK_MAPPING: Duration = Duration::from_millis(12);
    pub(super) const PRIORITY_ASSESSMENT: Duration = Duration::from_millis(50);
    pub(super) const DOCUMENTATION: Duration = Duration::from_millis(8);
    pub(super) const JIRA_UPDATE: Duration = Duration::from_millis(12);
}

/// Why a ticket was not enriched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EnrichError {
    /// No database knows the vulnerability.
    #[error("nothing is known about {0}")]
    UnknownVulnerability(String),
    /// The inventory does not know the asset.
    #[error("the inventory has no asset {0}")]
    UnknownAsset(String),
    /// Neither the chosen kind of question nor a lighter one was answered.
    #[error("no research was possible")]
    Research(#[source] HttpError),
    /// The ticket cannot be read or updated.
    #[error("the ticket cannot be read or updated")]
    Tracker(#[from] ToolError),
}

impl EnrichError {
    /// The outcome of a workflow that ends with this.
    pub fn outcome(&self) -> Outcome {
        match self {
            Self::UnknownVulnerability(_)
            | Self::UnknownAsset(_)
            | Self::Tracker(ToolError::Refused) => Outcome::Failure,
            Self::Research(HttpError::Timeout(_))
            | Self::Tracker(ToolError::Http(HttpError::Timeout(_))) => Outcome::Timeout,
            Self::Research(_) | Self::Tracker(_) => Outcome::Error,
        }
    }
}

/// A ticket: a vulnerability that was found on an asset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// Its id.
    pub id: String,
    /// Who answers for the enrichment.
    pub analyst: String,
    /// `CVE-…`.
    pub cve: String,
    /// Name of the asset.
    pub asset: String,
}

/// What the application works with.
#[derive(Debug)]
pub struct Host {
    /// Databases and inventory.
    pub intelligence: Intelligence,
    /// Research.
    pub perplexity: perplexity::Client,
    /// Tickets.
    pub tracker: tracker::Client,
    /// Divides the time that everything takes.
    pub speed: f64,
    /// Decides how long each piece of work takes.
    pub seed: u64,
}

impl Host {
    /// Stands for the work of people and programs that this example does not have.
    async fn work(&self, ticket: &Ticket, what: &str, effort: Duration) {
        let variation = 0.75 + chance::fraction(self.seed, &ticket.id, what) / 2.0;
        tokio::time::sleep(effort.mul_f64(variation / self.speed)).await;
    }

    fn retry_pause(&self) -> Duration {
        RETRY_PAUSE.div_f64(self.speed)
    }
}

/// What a workflow leaves, whether it succeeded or not.
#[derive(Debug, Default)]
pub struct Findings {
    /// The trace, as 32 hex digits; none when nothing is recorded.
    pub trace_id: Option<String>,
    /// The priority, once it is known.
    pub priority: Option<Priority>,
}

/// Enriches a ticket.
///
/// # Errors
/// When a stage fails. `findings` then holds what was found until there.
#[instrument(skip_all, err, fields(secops.workflow.name = secspan::ENRICHMENT))]
pub async fn enrich(
    host: &Host,
    ticket: &Ticket,
    findings: &mut Findings,
) -> Result<(), EnrichError> {
    findings.trace_id = workflow::trace_id();
    workflow::trigger("alert");
    fact::ticket(&ticket.id);
    fact::analyst(&ticket.analyst);
    fact::vulnerability(&ticket.cve);
    let result = stages(host, ticket, findings).await;
    workflow::outcome(match &result {
        Ok(()) => Outcome::Success,
        Err(error) => error.outcome(),
    });
    result
}

async fn stages(host: &Host, ticket: &Ticket, findings: &mut Findings) -> Result<(), EnrichError> {
    let vulnerability = triage(host, ticket).await?;
    cve_research(host, ticket, vulnerability).await?;
    let asset = business_context(host, ticket).await?;
    remediation_planning(host, ticket).await;
    attack_mapping(host, ticket, vulnerability).await;
    let priority = priority_assessment(host, ticket, vulnerability, asset).await;
    findings.priority = Some(priority);
    documentation(host, ticket).await;
    jira_update(host, ticket, priority).await
}

/// Reads the ticket and looks the vulnerability up.
#[instrument(skip_all, err)]
async fn triage<'a>(host: &'a Host, ticket: &Ticket) -> Result<&'a Vulnerability, EnrichError> {
    host.tracker.call(GET_ISSUE, &ticket.id, json!({})).await?;
    host.work(ticket, "triage", effort::TRIAGE).await;
    host.intelligence
        .vulnerability(&ticket.cve)
        .ok_or_else(|| EnrichError::UnknownVulnerability(ticket.cve.clone()))
}

/// Gathers scores, and asks Perplexity two questions: the second is as deep as the score demands.
#[instrument(skip_all, err)]
async fn cve_research(
    host: &Host,
    ticket: &Ticket,
    vulnerability: &Vulnerability,
) -> Result<(), EnrichError> {
    fact::cvss(vulnerability.cvss);
    if let Some(probability) = host.intelligence.epss(&ticket.cve) {
        fact::epss(probability);
    }
    fact::known_exploited(host.intelligence.known_exploited(&ticket.cve));
    let questions = [
        (
            research::FIRST,
            "How is it exploited, and what is affected?",
        ),
        (
            research::second(Some(vulnerability.cvss)),
            "What do the sources recommend?",
        ),
    ];
    let mut sources = BTreeSet::new();
    for (kind, question) in questions {
        let prompt = format!("{}: {question}", vulnerability.id);
        let pause = host.retry_pause();
        let answer = research::ask(&host.perplexity, kind, &prompt, &ticket.id, pause)
            .await
            .map_err(EnrichError::Research)?;
        sources.extend(answer.citations);
    }
    fact::sources(sources.len());
    host.work(ticket, "cve_research", effort::CVE_RESEARCH)
        .await;
    Ok(())
}

/// Finds out what the asset means to the business.
#[instrument(skip_all, err)]
async fn business_context<'a>(host: &'a Host, ticket: &Ticket) -> Result<&'a Asset, EnrichError> {
    host.work(ticket, "business_context", effort::BUSINESS_CONTEXT)
        .await;
    host.intelligence
        .asset(&ticket.asset)
        .ok_or_else(|| EnrichError::UnknownAsset(ticket.asset.clone()))
}

/// Plans patches and workarounds.
#[instrument(skip_all)]
async fn remediation_planning(host: &Host, ticket: &Ticket) {
    host.work(ticket, "remediation_planning", effort::REMEDIATION_PLANNING)
        .await;
}

/// Maps the weakness to ATT&CK techniques.
#[instrument(skip_all)]
async fn attack_mapping(host: &Host, ticket: &Ticket, vulnerability: &Vulnerability) {
    let techniques = host.intelligence.techniques(&vulnerability.weakness);
    fact::techniques(techniques.iter().map(String::as_str));
    host.work(ticket, "attack_mapping", effort::ATTACK_MAPPING)
        .await;
}

/// Adds up the factors.
#[instrument(skip_all)]
async fn priority_assessment(
    host: &Host,
    ticket: &Ticket,
    vulnerability: &Vulnerability,
    asset: &Asset,
) -> Priority {
    let factors = Factors {
        cvss: vulnerability.cvss,
        epss: host.intelligence.epss(&ticket.cve).unwrap_or(0.0),
        known_exploited: host.intelligence.known_exploited(&ticket.cve),
        criticality: asset.criticality,
        exposure: asset.exposure,
        exploit: vulnerability.exploit,
    };
    host.work(ticket, "priority_assessment", effort::PRIORITY_ASSESSMENT)
        .await;
    let priority = factors.priority();
    fact::priority(priority);
    priority
}

/// Writes the analysis down.
#[instrument(skip_all)]
async fn documentation(host: &Host, ticket: &Ticket) {
    host.work(ticket, "documentation", effort::DOCUMENTATION)
        .await;
}

/// Updates the ticket, again when the tracker is away for a moment.
#[instrument(skip_all, err)]
async fn jira_update(host: &Host, ticket: &Ticket, priority: Priority) -> Result<(), EnrichError> {
    host.work(ticket, "jira_update", effort::JIRA_UPDATE).await;
    let mut attempt = 1;
    loop {
        workflow::attempt(attempt);
        let fields = json!({ "priority": priority.as_str() });
        match host.tracker.call(UPDATE_ISSUE, &ticket.id, fields).await {
            Ok(_) => return Ok(()),
            Err(ToolError::Http(error)) if error.may_pass() && attempt < UPDATE_ATTEMPTS => {
                tokio::time::sleep(host.retry_pause() * attempt).await;
                attempt += 1;
            }
            Err(error) => return Err(error.into()),
        }
    }
}
