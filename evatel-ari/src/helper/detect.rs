//! What Asterisk reports of a channel only when it was told to: talk, tones, and the hold key of the telephone.

use std::time::Duration;

use super::{follow::follow_channel, guard::Cleanup};
use crate::{
    client::Ari,
    error::{Error, Result},
    event::EventKind,
    handle::Handle,
    id::ChannelId,
    op,
    router::{ObjectEvents, Signal},
};

/// Something that Asterisk listens for on a channel; it stops listening when this is dropped.
#[derive(Debug)]
pub struct Detector {
    channel: ChannelId,
    what: What,
    events: ObjectEvents,
    is_over: bool,
    ari: Ari,
    cleanup: Cleanup,
}

/// What Asterisk listens for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Hold,
    Talk,
    Tone,
}

impl What {
    /// Gives the function that stops it.
    fn stop(self) -> &'static str {
        match self {
            Self::Hold => "HOLD_INTERCEPT(remove)",
            Self::Talk => "TALK_DETECT(remove)",
            Self::Tone => "TONE_DETECT(0,,x)",
        }
    }
}

/// What was detected.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Detected {
    /// The telephone's hold key was pressed; `music` is the class of music that it wants to be heard.
    Held {
        /// Empty or none where the telephone does not care.
        music: Option<String>,
    },
    /// The connection was lost, or the reader was slow: something may have been missed.
    Missed,
    /// The telephone's hold key was pressed again.
    Resumed,
    /// The party stopped talking.
    Silent {
        /// How long it had talked.
        after: Duration,
    },
    /// The party began to talk.
    Talking,
    /// The tone was heard.
    Tone,
}

/// Which tone is listened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Tone {
    /// The busy signal.
    Busy,
    /// The dial tone.
    Dial,
    /// A single frequency, 1 to 4000 Hz, that lasts at least this long (500 ms is usual, under 50 ms is guesswork).
    Frequency {
        /// In Hz.
        hz: u16,
        /// How long it has to last.
        lasting: Duration,
    },
    /// The ringback that a network plays.
    Ringback,
    /// The three rising tones before an announcement.
    SpecialInformation,
}

impl Tone {
    /// Writes it as the arguments of `TONE_DETECT`. Received sound only: what we play ourselves is no news.
    fn function(self) -> String {
        let signal = |letter: char| format!("TONE_DETECT(0,,{letter}r)");
        match self {
            Self::Busy => signal('b'),
            Self::Dial => signal('c'),
            Self::Frequency { hz, lasting } => {
                format!("TONE_DETECT({hz},{},r)", lasting.as_millis())
            }
            Self::Ringback => signal('p'),
            Self::SpecialInformation => signal('a'),
        }
    }
}

