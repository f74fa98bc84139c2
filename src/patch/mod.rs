//! JSON merge, strategic merge with its key table, three-way merge, diff. Pure.
