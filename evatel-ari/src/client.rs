//! The handle on one Asterisk: it sends requests and hands out streams of events.

mod begin;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use tokio::sync::{broadcast, watch};
use tokio_util::sync::DropGuard;

pub use crate::router::Offers;
use crate::{
    config::Config,
    error::Result,
    event::Event,
    id::{BridgeId, ChannelId, Mark, PlaybackId, RecordingName},
    model::{AsteriskInfo, Bridge, Channel},
    op::{
        self,
        applications::{EventFilter, EventSource},
    },
    request::{Answer, Request},
    rest::Rest,
    resync::Orphans,
    router::{ObjectEvents, Router},
    stats::Stats,
    subject::Subject,
    tenant::owners::Owners,
    wishes::Wishes,
};

/// How many events may wait for each reader of [`Ari::all_events`]; a slower one is told how many it missed.
pub const TAP_EVENTS: usize = 1024;

/// A handle on one Asterisk, cheap to clone. When the last one is dropped the connection is closed.
#[derive(Clone)]
pub struct Ari {
    shared: Arc<Shared>,
}

struct Shared {
    rest: Rest,
    router: Arc<Router>,
    wishes: Arc<Wishes>,
    tap: broadcast::Sender<Arc<Event>>,
    state: watch::Receiver<ConnectionState>,
    info: AsteriskInfo,
    leftovers: Orphans,
    owners: Arc<Owners>,
    _stop: DropGuard,
}

/// How the event connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ConnectionState {
    /// Closed by us, for good.
    Closed,
    /// Events come.
    Connected,
    /// Lost; the next attempt is number `attempt`.
    Reconnecting {
        /// Counted from 1.
        attempt: u32,
    },
    /// Another program registered our application's name: for good, since two would fight over it.
    Replaced,
}

impl Ari {
    /// Sends a request and waits for its answer; see [`Rest::send`].
    ///
    /// # Errors
    /// Those of [`Rest::send`].
    pub async fn send<T: Answer>(&self, request: Request<T>) -> Result<T> {
        self.shared.rest.send(request).await
    }

    /// Gives the sender without the events.
    pub fn rest(&self) -> &Rest {
        &self.shared.rest
    }

    /// Gives the configuration.
    pub fn config(&self) -> &Config {
        self.shared.rest.config()
    }

    /// Gives what our ids begin with.
    pub fn mark(&self) -> Mark {
        self.config().mark()
    }

    /// Says what Asterisk told of itself when we connected.
    pub fn info(&self) -> &AsteriskInfo {
        &self.shared.info
    }

    /// Says what an earlier run had left behind when [`Ari::connect`] looked, and ended it if [`Config::leftovers`] says so.
    pub fn leftovers(&self) -> &Orphans {
        &self.shared.leftovers
    }

    /// Counts what has happened so far and says how it stands now, for whoever exports it.
    pub fn stats(&self) -> Stats {
        Stats {
            queued: self.shared.router.queued(),
            followed: self.shared.router.followed(),
            unended: self.shared.router.unended().len(),
            ..self.rest().counters().stats()
        }
    }

    /// Follows how the connection is.
    pub fn state(&self) -> watch::Receiver<ConnectionState> {
        self.shared.state.clone()
    }

    /// Gives what is known of whose channels and bridges are.
    pub(crate) fn owners(&self) -> &Arc<Owners> {
        &self.shared.owners
    }

    /// Says whether somebody follows it.
    pub(crate) fn is_followed(&self, subject: &Subject) -> bool {
        self.shared.router.is_followed(subject)
    }

    /// Notes that something exists: if it is not listed after a reconnect, it has ended.
    pub(crate) fn confirm(&self, subject: &Subject) {
        self.shared.router.confirm(subject);
    }

    /// Begins the stream of a channel, beside others that follow it. Call it before the request that makes the channel: events may come before the reply.
    pub fn subscribe_channel(&self, id: &ChannelId) -> ObjectEvents {
        self.shared.router.subscribe(Subject::Channel(id.clone()))
    }

    /// Begins the stream of a bridge, before it is made.
    pub fn subscribe_bridge(&self, id: &BridgeId) -> ObjectEvents {
        self.shared.router.subscribe(Subject::Bridge(id.clone()))
    }

    /// Begins the stream of a sound that plays, before it is asked for.
    pub fn subscribe_playback(&self, id: &PlaybackId) -> ObjectEvents {
        self.shared.router.subscribe(Subject::Playback(id.clone()))
    }

    /// Begins the stream of anything: a playback, an endpoint, a device state, an application too.
    ///
    /// Asterisk tells of channels and bridges in the application, of their playbacks and recordings, and of what is subscribed to.
    pub fn subscribe(&self, subject: Subject) -> ObjectEvents {
        self.shared.router.subscribe(subject)
    }

