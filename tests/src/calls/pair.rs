//! A call that is joined, for whatever is to break it.

use anyhow::{Result, ensure};
use serde_json::Value;

use super::{
    SOON, both_hear,
    talk::{Talk, from_device},
    voice,
};
use crate::{
    sipp::{Incoming, Outgoing},
    world::World,
};

/// Both ends of a call from the owner's telephone to a number outside, and its id in the log.
#[derive(Debug)]
pub struct Joined {
    /// Who called.
    pub call: Outgoing,
    /// Who answered.
    pub rung: Incoming,
    /// The call's id in the log.
    pub id: String,
}

/// Calls out from the owner's telephone and waits until both ends are joined.
pub async fn joined(world: &World) -> Result<Joined> {
    let mut talk = from_device("5145550142", voice("fr"), world).await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    talk.told("bridged").await?;
    let Talk { call, id, .. } = talk;
    Ok(Joined { call, rung, id })
}

impl Joined {
    /// Whether sound still goes both ways.
    pub async fn is_heard(&self) -> Result<()> {
        let heard = both_hear(&self.call.audio, &self.rung.audio).await?;
        ensure!(
            heard == (true, true),
            "(caller, callee) heard the other: {heard:?}"
        );
        Ok(())
    }

    /// Hangs up and gives the story once it is over.
    pub async fn finish(&self, world: &World) -> Result<Value> {
        self.call.finish(SOON).await?;
        self.rung.ended(SOON).await?;
        world.ended(&self.id, SOON).await
    }
}

/// Refuses a story in which a leg has no end or no cause.
pub fn check_closed(story: &Value) -> Result<()> {
    let legs = story["legs"].as_array().map_or(&[][..], Vec::as_slice);
    let closed = |leg: &Value| leg["ended_at"].is_string() && leg["hangup"].is_string();
    ensure!(!legs.is_empty() && legs.iter().all(closed), "{story:#}");
    Ok(())
}
