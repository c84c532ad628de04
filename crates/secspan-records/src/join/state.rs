//! The mutable half of the join: open traces, when each is due, and what gives way when memory runs out.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::hash::{BuildHasher, Hash, Hasher};
use std::time::Duration;

use foldhash::quality::RandomState;
use secspan_otlp::time::UnixNanos;
use secspan_otlp::view::TraceId;

use super::ancestry::Ancestry;
use super::plausible::dated;
use super::remembered::{Remembered, Said};
use super::suspended::{self, Resumed};
use super::told::Told;
use super::trace::{Added, Trace};
use super::{Counters, JoinStage, Joined, Link, Orphaned, Settings};
use crate::assemble::{Incomplete, Workflow, assemble, of_event};
use crate::definition::Definitions;
use crate::event::{FactEvent, fingerprint_of};

/// Share of the memory that ancestry takes.
const ANCESTRY_SHARE: usize = 8;

/// For how many deadlines it is remembered that a trace was given up: its workflow lasts longer than one.
const KEPT_DEADLINES: u32 = 8;

/// When memory runs out, traces give way until this share is free, so that it does not happen for every batch.
const FREED_SHARE: usize = 8;

/// A trace and its times.
#[derive(Debug)]
struct Entry {
    trace: Trace,
    /// When the first span arrived that no completion has seen; `None` when all is said.
    open_since: Option<UnixNanos>,
    last_arrival: UnixNanos,
    /// Until when a complete trace is kept.
    kept_until: UnixNanos,
    has_workflow: bool,
    /// Whether one of its workflows was completed before.
    completed: bool,
    /// The entry of the schedule that counts; others are stale.
    due: UnixNanos,
    bytes: usize,
}

/// Everything that changes.
#[derive(Debug)]
pub(super) struct State {
    settings: Settings,
    traces: HashMap<TraceId, Entry, RandomState>,
    schedule: BinaryHeap<Reverse<(UnixNanos, TraceId)>>,
    ancestry: Ancestry,
    remembered: Remembered,
    /// Events that became records, and traces that were given up before their workflow span arrived.
    told: Told,
    /// Events, and workflows that were completed for memory, since the last tick.
    ready: Vec<Joined>,
    bytes: usize,
    /// Traces with something left to say.
    open: u64,
    counters: Counters,
    digest: RandomState,
}

impl State {
    pub(super) fn new(settings: Settings) -> Self {
        let ancestry = Ancestry::new(settings.max_bytes / ANCESTRY_SHARE);
        Self {
            settings,
            traces: HashMap::default(),
            schedule: BinaryHeap::new(),
            bytes: ancestry.bytes(),
            ancestry,
            remembered: Remembered::default(),
            told: Told::default(),
            ready: Vec::new(),
            open: 0,
            counters: Counters::default(),
            digest: RandomState::default(),
        }
    }

    pub(super) fn commit(&mut self, definitions: &Definitions, stage: JoinStage, now: UnixNanos) {
        for (trace, span) in stage.spans {
            let defined = span
                .workflow()
                .is_some_and(|name| definitions.workflow(name).is_some());
            let entry = self.traces.entry(trace).or_insert_with(|| Entry::new(now));
            let added = entry.trace.add_span(span);
            entry.has_workflow |= defined && added != Added::Dropped;
            self.arrived(trace, added, now);
        }
        for (trace, span, call) in stage.log_calls {
            let entry = self.traces.entry(trace).or_insert_with(|| Entry::new(now));
            let added = entry.trace.add_log_call(span, call);
            self.arrived(trace, added, now);
        }
        for event in &stage.events {
            self.tell(event, now);
        }
        self.link(&stage.links, now);
        if self.bytes > self.settings.max_bytes {
            self.make_room(definitions, now);
        }
    }

    /// Hands out the record of an event, unless one with its key was handed out before.
    fn tell(&mut self, event: &FactEvent, now: UnixNanos) {
        let (joined, key) = match of_event(event) {
            Ok(record) => {
                let key = record.key();
                (Joined::Record(record), key)
            }
            Err(unfinished) => (Joined::Rejected(unfinished), None),
        };
        let fingerprint = key.as_ref().and_then(fingerprint_of);
        let fingerprint = fingerprint.unwrap_or_else(|| event.fingerprint());
        let until = later(now, self.settings.deadline.saturating_mul(2));
        if !self.told.insert(fingerprint, until, now) {
            self.counters.duplicates += 1;
            return;
        }
        let joined = dated(joined, now, &self.settings);
        let joined = self.count(joined, 0);
        self.ready.push(joined);
    }

