//! Why a number's life does not go on as somebody wants.

use jiff::Timestamp;

use super::table::origins;
use crate::{
    did::{DidStatus, DidVerb},
    number::E164,
};

/// Why a command does not take place. No text tells whose a number is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The customer of one reseller cannot have a number out of another's pool.
    #[error("`{number}` is not in this reseller's pool")]
    AnotherPool {
        /// The number.
        number: E164,
    },
    /// Kept for somebody else.
    #[error("`{number}` is reserved for somebody else")]
    AnotherHolder {
        /// The number.
        number: E164,
    },
    /// Neither free nor kept for whoever should get it.
    #[error("`{number}` is {status}: a customer is given one that is available, or reserved for him")]
    NotFree {
        /// The number.
        number: E164,
        /// Where it stands.
        status: DidStatus,
    },
    /// Resting, and not this customer's before.
    #[error(
        "`{number}` rests after a release: only its former owner may have it back before its time is over"
    )]
    NotFormerOwner {
        /// The number.
        number: E164,
    },
    /// Not ours any more, or never come.
    #[error("`{number}` is {status}: it is nobody's until it is ordered or taken in again")]
    Over {
        /// The number.
        number: E164,
        /// How it ended.
        status: DidStatus,
    },
    /// The moment has not come, or lies too far ahead.
    #[error("`{number}` cannot {verb} until {until}: {reason}")]
    Time {
        /// The number.
        number: E164,
        /// What was wanted.
        verb: DidVerb,
        /// The moment in question.
        until: Timestamp,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Not a way that [`TRANSITIONS`](crate::did::TRANSITIONS) has.
    #[error("`{number}` is {status}: `{verb}` is for numbers that are {}", origins(*verb))]
    Transition {
        /// The number.
        number: E164,
        /// Where it stands.
        status: DidStatus,
        /// What was wanted.
        verb: DidVerb,
    },
}
