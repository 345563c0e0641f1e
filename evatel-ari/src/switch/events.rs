//! What happens to a leg, in the order in which it happens.

use std::time::Duration;

use evatel_core::calls::HangupCause;
use tokio::time::Instant;

use crate::{
    event::EventKind,
    model::{Channel, ChannelState},
    router::{ObjectEvents, Signal},
    subject::Subject,
};

/// How long after a leg left the application its end, with the cause, may still come.
const LAST_WORD: Duration = Duration::from_millis(500);

/// What was asked of a leg before it left the application.
#[derive(Debug, Clone, Copy)]
enum Asked {
    /// The party hung up. Asterisk tells the same cause here as when the channel is destroyed, which only a subscription of
    /// its own would bring.
    ByParty(HangupCause),
    /// Somebody on the switch ended it, such as an operator; the number that comes with it is no cause (`AST_SOFTHANGUP_*`).
    OnSwitch,
}

/// What happens to a leg.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LegEvent {
    /// The party answered, and the leg is ours.
    Answered,
    /// The party pressed a key.
    Digit(char),
    /// The leg is over; nothing follows.
    Ended {
        /// How.
        cause: HangupCause,
    },
    /// Something may be heard before the answer: an announcement, a ringback from afar (SIP 183).
    Progress,
    /// The party's telephone rings.
    Ringing,
    /// The connection to the switch is there again, and so is the leg.
    SwitchBack,
    /// The connection to the switch is given up for good; the leg may live. Nothing follows.
    SwitchClosed,
    /// The connection to the switch is lost; the leg may live.
    SwitchLost,
}

/// The events of one leg. Dropping it ends the interest.
#[derive(Debug)]
pub struct LegEvents {
    answered: bool,
    asked: Option<Asked>,
    ended: bool,
    left_at: Option<Instant>,
    progress: bool,
    ringing: bool,
    signals: ObjectEvents,
}

impl LegEvents {
    pub(super) fn new(signals: ObjectEvents) -> Self {
        Self {
            answered: false,
            asked: None,
            ended: false,
            left_at: None,
            progress: false,
            ringing: false,
            signals,
        }
    }

    /// Makes those of a leg that was answered before.
    pub(super) fn of_answered(signals: ObjectEvents) -> Self {
        Self {
            answered: true,
            ..Self::new(signals)
        }
    }

    /// Waits for the next event; after [`LegEvent::Ended`] or [`LegEvent::SwitchClosed`] there is none. Cancel safe.
    pub async fn next(&mut self) -> Option<LegEvent> {
        while !self.ended {
            let signal = match self.left_at {
                None => self.signals.next().await,
                // It left the application, and its end may still tell the cause; or the dialplan took it on, as silence tells.
                Some(at) => match tokio::time::timeout_at(at + LAST_WORD, self.signals.next()).await {
                    Ok(signal) => signal,
                    Err(_) if self.asked.is_some() => return Some(self.end(HangupCause::Unspecified)),
                    Err(_) => return Some(self.end(HangupCause::Normal)),
                },
            };
            if let Some(event) = self.understand(signal) {
                return Some(event);
            }
        }
        None
    }

    fn understand(&mut self, signal: Option<Signal>) -> Option<LegEvent> {
        let event = match signal {
            Some(Signal::Event(event)) => event,
            Some(Signal::Closed) => {
                self.ended = true;
                return Some(LegEvent::SwitchClosed);
            }
            Some(Signal::Back) => return Some(LegEvent::SwitchBack),
            Some(Signal::Entered) => return self.enters(),
            Some(Signal::Lost) => return Some(LegEvent::SwitchLost),
            Some(Signal::Left) => return Some(self.end(HangupCause::Normal)),
            Some(Signal::Lagged(missed)) => {
                tracing::warn!(missed, "events of a leg were missed");
                return None;
            }
            Some(Signal::Gone) | None => return Some(self.end(HangupCause::TemporaryFailure)),
        };
        match event.kind() {
            EventKind::ChannelDestroyed { cause, .. } => Some(self.end(cause_of(*cause))),
            EventKind::ChannelDtmfReceived { digit, .. } => digit.chars().next().map(LegEvent::Digit),
            EventKind::ChannelHangupRequest { soft: Some(true), .. } => {
                self.asked.get_or_insert(Asked::OnSwitch);
                None
            }
            EventKind::ChannelHangupRequest { cause, .. } => {
                self.asked = Some(Asked::ByParty(cause.map_or(HangupCause::Normal, cause_of)));
                None
            }
            EventKind::ChannelStateChange { channel } if channel.state == ChannelState::Ringing => {
                self.rings()
            }
            EventKind::Dial { dialstatus, peer, .. } if dialstatus == "RINGING" && self.is_about(peer) => {
                self.rings()
            }
            EventKind::Dial { dialstatus, peer, .. } if dialstatus == "PROGRESS" && self.is_about(peer) => {
                (!std::mem::replace(&mut self.progress, true)).then_some(LegEvent::Progress)
            }
            EventKind::StasisEnd { .. } => {
                if let Some(Asked::ByParty(cause)) = self.asked {
                    return Some(self.end(cause));
                }
                self.left_at = Some(Instant::now());
                None
            }
            // A leg that takes the place of this one has a start of its own.
            EventKind::StasisStart { channel, .. } if self.is_about(channel) => self.enters(),
            _ => None,
        }
    }

    fn is_about(&self, channel: &Channel) -> bool {
        matches!(self.signals.subject(), Subject::Channel(id) if *id == channel.id)
    }

    fn enters(&mut self) -> Option<LegEvent> {
        (!std::mem::replace(&mut self.answered, true)).then_some(LegEvent::Answered)
    }

    fn rings(&mut self) -> Option<LegEvent> {
        (!std::mem::replace(&mut self.ringing, true)).then_some(LegEvent::Ringing)
    }

    fn end(&mut self, cause: HangupCause) -> LegEvent {
        self.ended = true;
        LegEvent::Ended { cause }
    }
}

fn cause_of(number: i64) -> HangupCause {
    u8::try_from(number).map_or(HangupCause::Unspecified, HangupCause::from_q850)
}