    /// Begins the stream of a recording, before it is made.
    pub fn subscribe_recording(&self, name: &RecordingName) -> ObjectEvents {
        self.shared.router.subscribe(Subject::Recording(name.clone()))
    }

    /// Notes that the request which makes this channel succeeded: if it is not listed after a reconnect, it has ended.
    pub fn confirm_channel(&self, id: &ChannelId) {
        self.shared.router.confirm(&Subject::Channel(id.clone()));
    }

    /// Ends the stream of a channel of which Asterisk said that it does not exist.
    #[cfg(feature = "voice")]
    pub(crate) fn channel_is_gone(&self, id: &ChannelId) {
        self.shared.router.gone(&Subject::Channel(id.clone()));
    }

    /// Subscribes [`Config::app`] to the events about `source`, again after each reconnect, until [`Ari::unfollow`].
    ///
    /// # Errors
    /// Those of [`Rest::send`]; a source that does not exist is refused with [`crate::Error::Unprocessable`].
    pub async fn follow(&self, source: EventSource) -> Result<()> {
        self.shared.wishes.follow(source, self.rest()).await
    }

    /// Ends a subscription; that there is none is success.
    ///
    /// # Errors
    /// Those of [`Rest::send`].
    pub async fn unfollow(&self, source: &EventSource) -> Result<()> {
        self.shared.wishes.unfollow(source, self.rest()).await
    }

    /// Says which events come to our applications, after each reconnect too. The answers to requests over the websocket
    /// always come.
    ///
    /// # Errors
    /// Those of [`Rest::send`].
    pub async fn filter_events(&self, filter: EventFilter) -> Result<()> {
        self.shared.wishes.filter(filter, self.rest()).await
    }

    /// Follows every event, for logs and tests; a reader that is slower than [`TAP_EVENTS`] misses some.
    pub fn all_events(&self) -> broadcast::Receiver<Arc<Event>> {
        self.shared.tap.subscribe()
    }

    /// Hangs a channel up, whatever is known of it: that it does not exist is success, and what may be done yet is tried again.
    ///
    /// # Errors
    /// Those of [`Rest::send`], after three attempts; it is tried again after the next reconnect.
    pub async fn hangup(&self, id: &ChannelId, cause: evatel_core::calls::HangupCause) -> Result<()> {
        let ended = insisted(|| self.send(op::channels::hangup(id, cause))).await;
        self.noted(Subject::Channel(id.clone()), ended)
    }

    /// Ends a bridge; that it does not exist is success.
    ///
    /// # Errors
    /// Those of [`Rest::send`], after three attempts; it is tried again after the next reconnect.
    pub async fn destroy_bridge(&self, id: &BridgeId) -> Result<()> {
        let ended = insisted(|| self.send(op::bridges::destroy(id))).await;
        self.noted(Subject::Bridge(id.clone()), ended)
    }

    fn noted(&self, subject: Subject, ended: Result<()>) -> Result<()> {
        match &ended {
            Ok(()) => self.shared.router.has_ended(&subject),
            Err(_) => self.shared.router.could_not_end(subject),
        }
        ended
    }

    /// Ends what Asterisk may still make: the request for it was not answered, and that it is not there yet proves nothing.
    pub(crate) fn end_if_it_comes(&self, subject: Subject) {
        self.shared.router.end_if_it_comes(subject);
    }

    async fn sweep(&self) {
        let Orphans { channels, bridges } = self.leftovers();
        for Channel { id, .. } in channels {
            let ended = self
                .hangup(id, evatel_core::calls::HangupCause::TemporaryFailure)
                .await;
            tracing::warn!(channel = %id, ?ended, "channel `{id}` was left over from an earlier run and is ended");
        }
        for Bridge { id, .. } in bridges {
            let ended = self.destroy_bridge(id).await;
            tracing::warn!(bridge = %id, ?ended, "bridge `{id}` was left over from an earlier run and is ended");
        }
    }
}

impl fmt::Debug for Ari {
    /// Shows the application only.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ari(`{}`)", self.config().app)
    }
}

/// Asks up to three times for an end that may be asked for again.
async fn insisted<F: Future<Output = Result<()>>>(ask: impl Fn() -> F) -> Result<()> {
    const PAUSE: Duration = Duration::from_millis(200);
    for _ in 0..2 {
        match ask().await {
            Err(error) if error.is_transient() => tokio::time::sleep(PAUSE).await,
            Err(error) if error.is_gone() => return Ok(()),
            done => return done,
        }
    }
    match ask().await {
        Err(error) if error.is_gone() => Ok(()),
        done => done,
    }
}
