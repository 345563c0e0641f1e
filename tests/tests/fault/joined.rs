//! A call that is joined, for whatever is to break it.

use anyhow::{Result, ensure};
use evatel_tests::{
    calls::{
        SOON, both_hear,
        talk::{Talk, from_device},
        voice,
    },
    sipp::{Incoming, Outgoing},
    world::World,
};
use serde_json::Value;

/// Both ends of a call from the owner's telephone to a number outside, and its id in the log.
pub(super) struct Joined {
    pub(super) call: Outgoing,
    pub(super) rung: Incoming,
    pub(super) id: String,
}

/// Calls out from the owner's telephone and waits until both ends are joined.
pub(super) async fn joined(world: &World) -> Result<Joined> {
    let mut talk = from_device("5145550142", voice("fr"), world).await?;
    let rung = world.carrier.rung(SOON).await?;
    rung.answer()?;
    talk.told("bridged").await?;
    let Talk { call, id, .. } = talk;
    Ok(Joined { call, rung, id })
}

impl Joined {
    /// Whether sound still goes both ways.
    pub(super) async fn is_heard(&self) -> Result<()> {
        let heard = both_hear(&self.call.audio, &self.rung.audio).await?;
        ensure!(
            heard == (true, true),
            "(caller, callee) heard the other: {heard:?}"
        );
        Ok(())
    }

    /// Hangs up and gives the story once it is over.
    pub(super) async fn finish(&self, world: &World) -> Result<Value> {
        self.call.finish(SOON).await?;
        self.rung.ended(SOON).await?;
        world.ended(&self.id, SOON).await
    }
}

/// Refuses a story in which a leg has no end or no cause.
pub(super) fn check_closed(story: &Value) -> Result<()> {
    let legs = story["legs"].as_array().map_or(&[][..], Vec::as_slice);
    let closed = |leg: &Value| leg["ended_at"].is_string() && leg["hangup"].is_string();
    ensure!(!legs.is_empty() && legs.iter().all(closed), "{story:#}");
    Ok(())
}