    /// Counts what became of an arrival and schedules its trace.
    fn arrived(&mut self, trace: TraceId, added: Added, now: UnixNanos) {
        let Some(entry) = self.traces.get_mut(&trace) else {
            return;
        };
        match added {
            Added::New => {
                self.counters.late += u64::from(entry.completed);
                self.open += u64::from(entry.open_since.is_none());
                entry.open_since.get_or_insert(now);
            }
            Added::Duplicate => self.counters.duplicates += 1,
            Added::Dropped => self.counters.dropped_spans += 1,
        }
        entry.last_arrival = now;
        let bytes = entry.memory();
        self.bytes = self.bytes + bytes - entry.bytes;
        entry.bytes = bytes;
        let due = entry.real_due(&self.settings);
        if entry.due > due {
            entry.due = due;
            self.schedule.push(Reverse((due, trace)));
        }
    }

    /// Keeps parents: in the trace where it is open, else in the shared map.
    fn link(&mut self, links: &[Link], now: UnixNanos) {
        for run in links.chunk_by(|a, b| a.trace == b.trace) {
            let Some(first) = run.first() else { continue };
            let mut entry = self.traces.get_mut(&first.trace);
            for link in run {
                let in_trace = entry
                    .as_mut()
                    .is_some_and(|entry| entry.trace.add_link(link.span, link.parent));
                if !in_trace {
                    self.ancestry.insert(link.trace, link.span, link.parent);
                }
            }
            if let Some(entry) = entry {
                entry.last_arrival = now;
                let bytes = entry.memory();
                self.bytes = self.bytes + bytes - entry.bytes;
                entry.bytes = bytes;
                // It may say what is above a span that waits for that.
                let due = entry.real_due(&self.settings);
                if entry.due > due {
                    entry.due = due;
                    self.schedule.push(Reverse((due, first.trace)));
                }
            }
        }
    }

    pub(super) fn tick(
        &mut self,
        definitions: &Definitions,
        now: UnixNanos,
        out: &mut Vec<Joined>,
    ) {
        out.append(&mut self.ready);
        while let Some(Reverse((due, trace))) = self.schedule.peek().copied() {
            if due > now {
                break;
            }
            self.schedule.pop();
            let Some(entry) = self.traces.get_mut(&trace) else {
                continue;
            };
            if entry.due != due {
                continue;
            }
            let real = entry.real_due(&self.settings);
            if real > now {
                entry.due = real;
                self.schedule.push(Reverse((real, trace)));
                continue;
            }
            self.settle(definitions, trace, now, false, out);
        }
    }

    pub(super) fn next_due(&self) -> Option<UnixNanos> {
        if self.ready.is_empty() {
            self.schedule.peek().map(|Reverse((due, _))| *due)
        } else {
            Some(UnixNanos(0))
        }
    }

    pub(super) fn finish(
        &mut self,
        definitions: &Definitions,
        now: UnixNanos,
        out: &mut Vec<Joined>,
    ) {
        out.append(&mut self.ready);
        for trace in self.open(|_| true) {
            self.settle(definitions, trace, now, true, out);
        }
    }

    pub(super) fn suspend(
        &mut self,
        definitions: &Definitions,
        now: UnixNanos,
        out: &mut Vec<Joined>,
    ) -> Vec<u8> {
        out.append(&mut self.ready);
        for trace in self.open(|entry| entry.has_workflow) {
            self.settle(definitions, trace, now, false, out);
        }
        let rest = self.open(|_| true);
        let traces = rest
            .iter()
            .filter_map(|id| Some((*id, &self.traces.get(id)?.trace)));
        suspended::encode(
            definitions,
            traces,
            self.remembered.iter(),
            self.told.iter(),
        )
    }

    pub(super) fn resume(&mut self, definitions: &Definitions, resumed: Resumed, now: UnixNanos) {
        for (trace, span, said, until) in resumed.identities {
            self.remembered.insert(trace, span, said, until, now);
        }
        for (until, event) in resumed.told {
            self.told.insert(event, until, now);
        }
        self.commit(definitions, resumed.stage, now);
    }

