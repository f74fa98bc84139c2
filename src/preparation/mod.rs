//! Init and pre-processing hooks: run, outputs, digests.
