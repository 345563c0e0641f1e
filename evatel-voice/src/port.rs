//! The border between an agent and the media leg that carries its sound.

mod banded;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::mpsc;

pub use banded::Port;
pub(crate) use banded::{Incoming, Outgoing};

use crate::frame::Frame;

/// How many frames may wait between the caller and the ear: 1 s. When it is full the leg drops the newest frame.
pub const INCOMING_FRAMES: usize = 50;

/// How many frames may wait between the mouth and the leg: 60 ms. When it is full the mouth waits, so that a stop is
/// heard within that time.
pub const OUTGOING_FRAMES: usize = 3;

/// The agent's end of a duplex stream of 20 ms frames of `N` samples: 8 kHz, unless a wideband leg says otherwise.
#[derive(Debug)]
pub struct AudioPort<const N: usize = 160> {
    /// What the caller says. It ends when the leg is gone.
    pub incoming: mpsc::Receiver<Frame<N>>,
    /// What the caller shall hear, at most [`OUTGOING_FRAMES`] ahead; the leg takes one each 20 ms.
    pub outgoing: mpsc::Sender<Frame<N>>,
    /// How much of what the leg took is still on its way to the caller.
    pub unheard: Unheard,
}

/// The media leg's end of the stream of an [`AudioPort`].
#[derive(Debug)]
pub struct LegSide<const N: usize = 160> {
    /// Takes what the caller says; see [`LegSide::hear`].
    pub incoming: mpsc::Sender<Frame<N>>,
    /// Gives what the caller shall hear; take one frame each 20 ms, nothing there means silence.
    pub outgoing: mpsc::Receiver<Frame<N>>,
    /// Where the leg says how much it took and the caller has not heard yet.
    pub unheard: Unheard,
}

/// How many frames a leg has taken that the caller has not heard yet. Both ends share it; a leg that does not know says none.
#[derive(Clone, Debug, Default)]
pub struct Unheard(Arc<AtomicU64>);

impl Unheard {
    /// Gives the number of frames, of 20 ms each.
    #[must_use]
    pub fn frames(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// Says it anew: the leg does so each 20 ms.
    pub fn set(&self, frames: u64) {
        self.0.store(frames, Ordering::Relaxed);
    }
}

impl<const N: usize> AudioPort<N> {
    /// Makes both ends of a stream.
    #[must_use]
    pub fn pair() -> (AudioPort<N>, LegSide<N>) {
        let (to_ear, from_leg) = mpsc::channel(INCOMING_FRAMES);
        let (to_leg, from_mouth) = mpsc::channel(OUTGOING_FRAMES);
        let unheard = Unheard::default();
        (
            AudioPort {
                incoming: from_leg,
                outgoing: to_leg,
                unheard: unheard.clone(),
            },
            LegSide {
                incoming: to_ear,
                outgoing: from_mouth,
                unheard,
            },
        )
    }
}

/// What became of a frame that a leg handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// The agent is gone: the leg may end.
    Closed,
    /// The agent is 1 s behind; this frame was dropped.
    Dropped,
    /// The frame is on its way to the ear.
    Taken,
}

impl<const N: usize> LegSide<N> {
    /// Hands over 20 ms of what the caller says, without waiting.
    pub fn hear(&self, frame: Frame<N>) -> Delivery {
        match self.incoming.try_send(frame) {
            Ok(()) => Delivery::Taken,
            Err(mpsc::error::TrySendError::Full(_)) => Delivery::Dropped,
            Err(mpsc::error::TrySendError::Closed(_)) => Delivery::Closed,
        }
    }

    /// Takes the frame to play now, or nothing when the mouth is silent. Call it each 20 ms.
    pub fn play(&mut self) -> Option<Frame<N>> {
        self.outgoing.try_recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frame::Frame8k;

    #[test]
    fn a_full_stream_drops_the_newest_frame_and_a_gone_agent_is_told() {
        let (port, leg) = AudioPort::pair();
        for _ in 0..INCOMING_FRAMES {
            assert_eq!(leg.hear(Frame8k::SILENCE), Delivery::Taken);
        }
        assert_eq!(leg.hear(Frame8k::SILENCE), Delivery::Dropped);
        drop(port);
        assert_eq!(leg.hear(Frame8k::SILENCE), Delivery::Closed);
    }

    #[test]
    fn the_mouth_is_never_more_than_60_ms_ahead() {
        let (port, mut leg) = AudioPort::pair();
        for _ in 0..OUTGOING_FRAMES {
            port.outgoing.try_send(Frame8k::SILENCE).unwrap();
        }
        assert!(port.outgoing.try_send(Frame8k::SILENCE).is_err());
        assert!(leg.play().is_some());
        assert!(port.outgoing.try_send(Frame8k::SILENCE).is_ok());
    }
}
