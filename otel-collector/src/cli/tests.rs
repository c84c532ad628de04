//! Tests of the command line, every command as a function.