    /// The traces with something left to say, longest waiting first.
    fn open(&self, wanted: impl Fn(&Entry) -> bool) -> Vec<TraceId> {
        let mut open: Vec<(Option<UnixNanos>, TraceId)> = self
            .traces
            .iter()
            .filter(|(_, entry)| entry.open_since.is_some() && wanted(entry))
            .map(|(trace, entry)| (entry.open_since, *trace))
            .collect();
        open.sort_unstable();
        open.into_iter().map(|(_, trace)| trace).collect()
    }

    /// Does what is due with one trace: completes its workflows, reports it as orphaned, or forgets it. A trace of which
    /// it is not known yet whether it holds a workflow waits for its deadline, unless this is the `last` look at it.
    fn settle(
        &mut self,
        definitions: &Definitions,
        trace: TraceId,
        now: UnixNanos,
        last: bool,
        out: &mut Vec<Joined>,
    ) {
        let Some(mut entry) = self.traces.remove(&trace) else {
            return;
        };
        self.bytes -= entry.bytes;
        let Some(since) = entry.open_since else {
            return;
        };
        self.open -= 1;
        let deadline = later(since, self.settings.deadline);
        let last = last || now >= deadline;
        let (workflows, undecided) =
            entry
                .trace
                .workflows(trace, definitions, &self.ancestry, last);
        for workflow in &workflows {
            out.extend(self.say(definitions, workflow, entry.completed, now));
        }
        entry.completed |= !workflows.is_empty();
        drop(workflows);
        if undecided && !last {
            self.open += 1;
            entry.due = deadline;
        } else if entry.completed {
            entry.open_since = None;
            entry.kept_until = later(now, self.settings.deadline);
            entry.due = entry.kept_until;
        } else {
            self.orphan(definitions, trace, &entry, now, out);
            return;
        }
        self.schedule.push(Reverse((entry.due, trace)));
        self.bytes += entry.bytes;
        self.traces.insert(trace, entry);
    }

    /// What is to be said about a workflow: nothing, when it was said already. When it was said by a trace that is
    /// forgotten (`whole` is false), what arrived since is too little to correct it.
    fn say(
        &mut self,
        definitions: &Definitions,
        workflow: &Workflow<'_>,
        whole: bool,
        now: UnixNanos,
    ) -> Option<Joined> {
        let identity = workflow.identity();
        let before = self.remembered.get(identity.trace, identity.span);
        if before.is_some() && !whole {
            self.counters.duplicates += 1;
            return None;
        }
        let joined = match assemble(workflow, definitions, self.settings.share_unit) {
            Ok(record) => Joined::Record(record),
            Err(unfinished) if unfinished.outcome.completed() => Joined::Rejected(unfinished),
            Err(unfinished) => Joined::Incomplete(unfinished),
        };
        let given_up = self
            .told
            .contains(identity.trace.0)
            .then(|| GIVEN_UP.to_owned());
        let times = workflow.implausible(definitions);
        let times = times.map(|reason| format!("total_duration_seconds: {reason}"));
        let joined = match given_up.or(times) {
            Some(reason) => rejected(joined, reason),
            None => joined,
        };
        let joined = dated(joined, now, &self.settings);
        let digest = self.digest_of(&joined);
        if before.is_some_and(|said| said.digest == digest) {
            return None;
        }
        let number = before.map_or(0, |said| said.counted);
        let counted = number + u32::from(!matches!(joined, Joined::Rejected(_)));
        let until = later(now, self.settings.deadline.saturating_mul(2));
        let said = Said { digest, counted };
        self.remembered
            .insert(identity.trace, identity.span, said, until, now);
        Some(self.count(joined, number))
    }

    /// Numbers and counts what is said.
    fn count(&mut self, joined: Joined, number: u32) -> Joined {
        match joined {
            Joined::Record(record) if number == 0 => {
                self.counters.records += 1;
                Joined::Record(record)
            }
            Joined::Record(record) => {
                self.counters.amendments += 1;
                Joined::Record(record.as_amendment(number))
            }
            Joined::Rejected(unfinished) => {
                self.counters.rejected += 1;
                Joined::Rejected(unfinished)
            }
            Joined::Incomplete(unfinished) => {
                self.counters.incomplete += 1;
                Joined::Incomplete(unfinished)
            }
            Joined::Orphaned(orphaned) => Joined::Orphaned(orphaned),
        }
    }

