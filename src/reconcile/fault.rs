//! Why one component's turn did not come to its end.

use crate::base::report::{Problem, Problems, advised};
use crate::{preparation, release};

/// What went wrong with one component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The commit is wrong: nothing of it is executed.
    Commit(Problems),
    /// An operation failed.
    Operation {
        /// For people.
        message: String,
        /// The log of the hook that failed.
        log: Option<String>,
    },
    /// Given up for a newer commit or shutdown: no failure.
    GivenUp,
}

impl Fault {
    /// An operation on the cluster.
    pub fn operation(message: impl Into<String>) -> Fault {
        Fault::Operation {
            message: message.into(),
            log: None,
        }
    }
    /// An init or pre-processing hook's.
    #[must_use]
    pub fn of_hook(error: preparation::Error) -> Fault {
        match error {
            preparation::Error::Manifest { problems, .. } => Fault::Commit(problems),
            preparation::Error::Cancelled { .. } => Fault::GivenUp,
            preparation::Error::Failed { ref log, .. } => Fault::Operation {
                log: Some(log.clone()).filter(|log| !log.is_empty()),
                message: error.to_string(),
            },
            error => Fault::operation(error.to_string()),
        }
    }
    /// A Helm verb's.
    #[must_use]
    pub fn of_release(error: &release::Error) -> Fault {
        match error {
            release::Error::Cancelled(_) => Fault::GivenUp,
            error => Fault::Operation {
                message: advised(&error.to_string(), error),
                log: error.log().map(str::to_owned),
            },
        }
    }
    /// For people.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Fault::Commit(problems) => problems.to_string(),
            Fault::Operation { message, .. } => message.clone(),
            Fault::GivenUp => "given up".to_owned(),
        }
    }
    /// The log of the hook that failed.
    #[must_use]
    pub fn log(&self) -> Option<&str> {
        match self {
            Fault::Operation { log, .. } => log.as_deref(),
            Fault::Commit(_) | Fault::GivenUp => None,
        }
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Fault {
        Fault::Commit(Problems(vec![problem]))
    }
}

impl From<Problems> for Fault {
    fn from(problems: Problems) -> Fault {
        Fault::Commit(problems)
    }
}
