//! What the black-box tests and the collector benchmark share: a load, a null destination, child processes.

pub mod child;
pub mod load;
pub mod sender;
pub mod sink;
