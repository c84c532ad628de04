//! Tests of the YAML reader: places, limits, duplicates, anchors.
