//! The made-up world: a team, the tickets that it handles, and everything that happens in it, in order.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use secspan_sample::calendar::Calendar;
use secspan_sample::sample::{Moment, Sample, Settings, SettingsError};

use super::episode::Episode;
use super::facts::{Facts, Part};
use super::story::Scene;
use super::team::Team;
use crate::service_level::ServiceLevels;

/// How many of the latest stories are kept, at about a kilobyte each.
const LATEST: usize = 2048;

/// A team and the tickets that it handles.
#[derive(Clone, Debug)]
pub(super) struct World(Scene);

impl World {
    /// The world that these settings describe.
    pub(super) fn new(settings: Settings) -> Result<Self, SettingsError> {
        let (first, end) = settings.bounds()?;
        let (seed, days) = (settings.seed, u64::from(settings.days));
        Ok(Self(Scene {
            calendar: Calendar::new(seed, first, days),
            team: Team::new(seed, settings.records, days),
            levels: ServiceLevels::default(),
            settings,
            end,
        }))
    }

    /// What happened up to the last day, in the order in which it was over. What would happen later is left out: reviews
    /// that are still waited for, closings of tickets that are still open.
    pub(super) fn episodes(&self) -> Episodes<'_> {
        Episodes {
            scene: &self.0,
            next: 0,
            next_start: 0,
            due: BinaryHeap::new(),
            latest: vec![None; LATEST],
        }
    }
}

impl Sample for World {
    fn moments(&self) -> Box<dyn Iterator<Item = Box<dyn Moment>> + '_> {
        Box::new(
            self.episodes()
                .map(|episode| Box::new(episode) as Box<dyn Moment>),
        )
    }
}

/// Everything that happens in a world, in order.
///
/// Stories begin in the order of their numbers and are made as their time comes. Of what is still to come only time and
/// number are kept, 24 bytes, and the story is made again: memory stays small however many tickets are open. The latest
/// stories are kept, because most of what happens follows at once.
#[derive(Clone, Debug)]
pub(super) struct Episodes<'a> {
    scene: &'a Scene,
    /// The next story.
    next: u64,
    /// Nothing of the next story, or a later one, is over before this.
    next_start: u64,
    due: BinaryHeap<Reverse<(u64, u64, Part)>>,
    /// The story with number n is, if anywhere, at n modulo [`LATEST`].
    latest: Vec<Option<Facts>>,
}

impl Iterator for Episodes<'_> {
    type Item = Episode;

    fn next(&mut self) -> Option<Episode> {
        while self.next < self.scene.settings.records {
            match self.due.peek() {
                Some(Reverse((at, ..))) if *at < self.next_start => break,
                _ => self.begin_story(),
            }
        }
        let Reverse((at, number, part)) = self.due.pop()?;
        let place = self.latest.get_mut(slot(number)).map(Option::take);
        let kept = place.flatten().filter(|story| story.number == number);
        let story = kept.unwrap_or_else(|| self.scene.story(number));
        if part == Part::Enrichment
            && let Some(place) = self.latest.get_mut(slot(number))
        {
            *place = Some(story.clone());
        }
        Some(Episode {
            facts: story,
            part,
            at,
        })
    }
}

impl Episodes<'_> {
    fn begin_story(&mut self) {
        let story = self.scene.story(self.next);
        self.next_start = story.enrichment.start;
        for part in Part::ALL {
            let end = self.scene.end_of(&story, part);
            if let Some(at) = end.filter(|at| *at < self.scene.end) {
                self.due.push(Reverse((at, self.next, part)));
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
