//! Who may ask for a sync: poll, webhook, resync, file watch. All put a wish into one queue; a wish says that a sync is
//! due, never what to do: the truth is read fresh.

pub mod poll;
pub mod queue;
pub mod requests;
pub mod watch;
pub mod webhook;

pub use queue::Queue;
