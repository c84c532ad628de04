//! Which answers of the stand-in go wrong: by a seed, so that a run can be repeated.
//!
//! Some faults pass (a rate limit, a server that is away for a moment, research that never ends);
//! a good host application still succeeds, with retries and fallbacks. Those of tickets that
//! [`Faults::fails`] do not pass.

use std::collections::HashMap;

use crate::chance;

/// Share of first questions that are answered with a rate limit.
const RATE_LIMITED: f64 = 0.15;
/// Share of researches in depth that never end.
const ENDLESS: f64 = 0.2;
/// Share of first updates of a ticket for which the tracker is away.
const AWAY: f64 = 0.1;

/// What can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// A search.
    Search,
    /// A question that needs reasoning.
    Reason,
    /// Research in depth.
    DeepResearch,
    /// Read a ticket.
    ReadTicket,
    /// Update a ticket.
    WriteTicket,
}

impl Service {
    /// A word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Search => "search",
            Self::Reason => "reason",
            Self::DeepResearch => "research",
            Self::ReadTicket => "read",
            Self::WriteTicket => "write",
        }
    }
}

/// What goes wrong with an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It never comes.
    Hang,
    /// Status 429.
    RateLimited,
    /// Status 503.
    Unavailable,
    /// The tool runs and refuses.
    Refused,
}

/// Why a ticket's workflow must fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doom {
    /// Perplexity is away all the time.
    NoResearch,
    /// The tracker refuses the update.
    Refused,
    /// The tracker never answers the update.
    Endless,
}

/// The plan of what goes wrong.
#[derive(Debug, Clone, Default)]
pub struct Faults {
    seed: u64,
    doomed: HashMap<String, Doom>,
}

impl Faults {
    /// A plan in which this share of the tickets, rounded to whole ones, fails.
    pub fn new(seed: u64, tickets: &[String], fail_ratio: f64) -> Self {
        let wanted = (tickets.len() as f64 * fail_ratio.clamp(0.0, 1.0)).round();
        let mut drawn: Vec<&String> = tickets.iter().collect();
        drawn.sort_by_key(|ticket| chance::number(seed, ticket, "doom"));
        let kinds = [Doom::NoResearch, Doom::Refused, Doom::Endless];
        let doomed = (0_u32..)
            .zip(drawn)
            .take_while(|(index, _)| f64::from(*index) < wanted)
            .zip(kinds.into_iter().cycle())
            .map(|((_, ticket), doom)| (ticket.clone(), doom))
            .collect();
        Self { seed, doomed }
    }

    /// Why this ticket's workflow must fail, if it must.
    pub fn fails(&self, ticket: &str) -> Option<Doom> {
        self.doomed.get(ticket).copied()
    }

    /// What goes wrong with this attempt (from 1).
    pub(super) fn on(&self, ticket: &str, service: Service, attempt: u32) -> Option<Fault> {
        let doom = self.fails(ticket);
        let chance = |share: f64| chance::fraction(self.seed, ticket, service.word()) < share;
        match service {
            Service::ReadTicket => None,
            Service::WriteTicket => match doom {
                Some(Doom::Refused) => Some(Fault::Refused),
                Some(Doom::Endless) => Some(Fault::Hang),
                _ => (attempt == 1 && chance(AWAY)).then_some(Fault::Unavailable),
            },
            _ if doom == Some(Doom::NoResearch) => Some(Fault::Unavailable),
            Service::DeepResearch => chance(ENDLESS).then_some(Fault::Hang),
            Service::Search | Service::Reason => {
                (attempt == 1 && chance(RATE_LIMITED)).then_some(Fault::RateLimited)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tickets(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("OPS-{number}")).collect()
    }

    #[test]
    fn the_share_is_exact_and_the_seed_chooses() {
        for (count, ratio, expected) in [(50, 0.0, 0), (50, 0.1, 5), (10, 0.25, 3), (7, 1.0, 7)] {
            let tickets = tickets(count);
            let failing = |seed: u64| -> Vec<&String> {
                let faults = Faults::new(seed, &tickets, ratio);
                let fails = |ticket: &&String| faults.fails(ticket).is_some();
                tickets.iter().filter(fails).collect()
            };
            assert_eq!(failing(1).len(), expected, "{count} {ratio}");
            assert_eq!(failing(1), failing(1));
        }
        let tickets = tickets(50);
        let [one, two] = [1, 2].map(|seed| Faults::new(seed, &tickets, 0.1));
        assert!(
            tickets
                .iter()
                .any(|ticket| one.fails(ticket) != two.fails(ticket))
        );
    }

    #[test]
    fn without_doom_every_fault_passes() {
        let mut seen = [0; 3];
        for ticket in tickets(500) {
            let faults = Faults::new(3, &[], 0.0);
            let services = [Service::Reason, Service::DeepResearch, Service::WriteTicket];
            for (count, service) in seen.iter_mut().zip(services) {
                *count += usize::from(faults.on(&ticket, service, 1).is_some());
                let again = faults.on(&ticket, service, 2);
                assert!(again.is_none() || service == Service::DeepResearch);
            }
        }
        assert!(
            seen.iter().all(|count| (25..150).contains(count)),
            "{seen:?}"
        );
    }
}
