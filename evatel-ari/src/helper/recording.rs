//! A recording of a party or a bridge, until it ends for a reason, and its file.

use std::time::Duration;

use tokio::time::{Instant, sleep, sleep_until};

use super::{
    guard::Cleanup,
    target::{Target, goes},
};
use crate::{
    error::{Error, Result},
    event::EventKind,
    handle::Handle,
    id::RecordingName,
    model::{LiveRecording, RecordingState},
    op::{
        self,
        sound::{Recording as Rules, TerminateOn},
    },
    request::Request,
    router::{ObjectEvents, Signal},
    subject::Subject,
};

/// How a recording ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Recorded {
    /// Why.
    pub end: End,
    /// How long it is; none if Asterisk did not say.
    pub length: Option<Duration>,
    /// How much of it was speech; told only where [`Rules::max_silence`] made Asterisk listen for it.
    pub talking: Option<Duration>,
}

/// Why a recording ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// It was thrown away by us, or by another.
    Cancelled,
    /// Asterisk could not record; nothing is kept.
    Failed {
        /// Asterisk's words.
        cause: String,
    },
    /// Who was recorded hung up or left the application, or the bridge ended. What was recorded is kept.
    Left,
    /// [`Rules::max_duration`] was reached.
    Longest,
    /// It ended while the connection was lost: why is not known. What was recorded is kept.
    Missed,
    /// [`Rules::max_silence`] was reached, as far as nothing else explains the end: Asterisk does not say it.
    Silence,
    /// It was stopped by us, or by another where [`Rules::max_silence`] could not end it.
    Stopped,
    /// This key ended it.
    Terminator(char),
}

impl End {
    /// Says whether there is a file.
    pub fn is_kept(&self) -> bool {
        !matches!(self, Self::Cancelled | Self::Failed { .. })
    }
}

/// A recording that runs; it is cancelled when this is dropped before its end.
#[derive(Debug)]
pub struct Recording {
    rules: Rules,
    target: Subject,
    events: ObjectEvents,
    target_events: ObjectEvents,
    heard: Heard,
    ended: Option<Recorded>,
    ari: crate::Ari,
    cleanup: Cleanup,
}

/// What tells why it ended: Asterisk's own event does not.
#[derive(Debug, Default)]
struct Heard {
    began: Option<Instant>,
    key: Option<char>,
    has_left: bool,
    /// What we asked for, and when: Asterisk says `done` in either case.
    asked: Option<(End, Instant)>,
}

