//! Settings, named task supervisor, leader election, drain.
