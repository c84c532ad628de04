//! Tests of the section reader: every getter collects, nothing stops, unknown keys are named.
