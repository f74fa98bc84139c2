//! Exit codes: the one place that knows their numbers.

use std::process::ExitCode;

/// How a command ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Done, or nothing to do.
    Done,
    /// An error.
    Error,
    /// A plan has changes.
    HasChanges,
    /// Policy or a broken commit: nothing was changed.
    Blocked,
    /// Some components failed.
    ComponentsFailed,
    /// Another one is at work.
    Locked,
    /// Wrong usage.
    Usage,
}

impl Exit {
    /// The number. Source of 64: BSD `sysexits.h`.
    #[must_use]
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Error => 1,
            Exit::HasChanges => 2,
            Exit::Blocked => 3,
            Exit::ComponentsFailed => 4,
            Exit::Locked => 5,
            Exit::Usage => 64,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit.code())
    }
}