impl Recording {
    /// Begins to record by `rules`.
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use evatel_ari::{Ari, ChannelId, helper::{Recording, recording}, op::sound::{self, TerminateOn}};
    /// # async fn message(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<Option<Vec<u8>>> {
    /// let mut rules = sound::Recording::new("mailbox/1".into(), "wav");
    /// rules.max_duration = Some(Duration::from_secs(120));
    /// rules.max_silence = Some(Duration::from_secs(5));
    /// rules.terminate_on = TerminateOn::Hash;
    /// let mut recording = Recording::start(&rules, id, ari).await?;
    /// let recorded = recording.ended().await;
    /// # Ok(
    /// match recorded.end.is_kept() {
    ///     true => Some(recording::take(&rules.name, ari).await?),
    ///     false => None,
    /// }
    /// # )
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`Error::NotFound`] if the target is gone, [`Error::Exists`] for a name that is taken, [`Error::Unprocessable`] for
    /// a format that Asterisk does not have, and those of the request.
    ///
    /// # Cancel safety
    /// If the future is dropped, the recording is cancelled.
    pub async fn start<H: Handle>(rules: &Rules, target: impl Into<Target>, handle: &H) -> Result<Self> {
        let target = target.into();
        let target_events = target.follow(handle).await?;
        let ari = handle.whole();
        let subject = Subject::Recording(rules.name.clone());
        let mut recording = Self {
            events: handle.stream(subject.clone()).await?,
            rules: rules.clone(),
            target: target.subject(),
            target_events,
            heard: Heard::default(),
            ended: None,
            ari: ari.clone(),
            cleanup: Cleanup::new(ari),
        };
        match handle.send(record(rules, &target)).await {
            Ok(_) => {
                ari.confirm(&subject);
                Ok(recording)
            }
            Err(error) => {
                if !matches!(error, Error::OutcomeUnknown { .. }) {
                    recording.cleanup.disarm();
                }
                Err(error)
            }
        }
    }

    /// Gives its name.
    pub fn name(&self) -> &RecordingName {
        &self.rules.name
    }

    /// Waits until it has ended; the same end is told again to who asks again.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped; it records on.
    pub async fn ended(&mut self) -> Recorded {
        let was_over = self.ended.is_some();
        let recorded = self.over().await;
        if recorded.end == End::Cancelled && !was_over {
            discard(&self.rules.name, &self.ari).await;
        }
        recorded
    }

    async fn over(&mut self) -> Recorded {
        loop {
            if let Some(recorded) = &self.ended {
                return recorded.clone();
            }
            let asked_at = self.heard.asked.as_ref().map_or_else(Instant::now, |(_, at)| *at);
            let silent_until = asked_at + EVENT_COMES;
            tokio::select! {
                biased;
                signal = self.target_events.next(), if !self.heard.has_left => {
                    if let Some(Signal::Event(event)) = &signal
                        && let EventKind::ChannelDtmfReceived { digit, .. } = event.kind()
                    {
                        self.heard.key = digit.chars().next();
                    }
                    self.heard.has_left = goes(signal.as_ref(), &self.target);
                }
                signal = self.events.next() => self.hear(signal).await,
                // One that had not begun when it was asked to end is ended without an event.
                () = sleep_until(silent_until), if self.heard.asked.is_some() => {
                    self.ended = self.missed().await;
                    if let Some((_, at)) = &mut self.heard.asked {
                        *at = Instant::now();
                    }
                }
            }
        }
    }

    /// Ends it and keeps it; success if it has ended.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn stop(&mut self) -> Result<()> {
        self.heard.asked = Some((End::Stopped, Instant::now()));
        insisted(|| self.ari.send(op::recordings::stop(&self.rules.name))).await
    }

    /// Ends it and throws it away; success if it has ended.
    ///
    /// # Errors
    /// Those of the request.
    pub async fn cancel(&mut self) -> Result<()> {
        self.heard.asked = Some((End::Cancelled, Instant::now()));
        insisted(|| self.ari.send(op::recordings::cancel(&self.rules.name))).await
    }

    /// Halts it: what is said now is left out.
    ///
    /// # Errors
    /// [`Error::NotFound`] once it has ended, and those of the request.
    pub async fn pause(&self) -> Result<()> {
        self.ari.send(op::recordings::pause(&self.rules.name)).await
    }

    /// Goes on.
    ///
    /// # Errors
    /// As [`Recording::pause`].
    pub async fn resume(&self) -> Result<()> {
        self.ari.send(op::recordings::unpause(&self.rules.name)).await
    }

    /// Records silence in place of what is said now.
    ///
    /// # Errors
    /// As [`Recording::pause`].
    pub async fn mute(&self) -> Result<()> {
        self.ari.send(op::recordings::mute(&self.rules.name)).await
    }

    /// Records what is said again.
    ///
    /// # Errors
    /// As [`Recording::pause`].
    pub async fn unmute(&self) -> Result<()> {
        self.ari.send(op::recordings::unmute(&self.rules.name)).await
    }

    async fn hear(&mut self, signal: Option<Signal>) {
        let recorded = match signal {
            Some(Signal::Event(event)) => match event.kind() {
                EventKind::RecordingStarted { .. } => {
                    self.heard.began = Some(Instant::now());
                    return;
                }
                EventKind::RecordingFinished { recording } => self.finished(recording).await,
                EventKind::RecordingFailed { recording } => Recorded {
                    end: End::Failed {
                        cause: recording.cause.clone().unwrap_or_default(),
                    },
                    length: None,
                    talking: None,
                },
                _ => return,
            },
            Some(Signal::Gone) | None => match self.missed().await {
                Some(recorded) => recorded,
                None => return,
            },
            Some(_) => return,
        };
        self.ended = Some(recorded);
        self.cleanup.disarm();
    }

    async fn finished(&mut self, recording: &LiveRecording) -> Recorded {
        let end = match why(recording, &self.rules, &self.heard, Instant::now()) {
            Some(end) => end,
            // Nothing explains it but an end whose event comes after this one: events of a channel and of its recording have
            // no order among each other.
            None if self.leaves_now().await => End::Left,
            None if self.rules.max_silence.is_some() => End::Silence,
            None => End::Stopped,
        };
        Recorded {
            end,
            length: seconds(recording.duration),
            talking: seconds(recording.talking_duration),
        }
    }

    async fn leaves_now(&mut self) -> bool {
        let deadline = Instant::now() + LEAVES_WITHIN;
        loop {
            tokio::select! {
                signal = self.target_events.next() => if goes(signal.as_ref(), &self.target) {
                    return true;
                },
                () = sleep_until(deadline) => return self.is_target_gone().await,
            }
        }
    }

    async fn is_target_gone(&self) -> bool {
        let asked = match &self.target {
            Subject::Bridge(id) => self.ari.send(op::bridges::get(id)).await.map(drop),
            Subject::Channel(id) => self.ari.send(op::channels::get(id)).await.map(drop),
            _ => return false,
        };
        asked.is_err_and(|error| error.is_gone())
    }

    /// Its end may have been missed while the connection was lost: asks whether it records on.
    async fn missed(&mut self) -> Option<Recorded> {
        let again = self.ari.subscribe_recording(&self.rules.name);
        if self
            .ari
            .send(op::recordings::live(&self.rules.name))
            .await
            .is_ok()
        {
            self.events = again;
            self.ari.confirm(&Subject::Recording(self.rules.name.clone()));
            return None;
        }
        Some(Recorded {
            end: self.heard.asked.clone().map_or(End::Missed, |(end, _)| end),
            length: None,
            talking: None,
        })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        let name = self.rules.name.clone();
        self.cleanup.run(async move |ari| {
            if let Err(error) = insisted(|| ari.send(op::recordings::cancel(&name))).await {
                tracing::warn!(recording = %name, %error, "recording `{name}` may run on");
            }
            discard(&name, &ari).await;
        });
    }
}

