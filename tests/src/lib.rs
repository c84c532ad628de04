//! What the black-box tests and the collector benchmark share: a load, a null destination, child processes.

#![expect(
    clippy::indexing_slicing,
    reason = "an index into JSON gives null where there is nothing"
)]

pub mod child;
pub mod collector;
pub mod facts;
pub mod http;
pub mod load;
pub mod poll;
pub mod sender;
pub mod shared_file;
pub mod sink;
pub mod stack;
pub mod subject;
pub mod workflow;
