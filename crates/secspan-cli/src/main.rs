//! The program `secspan`: reports over record files, sample records.

fn main() {}
