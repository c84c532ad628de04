//! Tests of merging: later over earlier, key by key, and `--set`.
