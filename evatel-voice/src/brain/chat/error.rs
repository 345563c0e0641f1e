//! What an endpoint may fail with.

use std::time::Duration;

use evatel_core::egress::Refused;

/// Why an endpoint was of no help. What it wrote itself is never in it, but for short words of letters and digits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A tool was called with arguments that it does not take.
    #[error("it called `{tool}` with arguments that it does not take")]
    Arguments {
        /// Which.
        tool: &'static str,
    },
    /// The answer ended in the middle.
    #[error("its answer ended in the middle")]
    Cut,
    /// Its address is none that this system connects to.
    #[error("it is not connected to: {0}")]
    Egress(#[from] Refused),
    /// Something in the answer is not of the form of a chat answer.
    #[error("event {event} of its answer is {what}")]
    Garbage {
        /// Which, from 1.
        event: usize,
        /// What is wrong with it.
        what: &'static str,
    },
    /// The connection broke while the answer came.
    #[error("the connection broke: {reason}")]
    Lost {
        /// What happened.
        reason: String,
    },
    /// It answered in words, or not at all.
    #[error("it called no tool")]
    NoCall,
    /// The answer is no stream of events.
    #[error("it answered with `{content_type}`, not with a stream of events")]
    NoStream {
        /// What it says that it is.
        content_type: String,
    },
    /// A tool was called that was not offered at this point of the dialogue.
    #[error("it called `{tool}`, which was not offered here")]
    NotOffered {
        /// Which.
        tool: &'static str,
    },
    /// A skill was ordered with what it does not take.
    #[error("it ordered `{skill}` with what it does not take")]
    Order {
        /// The skill.
        skill: String,
    },
    /// It used up the tokens of an answer.
    #[error("it used up the {limit} tokens of an answer")]
    OutOfTokens {
        /// The limit.
        limit: u32,
    },
    /// An error that stood in the stream.
    #[error("it reported an error: `{code}`")]
    Reported {
        /// Its code.
        code: String,
    },
    /// It failed too often: for a while it is not asked.
    #[error("it failed too often and is left alone for {} s more", left.as_secs())]
    Resting {
        /// How long still.
        left: Duration,
    },
    /// The leg's limit on questions or cost is reached.
    #[error("the limit of {limit} a call is reached")]
    Spent {
        /// Which.
        limit: String,
    },
    /// No first part came in time.
    #[error("it sent no part of an answer within {} ms", within.as_millis())]
    Stalled {
        /// How long it was waited for.
        within: Duration,
    },
    /// A status that is no success.
    #[error("it answered HTTP {status}{}", code.as_ref().map_or_else(String::new, |code| format!(" `{code}`")))]
    Status {
        /// Which.
        status: u16,
        /// The code that it gives.
        code: Option<String>,
        /// How long it wants to be left alone.
        retry_after: Option<Duration>,
    },
    /// The answer is too long.
    #[error("its answer is longer than {limit} bytes")]
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// More tools were called than may be.
    #[error("it called more than {limit} tool")]
    TooManyCalls {
        /// The limit.
        limit: usize,
    },
    /// The whole answer did not come in time.
    #[error("it did not end its answer within {} ms", within.as_millis())]
    TooSlow {
        /// How long it was waited for.
        within: Duration,
    },
    /// A contact was named who was not offered.
    #[error("it called `{tool}` with a contact that was not offered")]
    UnknownContact {
        /// The tool.
        tool: &'static str,
    },
    /// A tool was called that there is not.
    #[error("it called `{name}`, which is no tool")]
    UnknownTool {
        /// Its name, as far as it is letters and digits.
        name: String,
    },
    /// It cannot be connected to.
    #[error("it cannot be reached: {reason}")]
    Unreachable {
        /// What the system said.
        reason: String,
    },
}

impl Error {
    /// Says whether the same question may be answered a moment later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Unreachable { .. } => true,
            // An account without money stays so for longer than a call lasts.
            Self::Status { status, code, .. } => {
                matches!(status, 408 | 429 | 500..=599) && code.as_deref() != Some("insufficient_quota")
            }
            _ => false,
        }
    }

    /// Says whether it is the endpoint that failed, and no limit of ours.
    pub(super) fn is_the_endpoints(&self) -> bool {
        !matches!(self, Self::Resting { .. } | Self::Spent { .. })
    }
}

/// Makes foreign text fit to be told: its letters, digits and `_-./`, at most 40 of them.
pub(super) fn word(foreign: &str) -> String {
    let fits = |letter: &char| letter.is_ascii_alphanumeric() || "_-./".contains(*letter);
    foreign.chars().filter(fits).take(LONGEST_WORD).collect()
}

const LONGEST_WORD: usize = 40;
