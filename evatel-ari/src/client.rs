//! The handle on one Asterisk: it sends requests and hands out streams of events.

use std::{sync::Arc, time::Duration};

use tokio::{
    sync::{broadcast, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::{CancellationToken, DropGuard};

pub use crate::router::Offers;
use crate::{
    config::{Config, Leftovers, Start},
    connection::{
        self, Connection, Socket,
        chores::{CHORES, Chores},
    },
    error::{Error, Result},
    event::Event,
    id::{BridgeId, ChannelId, Mark, PlaybackId, RecordingName},
    model::{AsteriskInfo, Bridge, Channel},
    op,
    request::{Answer, Request},
    rest::Rest,
    resync::{self, Listed, Orphans},
    router::{ObjectEvents, Router},
    stats::Stats,
    subject::Subject,
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
    tap: broadcast::Sender<Arc<Event>>,
    state: watch::Receiver<ConnectionState>,
    info: AsteriskInfo,
    leftovers: Orphans,
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
    /// Connects: checks version and password, registers the application, ends what an earlier run left behind unless
    /// [`Config::leftovers`] keeps it for the caller.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] and [`Error::TooOld`] at once; that nothing answers only after [`Config::start`] allows.
    pub async fn connect(config: Config) -> Result<(Self, Offers)> {
        let rest = Rest::new(config)?;
        let config = rest.config();
        let deadline = match config.start {
            Start::MustBeThere => Instant::now(),
            Start::Wait(longest) => Instant::now() + longest,
        };
        let (info, orphans, socket) = reached_by(deadline, &rest).await?;
        let counters = rest.counters().clone();
        let (to_chores, wanted) = mpsc::channel(CHORES);
        let (router, offers) = Router::new(config.queue_bound, false, counters.clone(), to_chores);
        let (to_state, state) = watch::channel(ConnectionState::Connected);
        let (tap, _) = broadcast::channel(TAP_EVENTS);
        let stop = CancellationToken::new();
        let connection = Connection {
            rest: rest.clone(),
            router: router.clone(),
            counters: counters.clone(),
            tap: tap.clone(),
            state: to_state,
            stop: stop.clone(),
        };
        let chores = Chores {
            rest: rest.clone(),
            router: router.clone(),
            wanted,
        };
        tokio::spawn(async move {
            tokio::select! {
                () = connection.run(Box::new(socket)) => {}
                () = chores.run() => {}
            }
        });
        let shared = Shared {
            rest,
            router,
            tap,
            state,
            info,
            leftovers: orphans,
            _stop: stop.drop_guard(),
        };
        let ari = Self {
            shared: Arc::new(shared),
        };
        if ari.config().leftovers == Leftovers::End {
            ari.sweep().await;
        }
        Ok((ari, offers))
    }

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

    /// Hangs up a channel that did not come about as it should: what went wrong first is what is told, this is only logged.
    #[cfg(feature = "voice")]
    pub(crate) async fn discard_channel(&self, id: &ChannelId) {
        if let Err(error) = self.hangup(id, evatel_core::calls::HangupCause::Normal).await {
            tracing::warn!(channel = %id, %error, "channel `{id}` may be left over");
        }
    }

    /// Ends a bridge that did not come about as it should, as [`Ari::discard_channel`] does.
    #[cfg(feature = "voice")]
    pub(crate) async fn discard_bridge(&self, id: &BridgeId) {
        if let Err(error) = self.destroy_bridge(id).await {
            tracing::warn!(bridge = %id, %error, "bridge `{id}` may be left over");
        }
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

/// Lists all channels and bridges.
pub(crate) async fn list(rest: &Rest) -> Result<Listed> {
    let channels = rest.send(op::channels::list()).await?;
    let bridges = rest.send(op::bridges::list()).await?;
    Ok(Listed { channels, bridges })
}

/// Waits for Asterisk to take us in. What cannot become better by waiting is an error at once.
async fn reached_by(deadline: Instant, rest: &Rest) -> Result<(AsteriskInfo, Orphans, Socket)> {
    for attempt in 0.. {
        let error = match reached(rest).await {
            Ok(reached) => return Ok(reached),
            Err(error) => error,
        };
        let next = Instant::now() + rest.config().backoff.delay(attempt, connection::random());
        if !error.is_transient() || next > deadline {
            return Err(hinted(error, rest.config()));
        }
        let left = (deadline - Instant::now()).as_secs();
        tracing::warn!(attempt, %error, "Asterisk does not take us in yet: waiting for it, {left} s at most");
        tokio::time::sleep_until(next).await;
    }
    Err(Error::Closed)
}

/// Asks who is there and what an earlier run left, and registers the application.
async fn reached(rest: &Rest) -> Result<(AsteriskInfo, Orphans, Socket)> {
    let info = rest.checked_info().await?;
    // Listed before the registration: whatever stands in the application then, nobody serves.
    let orphans = resync::orphans(&list(rest).await?, &rest.config().app);
    let socket = connection::open(rest.config()).await?;
    Ok((info, orphans, socket))
}

/// Says where nothing answered, and what to look at.
fn hinted(error: Error, config: &Config) -> Error {
    match error {
        Error::NotSent { request, reason } => Error::NotSent {
            request,
            reason: format!(
                "nothing answers at `{}`; does Asterisk run, with `enabled=yes` in http.conf? ({reason})",
                config.url.as_str().trim_end_matches('/')
            ),
        },
        other => other,
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
