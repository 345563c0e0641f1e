//! What sounds are played to and recorded from: one party, or all in a bridge.

use super::follow::{follow_bridge, follow_channel};
use crate::{
    error::Result,
    event::{Event, EventName},
    handle::Handle,
    id::{BridgeId, ChannelId},
    router::{ObjectEvents, Signal},
    subject::Subject,
};

/// One channel, or all channels of a bridge.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// Everybody in the bridge.
    Bridge(BridgeId),
    /// One party.
    Channel(ChannelId),
}

impl Target {
    /// Follows it, so that what was begun on it is known to be over when it ends.
    pub(super) async fn follow<H: Handle>(&self, handle: &H) -> Result<ObjectEvents> {
        match self {
            Self::Bridge(id) => follow_bridge(id, handle).await,
            Self::Channel(id) => follow_channel(id, handle).await,
        }
    }

    pub(super) fn subject(&self) -> Subject {
        match self {
            Self::Bridge(id) => Subject::Bridge(id.clone()),
            Self::Channel(id) => Subject::Channel(id.clone()),
        }
    }
}

impl From<&BridgeId> for Target {
    fn from(id: &BridgeId) -> Self {
        Self::Bridge(id.clone())
    }
}

impl From<&ChannelId> for Target {
    fn from(id: &ChannelId) -> Self {
        Self::Channel(id.clone())
    }
}

/// Says whether after this signal of a target nothing plays there and nothing is recorded any more.
pub(super) fn is_over(signal: Option<&Signal>, target: &Subject) -> bool {
    match signal {
        Some(Signal::Event(event)) => event.is(EventName::StasisEnd) || event.ends(target),
        Some(Signal::Gone | Signal::Left) | None => true,
        Some(_) => false,
    }
}

/// Takes what a target's stream holds at this moment; says whether it ends there or somebody has asked for its end.
///
/// When a party hangs up, its sound fails and its recording finishes before its own end is told.
pub(super) async fn is_leaving(events: &mut ObjectEvents, target: &Subject) -> bool {
    loop {
        let signal = tokio::select! {
            biased;
            signal = events.next() => signal,
            () = std::future::ready(()) => return false,
        };
        if goes(signal.as_ref(), target) {
            return true;
        }
    }
}

/// Says whether a target's end is told or asked for by this signal.
pub(super) fn goes(signal: Option<&Signal>, target: &Subject) -> bool {
    let asked = |event: &Event| event.is(EventName::ChannelHangupRequest);
    matches!(signal, Some(Signal::Event(event)) if asked(event)) || is_over(signal, target)
}
