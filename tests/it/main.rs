//! What crosses rooms: one test binary, a module per subject.

mod house;
