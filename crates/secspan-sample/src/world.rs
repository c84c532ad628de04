//! The made-up world: its settings, and everything that happens in it, in the order in which it happens.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use secspan_enrichment::sampling::SamplingRule;
use secspan_enrichment::service_level::ServiceLevels;
use secspan_records::timestamp::Timestamp;

use crate::calendar::{Calendar, DAY_SECONDS, SECOND_NANOS};
use crate::episode::{Episode, Kind};
use crate::story::Story;
use crate::team::Team;

/// Most enrichments of a sample: with all that follows from them they fill about 20 GB.
pub const RECORDS_MAX: u64 = 10_000_000;

/// Most days of a sample.
pub const DAYS_MAX: u32 = 3660;

/// How many of the latest stories are kept, at about a kilobyte each.
const LATEST: usize = 2048;

/// What the sample is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Seed of all chance.
    pub seed: u64,
    /// How many enrichments, 1 to [`RECORDS_MAX`]; reviews, decisions and closings follow from them.
    pub records: u64,
    /// How many days, 1 to [`DAYS_MAX`].
    pub days: u32,
    /// The last day, as any moment of it.
    pub until: Timestamp,
    /// Whether tickets that are open in the end have a record, as in the export of a ticket system. No span says so.
    pub open_tickets: bool,
}

/// Why there is no such sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Too few or too many enrichments.
    #[error("{0} records cannot be made; allowed are 1 to {RECORDS_MAX}")]
    Records(u64),
    /// Too few or too many days.
    #[error("{0} days are no span for a sample; allowed are 1 to {DAYS_MAX}")]
    Days(u32),
    /// The first day would lie too early.
    #[error("{0} days before the last day is before 1971")]
    TooEarly(u32),
}

/// A team and the tickets that it handles.
#[derive(Clone, Debug)]
pub struct World {
    settings: Settings,
    calendar: Calendar,
    team: Team,
    levels: ServiceLevels,
    /// The midnight after the last day, in nanoseconds since 1970.
    end: u64,
}

impl World {
    /// The world that these settings describe.
    ///
    /// # Errors
    /// When a setting is out of its range.
    pub fn new(settings: Settings) -> Result<Self, SettingsError> {
        let Settings {
            seed,
            records,
            days,
            until,
            open_tickets: _,
        } = settings;
        if !(1..=RECORDS_MAX).contains(&records) {
            return Err(SettingsError::Records(records));
        }
        if !(1..=DAYS_MAX).contains(&days) {
            return Err(SettingsError::Days(days));
        }
        let until = u64::try_from(until.unix_seconds()).unwrap_or(0);
        let end = (until / DAY_SECONDS + 1) * DAY_SECONDS;
        let span = u64::from(days) * DAY_SECONDS;
        let first = end
            .checked_sub(span)
            .filter(|first| *first > 365 * DAY_SECONDS)
            .ok_or(SettingsError::TooEarly(days))?;
        Ok(Self {
            settings,
            calendar: Calendar::new(seed, first, days.into()),
            team: Team::new(seed, records, days.into()),
            levels: ServiceLevels::default(),
            end: end * SECOND_NANOS,
        })
    }

    /// What happened up to the last day, in the order in which it was over. What would happen later is left out: reviews
    /// that are still waited for, closings of tickets that are still open.
    pub fn episodes(&self) -> Episodes<'_> {
        Episodes {
            world: self,
            next: 0,
            next_start: 0,
            due: BinaryHeap::new(),
            latest: vec![None; LATEST],
        }
    }

    pub(crate) fn seed(&self) -> u64 {
        self.settings.seed
    }

    pub(crate) fn records(&self) -> u64 {
        self.settings.records
    }

    pub(crate) fn calendar(&self) -> &Calendar {
        &self.calendar
    }

    /// The rule that decides about reviews; its seed is the seed of the sample, so that a report can replay it.
    pub(crate) fn sampling(&self) -> SamplingRule {
        SamplingRule::with_seed(self.settings.seed)
    }

    pub(crate) fn levels(&self) -> &ServiceLevels {
        &self.levels
    }

    pub(crate) fn has_open_tickets(&self) -> bool {
        self.settings.open_tickets
    }

    /// The midnight after the last day, in nanoseconds since 1970.
    pub(crate) fn end(&self) -> u64 {
        self.end
    }

    pub(crate) fn team(&self) -> &Team {
        &self.team
    }
}

/// Everything that happens in a world, in order.
///
/// Stories begin in the order of their numbers and are made as their time comes. Of what is still to come only time and
/// number are kept, 24 bytes, and the story is made again: memory stays small however many tickets are open. The latest
/// stories are kept, because most of what happens follows at once.
#[derive(Clone, Debug)]
pub struct Episodes<'a> {
    world: &'a World,
    /// The next story.
    next: u64,
    /// Nothing of the next story, or a later one, is over before this.
    next_start: u64,
    due: BinaryHeap<Reverse<(u64, u64, Kind)>>,
    /// The story with number n is, if anywhere, at n modulo [`LATEST`].
    latest: Vec<Option<Story>>,
}

impl Iterator for Episodes<'_> {
    type Item = Episode;

    fn next(&mut self) -> Option<Episode> {
        while self.next < self.world.records() {
            match self.due.peek() {
                Some(Reverse((at, ..))) if *at < self.next_start => break,
                _ => self.begin_story(),
            }
        }
        let Reverse((at, number, kind)) = self.due.pop()?;
        let place = self.latest.get_mut(slot(number)).map(Option::take);
        let kept = place.flatten().filter(|story| story.number() == number);
        let story = kept.unwrap_or_else(|| Story::new(self.world, number));
        if kind == Kind::Enrichment
            && let Some(place) = self.latest.get_mut(slot(number))
        {
            *place = Some(story.clone());
        }
        Some(Episode::new(story, kind, at))
    }
}

impl Episodes<'_> {
    fn begin_story(&mut self) {
        let story = Story::new(self.world, self.next);
        self.next_start = story.enrichment.start;
        for kind in Kind::ALL {
            let end = story.end_of(kind, self.world);
            if let Some(at) = end.filter(|at| *at < self.world.end) {
                self.due.push(Reverse((at, self.next, kind)));
            }
        }
        if let Some(place) = self.latest.get_mut(slot(self.next)) {
            *place = Some(story);
        }
        self.next += 1;
    }
}

fn slot(number: u64) -> usize {
    usize::try_from(number).unwrap_or(0) % LATEST
}

#[cfg(test)]
mod tests;
