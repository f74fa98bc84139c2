//! Commands, tables, diffs, progress, exit codes.
