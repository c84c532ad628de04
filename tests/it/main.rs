//! Black-box tests: the real collector as a child process, talked to as its users do.

mod dashboards;
mod enrichment;
mod limits;
mod stopping;