    fn digest_of(&self, joined: &Joined) -> u64 {
        let mut hasher = self.digest.build_hasher();
        match joined {
            Joined::Record(record) => record.to_line().hash(&mut hasher),
            Joined::Rejected(unfinished) | Joined::Incomplete(unfinished) => {
                let Incomplete {
                    partial, reasons, ..
                } = &**unfinished;
                (partial, reasons, unfinished.outcome).hash(&mut hasher);
            }
            Joined::Orphaned(_) => {}
        }
        hasher.finish()
    }

    fn orphan(
        &mut self,
        definitions: &Definitions,
        trace: TraceId,
        entry: &Entry,
        now: UnixNanos,
        out: &mut Vec<Joined>,
    ) {
        if self.remembered.knows(trace) {
            self.counters.late += entry.trace.len() as u64;
        } else if entry.trace.misses_workflow() {
            self.counters.orphaned += 1;
            self.give_up(trace, now);
            let subject = entry.trace.any_text(definitions.subjects());
            out.push(Joined::Orphaned(Orphaned {
                trace,
                spans: entry.trace.len(),
                subject,
            }));
        }
    }

    /// Remembers that spans of a trace are gone.
    fn give_up(&mut self, trace: TraceId, now: UnixNanos) {
        let until = later(now, self.settings.deadline.saturating_mul(KEPT_DEADLINES));
        self.told.insert(trace.0, until, now);
    }

    /// Frees memory: complete traces are forgotten first, then workflows are completed early, then traces whose
    /// workflow span has not arrived are dropped; of each sort the one that waits longest.
    fn make_room(&mut self, definitions: &Definitions, now: UnixNanos) {
        let target = self.settings.max_bytes - self.settings.max_bytes / FREED_SHARE;
        let mut order: Vec<(u8, UnixNanos, TraceId)> = self
            .traces
            .iter()
            .map(|(trace, entry)| match entry.open_since {
                None => (0, entry.kept_until, *trace),
                Some(since) if entry.has_workflow => (1, since, *trace),
                Some(since) => (2, since, *trace),
            })
            .collect();
        order.sort_unstable();
        let mut ready = std::mem::take(&mut self.ready);
        for (sort, _, trace) in order {
            if self.bytes <= target {
                break;
            }
            match sort {
                0 => self.counters.forgotten_early += 1,
                1 => {
                    self.counters.completed_early += 1;
                    self.settle(definitions, trace, now, true, &mut ready);
                }
                _ => {
                    self.counters.dropped_traces += 1;
                    self.give_up(trace, now);
                }
            }
            if let Some(entry) = self.traces.remove(&trace) {
                self.bytes -= entry.bytes;
                self.open -= u64::from(entry.open_since.is_some());
            }
        }
        self.ready = ready;
    }

    pub(super) fn counters(&self) -> Counters {
        Counters {
            open_traces: self.open,
            kept_traces: self.traces.len() as u64 - self.open,
            bytes: self.bytes as u64,
            ..self.counters
        }
    }
}

impl Entry {
    fn new(now: UnixNanos) -> Self {
        Self {
            trace: Trace::default(),
            open_since: None,
            last_arrival: now,
            kept_until: now,
            has_workflow: false,
            completed: false,
            due: UnixNanos(u64::MAX),
            bytes: 0,
        }
    }

    /// Bytes in memory, with the place in the table of traces.
    fn memory(&self) -> usize {
        size_of::<(TraceId, Self)>() - size_of::<Trace>() + self.trace.bytes()
    }

    fn real_due(&self, settings: &Settings) -> UnixNanos {
        match self.open_since {
            None => self.kept_until,
            Some(since) if self.has_workflow => {
                later(self.last_arrival, settings.quiet_period).min(later(since, settings.deadline))
            }
            Some(since) => later(since, settings.deadline),
        }
    }
}

fn later(at: UnixNanos, by: Duration) -> UnixNanos {
    UnixNanos(at.0.saturating_add(u64::try_from(by.as_nanos()).unwrap_or(u64::MAX)))
}

/// What is said of a workflow whose earlier spans are gone.
const GIVEN_UP: &str = "spans of this workflow were given up before its workflow span arrived: it lasted longer than the \
                        deadline, or memory ran out";

/// What is rejected although it may have all that a record needs.
fn rejected(joined: Joined, reason: String) -> Joined {
    let mut unfinished = match joined {
        Joined::Record(record) => Box::new(Incomplete::of_record(record)),
        Joined::Rejected(unfinished) | Joined::Incomplete(unfinished) => unfinished,
        Joined::Orphaned(_) => return joined,
    };
    unfinished.reasons.insert(0, reason);
    Joined::Rejected(unfinished)
}
