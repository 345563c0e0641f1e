//! The border between an agent and the media leg that carries its sound.

use tokio::sync::mpsc;

use crate::frame::Frame8k;

/// How many frames may wait between the caller and the ear: 1 s. When it is full the leg drops the newest frame.
pub const INCOMING_FRAMES: usize = 50;

/// How many frames may wait between the mouth and the leg: 60 ms. When it is full the mouth waits, so that a stop is
/// heard within that time.
pub const OUTGOING_FRAMES: usize = 3;

/// The agent's end of a duplex stream of 20 ms frames.
#[derive(Debug)]
pub struct AudioPort {
    /// What the caller says. It ends when the leg is gone.
    pub incoming: mpsc::Receiver<Frame8k>,
    /// What the caller shall hear, at most [`OUTGOING_FRAMES`] ahead; the leg takes one each 20 ms.
    pub outgoing: mpsc::Sender<Frame8k>,
}

/// The media leg's end of the stream of an [`AudioPort`].
#[derive(Debug)]
pub struct LegSide {
    /// Takes what the caller says; see [`LegSide::hear`].
    pub incoming: mpsc::Sender<Frame8k>,
    /// Gives what the caller shall hear; take one frame each 20 ms, nothing there means silence.
    pub outgoing: mpsc::Receiver<Frame8k>,
}

impl AudioPort {
    /// Makes both ends of a stream.
    #[must_use]
    pub fn pair() -> (AudioPort, LegSide) {
        let (to_ear, from_leg) = mpsc::channel(INCOMING_FRAMES);
        let (to_leg, from_mouth) = mpsc::channel(OUTGOING_FRAMES);
        (
            AudioPort {
                incoming: from_leg,
                outgoing: to_leg,
            },
            LegSide {
                incoming: to_ear,
                outgoing: from_mouth,
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

impl LegSide {
    /// Hands over 20 ms of what the caller says, without waiting.
    pub fn hear(&self, frame: Frame8k) -> Delivery {
        match self.incoming.try_send(frame) {
            Ok(()) => Delivery::Taken,
            Err(mpsc::error::TrySendError::Full(_)) => Delivery::Dropped,
            Err(mpsc::error::TrySendError::Closed(_)) => Delivery::Closed,
        }
    }

    /// Takes the frame to play now, or nothing when the mouth is silent. Call it each 20 ms.
    pub fn play(&mut self) -> Option<Frame8k> {
        self.outgoing.try_recv().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
