//! One sound, played to a party or to everybody in a bridge, until it ends or is stopped.

use super::{
    guard::Cleanup,
    target::{Target, goes, is_leaving, is_over},
};
use crate::{
    error::{Error, Result},
    event::EventKind,
    handle::Handle,
    id::PlaybackId,
    model::{Playback, PlaybackState},
    op::{self, playbacks::PlaybackOperation, sound::Play},
    request::Request,
    router::{ObjectEvents, Signal},
    subject::Subject,
};

/// How a sound ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlayEnd {
    /// It was played to its end.
    Done,
    /// Asterisk could not play it: it does not exist, or in no format that fits.
    Failed,
    /// Who should hear it hung up, left the application, or the bridge ended.
    Left,
    /// It was stopped by us.
    Stopped,
}

/// A sound that plays; it is stopped when this is dropped.
#[derive(Debug)]
pub struct Playing {
    id: PlaybackId,
    target: Subject,
    events: ObjectEvents,
    target_events: ObjectEvents,
    is_stopped: bool,
    /// Somebody has asked for the target's end: its sound fails before that is told.
    is_left: bool,
    end: Option<PlayEnd>,
    ari: crate::Ari,
    cleanup: Cleanup,
}

impl Playing {
    /// Plays something; a text alone is a media URI such as `sound:beep`, `digits:42` or `tone:ring;tonezone=fr`.
    ///
    /// ```
    /// # use evatel_ari::{Ari, ChannelId, helper::{PlayEnd, Playing}};
    /// # async fn greet(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<bool> {
    /// let mut playing = Playing::start("sound:hello-world", id, ari).await?;
    /// Ok(playing.finished().await == PlayEnd::Done)
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] if the target is gone, and those of the request.
    ///
    /// # Cancel safety
    /// If the future is dropped, the sound is stopped.
    pub async fn start<H: Handle>(
        what: impl Into<Play>,
        target: impl Into<Target>,
        handle: &H,
    ) -> Result<Self> {
        let what = what.into();
        let target = target.into();
        let target_events = target.follow(handle).await?;
        let ari = handle.whole();
        let id = PlaybackId::from(ari.mark().fresh("sound"));
        let subject = Subject::Playback(id.clone());
        let mut playing = Self {
            events: handle.stream(subject.clone()).await?,
            id,
            target: target.subject(),
            target_events,
            is_stopped: false,
            is_left: false,
            end: None,
            ari: ari.clone(),
            cleanup: Cleanup::new(ari),
        };
        match handle.send(play(what, &target, &playing.id)).await {
            Ok(_) => {
                ari.confirm(&subject);
                Ok(playing)
            }
            Err(error) => {
                if !matches!(error, Error::OutcomeUnknown { .. }) {
                    playing.cleanup.disarm();
                }
                Err(error)
            }
        }
    }

    /// Gives the playback's id.
    pub fn id(&self) -> &PlaybackId {
        &self.id
    }

    /// Waits until it has ended; the same end is told again to who asks again.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped; the sound plays on.
    pub async fn finished(&mut self) -> PlayEnd {
        loop {
            if let Some(end) = self.end {
                return end;
            }
            let end = tokio::select! {
                biased;
                signal = self.events.next() => match signal {
                    Some(Signal::Event(event)) => self.end_in(event.kind()).await,
                    Some(Signal::Gone) | None => self.missed().await,
                    Some(_) => None,
                },
                signal = self.target_events.next() => {
                    self.is_left |= goes(signal.as_ref(), &self.target);
                    is_over(signal.as_ref(), &self.target).then_some(PlayEnd::Left)
                }
            };
            if end.is_some() {
                self.end = end;
                self.cleanup.disarm();
            }
        }
    }

    /// Stops it; success if it has ended.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn stop(&mut self) -> Result<()> {
        self.is_stopped = true;
        match self.ari.send(op::playbacks::stop(&self.id)).await {
            Err(error) if error.is_gone() => Ok(()),
            other => other,
        }
    }

    /// Halts it where it is.
    ///
    /// # Errors
    /// [`Error::NotFound`] once it has ended, and those of the request.
    pub async fn pause(&self) -> Result<()> {
        self.control(PlaybackOperation::Pause).await
    }

    /// Goes on where it was halted.
    ///
    /// # Errors
    /// As [`Playing::pause`].
    pub async fn resume(&self) -> Result<()> {
        self.control(PlaybackOperation::Unpause).await
    }

    /// Begins again.
    ///
    /// # Errors
    /// As [`Playing::pause`].
    pub async fn restart(&self) -> Result<()> {
        self.control(PlaybackOperation::Restart).await
    }

    /// Goes ahead by [`Play::skip`].
    ///
    /// # Errors
    /// As [`Playing::pause`].
    pub async fn forward(&self) -> Result<()> {
        self.control(PlaybackOperation::Forward).await
    }

    /// Goes back by [`Play::skip`].
    ///
    /// # Errors
    /// As [`Playing::pause`].
    pub async fn rewind(&self) -> Result<()> {
        self.control(PlaybackOperation::Reverse).await
    }

    async fn control(&self, operation: PlaybackOperation) -> Result<()> {
        self.ari.send(op::playbacks::control(&self.id, &operation)).await
    }

    async fn end_in(&mut self, kind: &EventKind) -> Option<PlayEnd> {
        let EventKind::PlaybackFinished { playback } = kind else {
            return None;
        };
        Some(match playback.state {
            _ if self.is_stopped => PlayEnd::Stopped,
            PlaybackState::Failed
                if self.is_left || is_leaving(&mut self.target_events, &self.target).await =>
            {
                PlayEnd::Left
            }
            PlaybackState::Failed => PlayEnd::Failed,
            _ => PlayEnd::Done,
        })
    }

    /// Its end may have been missed while the connection was lost: asks whether it plays on.
    async fn missed(&mut self) -> Option<PlayEnd> {
        let again = self.ari.subscribe_playback(&self.id);
        match self.ari.send(op::playbacks::get(&self.id)).await {
            Ok(_) => {
                self.events = again;
                self.ari.confirm(&Subject::Playback(self.id.clone()));
                None
            }
            Err(_) if self.is_stopped => Some(PlayEnd::Stopped),
            Err(_) => Some(PlayEnd::Done),
        }
    }
}

impl Drop for Playing {
    fn drop(&mut self) {
        let id = self.id.clone();
        self.cleanup
            .run(async move |ari| match ari.send(op::playbacks::stop(&id)).await {
                Err(error) if !error.is_gone() => {
                    tracing::warn!(playback = %id, %error, "sound `{id}` may play on");
                }
                _ => {}
            });
    }
}

fn play(what: Play, target: &Target, id: &PlaybackId) -> Request<Playback> {
    match target {
        Target::Bridge(bridge) => op::bridges::play(bridge, id, what),
        Target::Channel(channel) => op::channels::play(channel, id, what),
    }
}
