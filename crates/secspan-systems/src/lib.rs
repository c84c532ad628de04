//! The inventory: every system that is built in, in alphabetical order.
//!
//! A new system is its crate below `crates/systems/` and one line here.

use std::sync::LazyLock;

use secspan_records::kind::Kind;
use secspan_system::System;

/// Every system.
pub const SYSTEMS: &[&System] = &[&secspan_enrichment::SYSTEM];

/// The record kinds of all systems, in the order in which people read of them.
pub fn kinds() -> &'static [&'static Kind] {
    static KINDS: LazyLock<Vec<&'static Kind>> = LazyLock::new(|| {
        let kinds = SYSTEMS.iter().flat_map(|system| system.kinds);
        kinds.copied().collect()
    });
    &KINDS
}

/// The record kind with this name.
pub fn kind(name: &str) -> Option<&'static Kind> {
    kinds().iter().copied().find(|kind| kind.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_alphabetical_order() {
        assert!(SYSTEMS.is_sorted_by_key(|system| system.name));
    }
}
