//! Who holds a connection: so many at once, and when they run out, one that serves no request makes room.
//!
//! A peer that opens connections and never finishes a request head must not lock others out. First to go is the
//! connection that has waited longest for its first head, then the one that has rested longest between requests. A
//! connection with a request in hand is never cut off for another one.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// The places of a listener.
#[derive(Debug)]
pub(super) struct Places {
    max: usize,
    /// Counts accepted connections and ended requests, so that "longest" needs no clock.
    turn: AtomicU64,
    held: Mutex<BTreeMap<u64, Arc<Seat>>>,
}

#[derive(Debug, Default)]
struct Seat {
    requests: AtomicU32,
    /// The turn at which the last request ended; 0 while no head has arrived.
    resting_since: AtomicU64,
    leave: Notify,
}

/// A connection's place; dropping it gives the place back.
#[derive(Debug)]
pub(super) struct Place {
    number: u64,
    seat: Arc<Seat>,
    places: Arc<Places>,
}

/// A request in hand.
#[derive(Debug)]
pub(super) struct InHand {
    seat: Arc<Seat>,
    places: Arc<Places>,
}

impl Places {
    pub(super) fn new(max: usize) -> Arc<Self> {
        Arc::new(Self {
            max,
            turn: AtomicU64::new(1),
            held: Mutex::default(),
        })
    }

    /// A place, taken from another connection when there is no free one. `None`: all of them serve requests.
    pub(super) fn take(self: &Arc<Self>) -> Option<Place> {
        let mut held = self.held();
        if held.len() >= self.max {
            let resting = held.iter().filter(|(_, seat)| seat.rests());
            let (first, _) = resting.min_by_key(|(_, seat)| seat.since())?;
            let first = *first;
            if let Some(seat) = held.remove(&first) {
                seat.leave.notify_one();
            }
        }
        let (number, seat) = (self.next_turn(), Arc::new(Seat::default()));
        held.insert(number, Arc::clone(&seat));
        let places = Arc::clone(self);
        Some(Place {
            number,
            seat,
            places,
        })
    }

    fn next_turn(&self) -> u64 {
        self.turn.fetch_add(1, Ordering::Relaxed)
    }

    fn held(&self) -> MutexGuard<'_, BTreeMap<u64, Arc<Seat>>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    fn rests(&self) -> bool {
        self.requests.load(Ordering::Relaxed) == 0
    }

    fn since(&self) -> u64 {
        self.resting_since.load(Ordering::Relaxed)
    }
}

impl Place {
    /// Ends when the place has gone to another connection.
    pub(super) async fn lost(&self) {
        self.seat.leave.notified().await;
    }

    /// Whether no request is in hand.
    pub(super) fn rests(&self) -> bool {
        self.seat.rests()
    }

    /// A head has arrived.
    pub(super) fn request(&self) -> InHand {
        self.seat.requests.fetch_add(1, Ordering::Relaxed);
        InHand {
            seat: Arc::clone(&self.seat),
            places: Arc::clone(&self.places),
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.places.held().remove(&self.number);
    }
}

impl Drop for InHand {
    fn drop(&mut self) {
        let turn = self.places.next_turn();
        self.seat.resting_since.store(turn, Ordering::Relaxed);
        self.seat.requests.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(places: &Places) -> Vec<u64> {
        places.held().keys().copied().collect()
    }

    #[test]
    fn who_waits_for_a_first_head_goes_before_who_rests_and_the_oldest_first() {
        let places = Places::new(3);
        let served = places.take().unwrap();
        drop(served.request());
        let (older, newer) = (places.take().unwrap(), places.take().unwrap());
        let first = places.take().unwrap();
        let _hand = first.request();
        assert_eq!(
            numbers(&places),
            [served.number, newer.number, first.number]
        );
        let second = places.take().unwrap();
        let _hand = second.request();
        assert_eq!(
            numbers(&places),
            [served.number, first.number, second.number]
        );
        let third = places.take().unwrap();
        assert_eq!(
            numbers(&places),
            [first.number, second.number, third.number]
        );
        // One that lost its place has none to give back.
        drop((served, older, newer));
        assert_eq!(places.held().len(), 3);
    }

    #[test]
    fn a_request_in_hand_keeps_its_place() {
        let places = Places::new(1);
        let only = places.take().unwrap();
        let hand = only.request();
        assert!(places.take().is_none());
        drop(hand);
        assert!(places.take().is_some());
    }
}
