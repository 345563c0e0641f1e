//! A leg that we made: its channel, its events, and its end when nobody holds it.

use evatel_core::calls::HangupCause;

use super::guard::ChannelGuard;
use crate::{
    error::Result,
    event::EventKind,
    id::ChannelId,
    router::{ObjectEvents, Signal},
};

/// A leg of ours; it is hung up when this is dropped, unless it is kept.
#[derive(Debug)]
pub struct Leg {
    guard: ChannelGuard,
    events: ObjectEvents,
}

/// How a leg ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Ending {
    /// The cause of Q.850; none if the end came while the connection was lost.
    pub cause: Option<HangupCause>,
    /// What the far end's own protocol said, such as the SIP status 486; Asterisk tells it since 22.7.
    pub tech_cause: Option<i64>,
}

impl Leg {
    pub(super) fn new(guard: ChannelGuard, events: ObjectEvents) -> Self {
        Self { guard, events }
    }

    /// Gives the channel's id.
    pub fn id(&self) -> &ChannelId {
        self.guard.id()
    }

    /// Gives the leg's events, from where the helper that made it stopped reading.
    pub fn events(&mut self) -> &mut ObjectEvents {
        &mut self.events
    }

    /// Says which cause the far end sees if the leg is dropped; [`HangupCause::Normal`] unless this says otherwise.
    pub fn set_cause(&mut self, cause: HangupCause) {
        self.guard.set_cause(cause);
    }

    /// Lets the leg live on without a guard.
    pub fn keep(self) -> (ChannelId, ObjectEvents) {
        (self.guard.keep(), self.events)
    }

    /// Hangs up now; success if the leg is gone.
    ///
    /// # Errors
    /// Those of [`crate::Ari::hangup`], which is asked again when the connection is back.
    ///
    /// # Cancel safety
    /// If the future is dropped, the leg is hung up all the same.
    pub async fn hang_up(self, cause: HangupCause) -> Result<()> {
        self.guard.hang_up(cause).await
    }

    /// Waits until the leg has ended; other events are passed over.
    ///
    /// # Cancel safety
    /// If the future is dropped, only events that it has passed over are lost.
    pub async fn ended(&mut self) -> Ending {
        let ending = loop {
            match self.events.next().await {
                Some(Signal::Event(event)) => {
                    if let Some(ending) = ending_in(event.kind()) {
                        break ending;
                    }
                }
                Some(Signal::Gone) | None => break Ending::unheard(),
                Some(_) => {}
            }
        };
        self.guard.is_over();
        ending
    }

    pub(super) fn guard(&mut self) -> &mut ChannelGuard {
        &mut self.guard
    }
}

impl Ending {
    /// An end that nobody told us.
    pub(super) fn unheard() -> Self {
        Self {
            cause: None,
            tech_cause: None,
        }
    }
}

/// Reads the end of a channel; other events have none.
pub(super) fn ending_in(kind: &EventKind) -> Option<Ending> {
    let EventKind::ChannelDestroyed {
        cause, tech_cause, ..
    } = kind
    else {
        return None;
    };
    Some(Ending {
        cause: u8::try_from(*cause).ok().map(HangupCause::from_q850),
        tech_cause: *tech_cause,
    })
}