impl Detector {
    /// Listens for talk: `silence` is how long it has to be quiet before the party counts as silent, `threshold` the mean
    /// amplitude, 1 to 32768, from which sound counts as talk (256 is usual).
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use evatel_ari::{Ari, ChannelId, helper::detect::{Detected, Detector}};
    /// # async fn listen(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<()> {
    /// let mut talk = Detector::talk(Duration::from_millis(800), 256, id, ari).await?;
    /// while let Some(detected) = talk.next().await {
    ///     if detected == Detected::Talking {
    ///         println!("the party talks");
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] if the channel is gone, and those of the requests.
    ///
    /// # Cancel safety
    /// If the future is dropped, Asterisk stops listening, as with all others here.
    pub async fn talk<H: Handle>(
        silence: Duration,
        threshold: u16,
        channel: &ChannelId,
        handle: &H,
    ) -> Result<Self> {
        let value = format!("{},{threshold}", silence.as_millis());
        Self::begin(What::Talk, "TALK_DETECT(set)", &value, channel, handle).await
    }

    /// Listens for a tone, each time that it comes.
    ///
    /// # Errors
    /// As [`Detector::talk`].
    pub async fn tone<H: Handle>(tone: Tone, channel: &ChannelId, handle: &H) -> Result<Self> {
        Self::begin(What::Tone, &tone.function(), "", channel, handle).await
    }

    /// Takes the telephone's hold key: whoever is bridged with it hears nothing of it, and we are told instead.
    ///
    /// # Errors
    /// As [`Detector::talk`].
    pub async fn hold<H: Handle>(channel: &ChannelId, handle: &H) -> Result<Self> {
        Self::begin(What::Hold, "HOLD_INTERCEPT(set)", "", channel, handle).await
    }

    async fn begin<H: Handle>(
        what: What,
        function: &str,
        value: &str,
        channel: &ChannelId,
        handle: &H,
    ) -> Result<Self> {
        let events = follow_channel(channel, handle).await?;
        let mut detector = Self {
            channel: channel.clone(),
            what,
            events,
            is_over: false,
            ari: handle.whole().clone(),
            cleanup: Cleanup::new(handle.whole()),
        };
        match handle
            .send(op::channels::set_variable(channel, function, value))
            .await
        {
            Ok(()) => Ok(detector),
            Err(error) => {
                if !matches!(error, Error::OutcomeUnknown { .. }) {
                    detector.cleanup.disarm();
                }
                Err(error)
            }
        }
    }

    /// Waits for what is detected next; none comes once the channel has ended or left the application.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Detected> {
        while !self.is_over {
            match self.events.next().await {
                Some(Signal::Event(event)) => match event.kind() {
                    EventKind::ChannelDestroyed { .. } | EventKind::StasisEnd { .. } => self.over(),
                    kind => {
                        if let Some(detected) = self.detected(kind) {
                            return Some(detected);
                        }
                    }
                },
                Some(Signal::Lost | Signal::Lagged(_)) => return Some(Detected::Missed),
                Some(Signal::Gone | Signal::Left) | None => self.over(),
                Some(_) => {}
            }
        }
        None
    }

    /// Stops listening now; success if the channel is gone.
    ///
    /// # Errors
    /// Those of the request.
    ///
    /// # Cancel safety
    /// If the future is dropped, Asterisk stops listening all the same.
    pub async fn stop(mut self) -> Result<()> {
        let stopped = stop(&self.channel, self.what, &self.ari).await;
        self.cleanup.disarm();
        stopped
    }

    /// Reads what this detector listens for: another of the same channel has its own stream.
    fn detected(&self, kind: &EventKind) -> Option<Detected> {
        match (kind, self.what) {
            (EventKind::ChannelHold { musicclass, .. }, What::Hold) => Some(Detected::Held {
                music: musicclass.clone(),
            }),
            (EventKind::ChannelUnhold { .. }, What::Hold) => Some(Detected::Resumed),
            (EventKind::ChannelTalkingStarted { .. }, What::Talk) => Some(Detected::Talking),
            (EventKind::ChannelTalkingFinished { duration, .. }, What::Talk) => {
                let after = Duration::from_millis(u64::try_from(*duration).unwrap_or_default());
                Some(Detected::Silent { after })
            }
            (EventKind::ChannelToneDetected { .. }, What::Tone) => Some(Detected::Tone),
            _ => None,
        }
    }

    fn over(&mut self) {
        self.is_over = true;
        self.cleanup.disarm();
    }
}

impl Drop for Detector {
    fn drop(&mut self) {
        let (channel, what) = (self.channel.clone(), self.what);
        self.cleanup.run(async move |ari| {
            if let Err(error) = stop(&channel, what, &ari).await {
                tracing::warn!(%channel, %error, "`{}` did not reach `{channel}`", what.stop());
            }
        });
    }
}

async fn stop(channel: &ChannelId, what: What, ari: &Ari) -> Result<()> {
    match ari
        .send(op::channels::set_variable(channel, what.stop(), ""))
        .await
    {
        Err(Error::NotFound { .. } | Error::NotInStasis { .. }) => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tones_are_written_as_asterisks_function_takes_them() {
        let beep = Tone::Frequency {
            hz: 2600,
            lasting: Duration::from_secs(1),
        };
        assert_eq!(beep.function(), "TONE_DETECT(2600,1000,r)");
        assert_eq!(Tone::Busy.function(), "TONE_DETECT(0,,br)");
    }
}
