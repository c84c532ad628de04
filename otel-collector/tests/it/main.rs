//! Black-box tests of the collector's library: what a user's files and commands lead to.

mod config_errors;
mod configs;
mod edges;
mod pipelines;
mod support;
