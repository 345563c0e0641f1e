//! Whom a call to a number rings, one after the other.

use std::time::Duration;

use crate::{
    calls::LegCause,
    evaluation::{Rung, RungLeg, Stage},
    id::UserId,
    number::Dialled,
    policy::{Authoriser, Destination},
    presence::MAX_RING_SECONDS,
};

/// One leg to be tried. Whoever answers is asked whether he takes the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who answers for the leg.
    pub authoriser: Authoriser,
    /// Who is rung.
    pub destination: Destination,
    /// What makes the leg.
    pub cause: LegCause,
    /// How long it rings; nothing means [`super::Setting::ring_timeout`].
    pub ring_timeout: Option<Duration>,
}

impl Turn {
    /// Rings a user's own telephone, by his own rule.
    pub fn owner(user: &UserId) -> Self {
        Self {
            authoriser: Authoriser::Rule { user: user.clone() },
            destination: Destination::User(user.clone()),
            cause: LegCause::FindMe,
            ring_timeout: None,
        }
    }

    fn of(leg: &RungLeg, ring_timeout: Option<Duration>) -> Self {
        let (destination, cause) = match &leg.rung {
            Rung::DeviceOf(user) => (Destination::User(user.clone()), LegCause::FindMe),
            Rung::Number(number) => {
                let number = Dialled::Number(number.clone());
                (Destination::Dialled(number), LegCause::Forward)
            }
        };
        Self {
            authoriser: Authoriser::Rule { user: leg.by.clone() },
            destination,
            cause,
            ring_timeout,
        }
    }

    /// Puts the legs of stages in a row: a flow rings one at a time, so each leg of a stage has the stage's time. What
    /// would begin after [`MAX_RING_SECONDS`] is left out.
    pub fn row(stages: &[Stage]) -> Vec<Self> {
        let mut left = Duration::from_secs(MAX_RING_SECONDS.into());
        let mut turns = Vec::new();
        for stage in stages {
            let seconds = stage
                .ring_seconds
                .map(|seconds| Duration::from_secs(seconds.into()));
            for leg in &stage.legs {
                if left.is_zero() {
                    return turns;
                }
                let timeout = seconds.map(|seconds| seconds.min(left));
                left -= timeout.unwrap_or_default();
                turns.push(Self::of(leg, timeout));
            }
        }
        turns
    }
}
