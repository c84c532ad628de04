//! Time arithmetic of stages: repeated, overlapping and nested stage spans become one duration per stage.
//!
//! Rules: durations of the same stage add up, time that two spans of the same stage share counts once, and time inside a
//! nested stage counts for the inner stage only. Seconds are apportioned by largest remainder, so that they add up.

use crate::timestamp::NANOS_PER_SECOND;

/// One stage span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StageSpan {
    /// Index of the stage.
    pub stage: u8,
    /// Start, in nanoseconds.
    pub start: u64,
    /// End, in nanoseconds.
    pub end: u64,
    /// Index in the slice of the nearest stage span that encloses this one.
    pub enclosing: Option<usize>,
}

/// Half-open time ranges, sorted and apart from each other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ranges(Vec<(u64, u64)>);

impl Ranges {
    fn union(mut ranges: Vec<(u64, u64)>) -> Self {
        ranges.retain(|(start, end)| start < end);
        ranges.sort_unstable();
        let mut merged: Vec<(u64, u64)> = Vec::with_capacity(ranges.len());
        for (start, end) in ranges {
            match merged.last_mut() {
                Some((_, last)) if *last >= start => *last = (*last).max(end),
                _ => merged.push((start, end)),
            }
        }
        Self(merged)
    }

    fn total(&self) -> u64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }

    /// What is left of `start..end` when these ranges are cut out, appended to `out`.
    fn cut_from(&self, start: u64, end: u64, out: &mut Vec<(u64, u64)>) {
        let mut at = start;
        for (from, to) in self
            .0
            .iter()
            .filter(|(from, to)| *from < end && *to > start)
        {
            if *from > at {
                out.push((at, *from));
            }
            at = at.max(*to);
        }
        if at < end {
            out.push((at, end));
        }
    }
}

/// Nanoseconds spent in each of `stages` stages.
pub fn stage_nanos(spans: &[StageSpan], stages: usize) -> Vec<u64> {
    let covered = covered_by_inner(spans);
    let mut own: Vec<Vec<(u64, u64)>> = vec![Vec::new(); stages];
    for (span, covered) in spans.iter().zip(&covered) {
        if let Some(ranges) = own.get_mut(usize::from(span.stage)) {
            covered.cut_from(span.start, span.end, ranges);
        }
    }
    own.into_iter()
        .map(|ranges| Ranges::union(ranges).total())
        .collect()
}

/// For each span, the time that spans inside it cover, at any depth.
fn covered_by_inner(spans: &[StageSpan]) -> Vec<Ranges> {
    let mut inside: Vec<Vec<(u64, u64)>> = vec![Vec::new(); spans.len()];
    let mut covered = vec![Ranges::default(); spans.len()];
    for at in inner_first(spans) {
        let ranges = Ranges::union(inside.get_mut(at).map(std::mem::take).unwrap_or_default());
        if let Some(span) = spans.get(at)
            && let Some(outer) = span.enclosing.and_then(|outer| inside.get_mut(outer))
        {
            outer.extend_from_slice(&ranges.0);
            outer.push((span.start, span.end));
        }
        if let Some(place) = covered.get_mut(at) {
            *place = ranges;
        }
    }
    covered
}

/// Indices so ordered that each span comes before the one that encloses it. Spans on a cycle are left out.
fn inner_first(spans: &[StageSpan]) -> Vec<usize> {
    let mut waiting = vec![0_usize; spans.len()];
    for outer in spans.iter().filter_map(|span| span.enclosing) {
        if let Some(count) = waiting.get_mut(outer) {
            *count += 1;
        }
    }
    let mut order: Vec<usize> = waiting
        .iter()
        .enumerate()
        .filter(|(_, count)| **count == 0)
        .map(|(at, _)| at)
        .collect();
    let mut next = 0;
    while let Some(at) = order.get(next).copied() {
        next += 1;
        let outer = spans.get(at).and_then(|span| span.enclosing);
        if let Some(outer) = outer
            && let Some(count) = waiting.get_mut(outer)
        {
            *count -= 1;
            if *count == 0 {
                order.push(outer);
            }
        }
    }
    order
}

/// Nanoseconds as whole seconds, half a second up.
pub fn round_to_seconds(nanos: u64) -> u64 {
    nanos.saturating_add(NANOS_PER_SECOND / 2) / NANOS_PER_SECOND
}

/// Splits `total` seconds over `parts` (nanoseconds) by largest remainder: every part is rounded down or up to a whole
/// second and together they are `total`. Among equal remainders the earlier part is rounded up first.
///
/// `total` is meant to be the rounded sum of the parts; other totals are approached as far as a second per part allows.
pub fn apportion(total: u64, parts: &[u64]) -> Vec<u64> {
    let mut seconds: Vec<u64> = parts.iter().map(|nanos| nanos / NANOS_PER_SECOND).collect();
    let missing = total.saturating_sub(seconds.iter().sum());
    let mut order: Vec<usize> = (0..parts.len()).collect();
    let remainder = |at: &usize| parts.get(*at).map_or(0, |nanos| nanos % NANOS_PER_SECOND);
    order.sort_by_key(|at| std::cmp::Reverse(remainder(at)));
    let missing = usize::try_from(missing).unwrap_or(usize::MAX);
    for at in order.into_iter().take(missing) {
        if let Some(second) = seconds.get_mut(at) {
            *second += 1;
        }
    }
    seconds
}

#[cfg(test)]
mod tests;
