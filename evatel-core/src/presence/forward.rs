//! Forwarding: who is rung in which order, for how long, and who must confirm.

use std::{fmt, ops::RangeInclusive, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{
    id::{InvalidId, UserId},
    number::{E164, InvalidNumber},
};

/// Most steps, one after the other.
pub const MAX_STEPS: usize = 5;
/// Most legs that ring at once.
pub const MAX_LEGS_AT_ONCE: usize = 8;
/// How long one step may ring, in seconds.
pub const RING_SECONDS: RangeInclusive<u16> = 5..=60;
/// Longest ringing of all steps together, in seconds. Carriers give up at 120 s to 180 s without an answer (RFC 3261
/// §16.6, timer C); the caller still has to reach the voicemail.
pub const MAX_RING_SECONDS: u16 = 90;

/// What becomes of a caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Treatment {
    /// These are rung, step after step; then he may leave a message.
    Forward(Vec<ForwardStep>),
    /// He is refused before answer.
    Reject,
    /// He may leave a message at once.
    Voicemail,
}

/// Legs that ring together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardStep {
    /// How long, in seconds, within [`RING_SECONDS`].
    pub ring_seconds: u16,
    /// Who; the first to answer has the call.
    pub legs: Vec<ForwardLeg>,
}

/// Somebody who is rung.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ForwardLeg {
    /// Who.
    pub to: ForwardTarget,
    /// He must press 1 or say yes before he is joined; required of numbers outside, whose voicemail would win otherwise.
    #[serde(default)]
    pub confirm: bool,
}

/// Who is rung: `devices`, `user:USER` or a number.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ForwardTarget {
    /// The user's own telephones.
    Devices,
    /// A public number.
    Number(E164),
    /// A colleague, as his own status wants it.
    User(UserId),
}

/// Refuses what cannot be rung.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidTarget {
    /// After `user:` there is no id.
    #[error(transparent)]
    User(#[from] InvalidId),
    /// It is no number.
    #[error("{0}; or `devices` for one's own telephones, or `user:USER` for a colleague")]
    Number(#[from] InvalidNumber),
}

/// Why steps cannot be rung; both are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidForward {
    /// All steps together ring too long.
    #[error(
        "the steps ring {seconds} s together: {MAX_RING_SECONDS} s at most, or the carrier gives up before"
    )]
    Budget {
        /// How long.
        seconds: u32,
    },
    /// A number outside that answers without confirming.
    #[error(
        "step {step}: `{number}` is outside and must confirm (`\"confirm\": true`), or its voicemail takes the call"
    )]
    MustConfirm {
        /// Which step.
        step: usize,
        /// The number.
        number: E164,
    },
    /// Nobody in a step.
    #[error("step {step} rings {legs} legs: 1 to {MAX_LEGS_AT_ONCE}")]
    Legs {
        /// Which step.
        step: usize,
        /// How many.
        legs: usize,
    },
    /// The same target twice in a step.
    #[error("step {step} rings `{target}` twice")]
    Twice {
        /// Which step.
        step: usize,
        /// Whom.
        target: ForwardTarget,
    },
    /// A step rings too briefly or too long.
    #[error(
        "step {step} rings {seconds} s: {} to {} s", RING_SECONDS.start(), RING_SECONDS.end()
    )]
    Seconds {
        /// Which step.
        step: usize,
        /// How long.
        seconds: u16,
    },
    /// None or too many.
    #[error("{steps} steps: 1 to {MAX_STEPS}")]
    Steps {
        /// How many.
        steps: usize,
    },
}

impl Treatment {
    /// Lists the legs of all steps.
    pub fn legs(&self) -> impl Iterator<Item = &ForwardLeg> {
        let steps = match self {
            Self::Forward(steps) => steps.as_slice(),
            Self::Reject | Self::Voicemail => &[],
        };
        steps.iter().flat_map(|step| &step.legs)
    }

    pub(crate) fn check(&self) -> Result<(), InvalidForward> {
        let Self::Forward(steps) = self else { return Ok(()) };
        if !(1..=MAX_STEPS).contains(&steps.len()) {
            return Err(InvalidForward::Steps { steps: steps.len() });
        }
        for (at, step) in steps.iter().enumerate() {
            step.check(at + 1)?;
        }
        let seconds: u32 = steps.iter().map(|step| u32::from(step.ring_seconds)).sum();
        if seconds > u32::from(MAX_RING_SECONDS) {
            return Err(InvalidForward::Budget { seconds });
        }
        Ok(())
    }
}

impl ForwardStep {
    fn check(&self, step: usize) -> Result<(), InvalidForward> {
        if !RING_SECONDS.contains(&self.ring_seconds) {
            let seconds = self.ring_seconds;
            return Err(InvalidForward::Seconds { step, seconds });
        }
        if !(1..=MAX_LEGS_AT_ONCE).contains(&self.legs.len()) {
            let legs = self.legs.len();
            return Err(InvalidForward::Legs { step, legs });
        }
        for (at, leg) in self.legs.iter().enumerate() {
            if self.legs[..at].iter().any(|earlier| earlier.to == leg.to) {
                let target = leg.to.clone();
                return Err(InvalidForward::Twice { step, target });
            }
            if let ForwardTarget::Number(number) = &leg.to
                && !leg.confirm
            {
                let number = number.clone();
                return Err(InvalidForward::MustConfirm { step, number });
            }
        }
        Ok(())
    }
}

impl FromStr for ForwardTarget {
    type Err = InvalidTarget;

    fn from_str(text: &str) -> Result<Self, InvalidTarget> {
        if text == "devices" {
            return Ok(Self::Devices);
        }
        Ok(match text.strip_prefix("user:") {
            Some(user) => Self::User(user.parse()?),
            None => Self::Number(text.parse()?),
        })
    }
}

impl TryFrom<String> for ForwardTarget {
    type Error = InvalidTarget;
    fn try_from(text: String) -> Result<Self, InvalidTarget> {
        text.parse()
    }
}

impl From<ForwardTarget> for String {
    fn from(target: ForwardTarget) -> String {
        target.to_string()
    }
}

impl fmt::Display for ForwardTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Devices => f.write_str("devices"),
            Self::Number(number) => number.fmt(f),
            Self::User(user) => write!(f, "user:{user}"),
        }
    }
}