/// Fetches the file of a recording that has ended, over HTTP.
///
/// # Errors
/// [`Error::NotFound`] if there is none, and those of the request.
pub async fn fetch<H: Handle>(name: &RecordingName, handle: &H) -> Result<Vec<u8>> {
    Ok(handle.send(op::recordings::file(name)).await?.0)
}

/// Fetches the file of a recording that has ended and then removes it from Asterisk's disk.
///
/// # Errors
/// As [`fetch`]; what could not be fetched is not removed.
pub async fn take<H: Handle>(name: &RecordingName, handle: &H) -> Result<Vec<u8>> {
    let file = fetch(name, handle).await?;
    delete(name, handle).await?;
    Ok(file)
}

/// Removes a recording from Asterisk's disk; success if there is none.
///
/// # Errors
/// Those of the request.
pub async fn delete<H: Handle>(name: &RecordingName, handle: &H) -> Result<()> {
    done(handle.send(op::recordings::delete(name)).await)
}

/// Removes the file of a recording that was cancelled: Asterisk leaves it behind where the wish came as the recording began.
async fn discard(name: &RecordingName, ari: &crate::Ari) {
    const PAUSE: Duration = Duration::from_millis(50);
    for _ in 0..20 {
        if ari.send(op::recordings::live(name)).await.is_err() {
            break;
        }
        sleep(PAUSE).await;
    }
    if let Err(error) = delete(name, ari).await {
        tracing::warn!(recording = %name, %error, "the file of the cancelled recording `{name}` may be left over");
    }
}

fn done(answer: Result<()>) -> Result<()> {
    match answer {
        Err(error) if error.is_gone() => Ok(()),
        other => other,
    }
}

/// Asks for an end until it is taken. While a recording is about to begin Asterisk refuses it with 500 `Recording operation
/// failed` or 409 `Recording not in session`, as an older errno has it; that it is over already is success.
async fn insisted<F: Future<Output = Result<()>>>(ask: impl Fn() -> F) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(50);
    for _ in 0..20 {
        match ask().await {
            Err(Error::Unexpected { status: 500, .. } | Error::Conflict { .. }) => sleep(PAUSE).await,
            answer => return done(answer),
        }
    }
    done(ask().await)
}

/// Says why it ended, as far as what was heard explains it.
fn why(recording: &LiveRecording, rules: &Rules, heard: &Heard, now: Instant) -> Option<End> {
    if recording.state == RecordingState::Canceled {
        return Some(End::Cancelled);
    }
    if let Some((end, _)) = &heard.asked {
        return Some(end.clone());
    }
    if let Some(key) = heard.key.filter(|key| ends(*key, &rules.terminate_on)) {
        return Some(End::Terminator(key));
    }
    if heard.has_left {
        return Some(End::Left);
    }
    // Asterisk measures its limit by the clock and tells the length of the audio, which may be shorter.
    let lasted = heard.began.map(|began| now.saturating_duration_since(began));
    let reached = |got: Duration| rules.max_duration.is_some_and(|limit| got >= limit);
    (lasted.is_some_and(reached) || seconds(recording.duration).is_some_and(reached)).then_some(End::Longest)
}

fn seconds(told: Option<i64>) -> Option<Duration> {
    told.and_then(|seconds| u64::try_from(seconds).ok())
        .map(Duration::from_secs)
}

fn record(rules: &Rules, target: &Target) -> Request<LiveRecording> {
    match target {
        Target::Bridge(bridge) => op::bridges::record(bridge, rules.clone()),
        Target::Channel(channel) => op::channels::record(channel, rules),
    }
}

fn ends(key: char, terminator: &TerminateOn) -> bool {
    match terminator {
        TerminateOn::Any => true,
        TerminateOn::Hash => key == '#',
        TerminateOn::Star => key == '*',
        TerminateOn::Nothing | TerminateOn::Other(_) => false,
    }
}

/// How long the event of an end may take that was asked for.
const EVENT_COMES: Duration = Duration::from_secs(1);

/// How long after the end of its recording the event may come that a party hung up.
const LEAVES_WITHIN: Duration = Duration::from_millis(200);

#[cfg(test)]
mod tests;
