//! The first few of many, by their order: bounded memory, and the same few however the many were shared out.

use std::collections::BinaryHeap;

use crate::statistics::Merge;

/// The foremost things, and how many there were in all.
#[derive(Clone, Debug)]
pub struct Foremost<T: Ord> {
    limit: usize,
    /// The last of those that are kept is on top.
    kept: BinaryHeap<T>,
    n: u64,
}

impl<T: Ord> Foremost<T> {
    /// Keeps `limit` things.
    pub fn new(limit: usize) -> Self {
        Self {
            limit,
            kept: BinaryHeap::new(),
            n: 0,
        }
    }

    /// Takes a thing into account. It is only made when it may be among the foremost, which `behind` denies from a look at
    /// the last one that is kept.
    pub fn offer(&mut self, behind: impl FnOnce(&T) -> bool, make: impl FnOnce() -> T) {
        self.n += 1;
        let full = self.kept.len() >= self.limit;
        if full && self.kept.peek().is_none_or(behind) {
            return;
        }
        self.keep(make());
    }

    fn keep(&mut self, thing: T) {
        self.kept.push(thing);
        if self.kept.len() > self.limit {
            self.kept.pop();
        }
    }

    /// How many there were.
    pub fn n(&self) -> u64 {
        self.n
    }

    /// Those that were kept, in order.
    pub fn into_sorted(self) -> Vec<T> {
        self.kept.into_sorted_vec()
    }
}

impl<T: Ord> Merge for Foremost<T> {
    fn merge(&mut self, other: Self) {
        self.n += other.n;
        for thing in other.kept {
            self.keep(thing);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first_three(values: &[u32]) -> Foremost<u32> {
        let mut foremost = Foremost::new(3);
        for value in values {
            foremost.offer(|last| value > last, || *value);
        }
        foremost
    }

    #[test]
    fn the_same_few_whatever_came_first() {
        let all = first_three(&[5, 1, 4, 2, 3, 1]);
        let mut parts = first_three(&[3, 4, 5]);
        parts.merge(first_three(&[1, 2, 1]));
        assert_eq!((all.n(), parts.n()), (6, 6));
        assert_eq!(all.into_sorted(), [1, 1, 2]);
        assert_eq!(parts.into_sorted(), [1, 1, 2]);
        assert_eq!(Foremost::<u32>::new(0).into_sorted(), [0_u32; 0]);
        let mut none = Foremost::new(0);
        none.offer(|_| false, || 1);
        assert_eq!((none.n(), none.into_sorted()), (1, vec![]));
    }
}
