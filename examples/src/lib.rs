//! Host applications instrumented with secspan; what each of them teaches is in the README.
//!
//! [`enrichment`] is the application to read first: a workflow of eight stages, instrumented. [`review`] follows up
//! what it finished. The other modules are what such applications have anyway, and what they talk to.

mod chance;
mod clock;

pub mod app;
pub mod cli;
pub mod delivery;
pub mod enrichment;
pub mod env;
pub mod http_client;
pub mod perplexity;
pub mod review;
pub mod stand_in;
pub mod tracker;
