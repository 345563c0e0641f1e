//! A leg's sound of either band, as an agent has it: each 20 ms as a telephone carries them, and as they came.

use tokio::sync::mpsc;

use super::{AudioPort, Unheard};
use crate::{
    frame::{Frame8k, Frame16k},
    resample::{Narrower, Widener},
    sound::{Band, Sound},
};

/// The agent's end of a leg's sound, of either band.
#[derive(Debug)]
pub enum Port {
    /// 8 kHz.
    Narrow(AudioPort),
    /// 16 kHz: what a recogniser hears that wants it. What the agent says stays the 8 kHz that its voices have.
    Wide(AudioPort<320>),
}

impl Port {
    /// The leg's band.
    #[must_use]
    pub fn band(&self) -> Band {
        match self {
            Self::Narrow(_) => Band::Narrow,
            Self::Wide(_) => Band::Wide,
        }
    }

    /// Gives both directions, and how much of what the leg took is still on its way.
    pub(crate) fn split(self) -> (Incoming, Outgoing, Unheard) {
        match self {
            Self::Narrow(port) => (
                Incoming::Narrow(port.incoming),
                Outgoing::Narrow(port.outgoing),
                port.unheard,
            ),
            Self::Wide(port) => (
                Incoming::Wide(port.incoming, Box::default()),
                Outgoing::Wide(port.outgoing, Box::default()),
                port.unheard,
            ),
        }
    }
}

impl From<AudioPort> for Port {
    fn from(port: AudioPort) -> Self {
        Self::Narrow(port)
    }
}

impl From<AudioPort<320>> for Port {
    fn from(port: AudioPort<320>) -> Self {
        Self::Wide(port)
    }
}

/// What a party says.
#[derive(Debug)]
pub(crate) enum Incoming {
    Narrow(mpsc::Receiver<Frame8k>),
    Wide(mpsc::Receiver<Frame16k>, Box<Narrower>),
}

impl Incoming {
    /// Waits for the next 20 ms; nothing once the leg is gone. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Sound> {
        match self {
            Self::Narrow(incoming) => incoming.recv().await.map(Sound::from),
            Self::Wide(incoming, narrower) => {
                let wide = incoming.recv().await?;
                Some(Sound::wideband(narrower.process(&wide), wide))
            }
        }
    }
}

/// What a party shall hear. One agent's mouth is all that sends there.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Narrow(mpsc::Sender<Frame8k>),
    Wide(mpsc::Sender<Frame16k>, Box<Widener>),
}

/// The leg takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LegGone;

impl Outgoing {
    /// Waits until there is room for so many frames. Cancel safe.
    pub(crate) async fn has_room(&mut self, frames: usize) -> Result<(), LegGone> {
        let has_room = match self {
            Self::Narrow(outgoing) => outgoing.reserve_many(frames).await.map(drop),
            Self::Wide(outgoing, _) => outgoing.reserve_many(frames).await.map(drop),
        };
        has_room.map_err(|_| LegGone)
    }

    /// Sends a frame for which there is room.
    pub(crate) fn send(&mut self, frame: Frame8k) -> Result<(), LegGone> {
        let is_sent = match self {
            Self::Narrow(outgoing) => outgoing.try_send(frame).is_ok(),
            Self::Wide(outgoing, widener) => outgoing.try_send(widener.process(&frame)).is_ok(),
        };
        is_sent.then_some(()).ok_or(LegGone)
    }

    /// How many frames wait for the leg.
    pub(crate) fn waiting(&self) -> usize {
        match self {
            Self::Narrow(outgoing) => outgoing.max_capacity() - outgoing.capacity(),
            Self::Wide(outgoing, _) => outgoing.max_capacity() - outgoing.capacity(),
        }
    }
}
