//! A leg's sound of either band, as an agent has it: each 20 ms as a telephone carries them, and as they came.

use tokio::sync::mpsc;

use super::{AudioPort, OUTGOING_FRAMES, Unheard};
use crate::{
    frame::{Frame8k, Frame16k},
    resample::{Downsampler, Upsampler},
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
    Wide(mpsc::Receiver<Frame16k>, Box<Downsampler>),
}

impl Incoming {
    /// Waits for the next 20 ms; nothing once the leg is gone. Cancel safe.
    pub(crate) async fn next(&mut self) -> Option<Sound> {
        match self {
            Self::Narrow(incoming) => incoming.recv().await.map(Sound::from),
            Self::Wide(incoming, downsampler) => {
                let wide = incoming.recv().await?;
                Some(Sound::wideband(downsampler.process(&wide), wide))
            }
        }
    }
}

/// What a party shall hear.
#[derive(Debug)]
pub(crate) enum Outgoing {
    Narrow(mpsc::Sender<Frame8k>),
    Wide(mpsc::Sender<Frame16k>, Box<Upsampler>),
}

/// The leg takes no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LegGone;

/// The place of one frame, and how it gets there.
pub(crate) struct Place<'a> {
    band: PlaceIn<'a>,
    /// How many frames wait before it.
    pub(crate) behind: usize,
}

enum PlaceIn<'a> {
    Narrow(mpsc::Permit<'a, Frame8k>),
    Wide(mpsc::Permit<'a, Frame16k>, &'a mut Upsampler),
}

impl Place<'_> {
    /// Sends the frame that has it.
    pub(crate) fn send(self, frame: Frame8k) {
        match self.band {
            PlaceIn::Narrow(place) => place.send(frame),
            PlaceIn::Wide(place, upsampler) => place.send(upsampler.process(&frame)),
        }
    }
}

impl Outgoing {
    /// Waits for the place of the next frame. Cancel safe.
    pub(crate) async fn place(&mut self) -> Result<Place<'_>, LegGone> {
        let (band, waiting) = match self {
            Self::Narrow(outgoing) => {
                let place = outgoing.reserve().await.map_err(|_| LegGone)?;
                (PlaceIn::Narrow(place), waiting(outgoing))
            }
            Self::Wide(outgoing, upsampler) => {
                let place = outgoing.reserve().await.map_err(|_| LegGone)?;
                (PlaceIn::Wide(place, upsampler), waiting(outgoing))
            }
        };
        // The place is counted as taken already.
        let behind = waiting.saturating_sub(1);
        Ok(Place { band, behind })
    }

    /// Waits until the leg has taken all, and with it the end of what the way there holds. Cancel safe.
    pub(crate) async fn taken(&mut self) -> Result<(), LegGone> {
        match self {
            Self::Narrow(outgoing) => outgoing.reserve_many(OUTGOING_FRAMES).await.map(drop),
            Self::Wide(outgoing, upsampler) => {
                let place = outgoing.reserve().await.map_err(|_| LegGone)?;
                match upsampler.end() {
                    Some(end) => place.send(end),
                    None => drop(place),
                }
                outgoing.reserve_many(OUTGOING_FRAMES).await.map(drop)
            }
        }
        .map_err(|_| LegGone)
    }

    /// What was sent last is given up: nothing of it is heard before what comes next.
    pub(crate) fn cut(&mut self) {
        if let Self::Wide(_, upsampler) = self {
            upsampler.reset();
        }
    }

    /// How many frames wait for the leg.
    pub(crate) fn waiting(&self) -> usize {
        match self {
            Self::Narrow(outgoing) => waiting(outgoing),
            Self::Wide(outgoing, _) => waiting(outgoing),
        }
    }
}

fn waiting<T>(queue: &mpsc::Sender<T>) -> usize {
    queue.max_capacity() - queue.capacity()
}
