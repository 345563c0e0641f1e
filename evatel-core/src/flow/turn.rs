//! Whom a call to a number rings: rounds, one after the other, and in each those who ring at once.

use std::time::Duration;

use crate::{
    calls::LegCause,
    evaluation::{Rung, RungLeg, Stage},
    id::UserId,
    number::Dialled,
    policy::{Authoriser, Destination},
    presence::MAX_RING_SECONDS,
};

/// Somebody to be rung. Whoever answers is asked whether he takes the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Turn {
    /// Who answers for the leg.
    pub authoriser: Authoriser,
    /// Who is rung.
    pub destination: Destination,
    /// What makes the leg.
    pub cause: LegCause,
}

/// Those who ring at once: the first who answers is asked, the others stop ringing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Round {
    /// Who.
    pub turns: Vec<Turn>,
    /// How long they ring; nothing means [`super::Setting::ring_timeout`].
    pub ring_timeout: Option<Duration>,
}

impl Turn {
    /// Rings a user's own telephone, by his own rule.
    pub fn owner(user: &UserId) -> Self {
        Self {
            authoriser: Authoriser::Rule { user: user.clone() },
            destination: Destination::User(user.clone()),
            cause: LegCause::FindMe,
        }
    }

    fn of(leg: &RungLeg) -> Self {
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
        }
    }
}

impl Round {
    /// Rings a user's own telephone only.
    pub fn owner(user: &UserId) -> Self {
        Self {
            turns: vec![Turn::owner(user)],
            ring_timeout: None,
        }
    }

    /// Makes a round of each stage. What would begin after [`MAX_RING_SECONDS`] is left out.
    pub fn of_stages(stages: &[Stage]) -> Vec<Self> {
        let mut left = Duration::from_secs(MAX_RING_SECONDS.into());
        let mut rounds = Vec::new();
        for stage in stages.iter().filter(|stage| !stage.legs.is_empty()) {
            if left.is_zero() {
                break;
            }
            let seconds = stage.ring_seconds.map(u64::from).map(Duration::from_secs);
            let ring_timeout = seconds.map(|seconds| seconds.min(left));
            left -= ring_timeout.unwrap_or_default();
            rounds.push(Self {
                turns: stage.legs.iter().map(Turn::of).collect(),
                ring_timeout,
            });
        }
        rounds
    }
}
