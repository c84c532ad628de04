//! The inventory: every system that is built in, in alphabetical order.
//!
//! A new system is its crate below `crates/systems/` and one line here.

use secspan_system::System;

/// Every system.
pub const SYSTEMS: &[&System] = &[&secspan_enrichment::SYSTEM];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_in_alphabetical_order() {
        assert!(SYSTEMS.is_sorted_by_key(|system| system.name));
    }
}
