//! How a connection begins: we dial Asterisk, or Asterisk dials us.

use std::sync::Arc;

use tokio::{
    sync::{broadcast, mpsc, watch},
    time::Instant,
};
use tokio_util::sync::CancellationToken;

use super::{Ari, ConnectionState, Shared, TAP_EVENTS};
use crate::{
    config::{Config, Leftovers, Start},
    connection::{
        self, Connection, Link, Socket, Supply,
        chores::{CHORES, Chores},
    },
    error::{Error, Result},
    model::AsteriskInfo,
    op::{self, events::Heard},
    outbound::{Accepted, Application},
    rest::{Rest, line::Ask},
    resync::{self, Listed, Orphans},
    router::{Offers, Router},
    wishes::Wishes,
};

impl Ari {
    /// Connects: checks version and password, registers the application, ends what an earlier run left behind unless
    /// [`Config::leftovers`] keeps it for the caller.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] and [`Error::TooOld`] at once; that nothing answers only after [`Config::start`] allows.
    pub async fn connect(config: Config) -> Result<(Self, Offers)> {
        let (rest, asks) = Rest::with_line(config);
        let (info, orphans, socket) = reached_by(deadline(rest.config()), &rest).await?;
        let session = Session::begin(rest, asks, Link::of(socket), Supply::Dialled);
        session.ready(info, orphans).await
    }

    /// Serves an application whose websocket Asterisk opens, and opens again whenever it was lost: the first one is waited for as
    /// long as [`Config::start`] allows. Requests go over that websocket, or over HTTP where `config` has a URL and says so.
    ///
    /// Of what an earlier run left only what carries our mark is swept: other channels may have come in just now.
    ///
    /// # Errors
    /// [`Error::Config`] if `config` is for another application; [`Error::Overdue`] if Asterisk does not dial in time; those of
    /// [`Ari::connect`].
    pub async fn serve_outbound(mut application: Application, config: Config) -> Result<(Self, Offers)> {
        if application.app() != config.app {
            let reason = format!(
                "`{}` is not the `{}` that is served",
                config.app,
                application.app()
            );
            return Err(Error::Config {
                setting: "app",
                reason,
            });
        }
        let began = Instant::now();
        let until = deadline(&config).max(began + config.request_timeout);
        let accepted = match tokio::time::timeout_at(until, application.next()).await {
            Ok(Some(accepted)) => accepted,
            Ok(None) => return Err(Error::Closed),
            Err(_) => {
                return Err(Error::Overdue {
                    event: format!("connection from Asterisk for `{}`", config.app),
                    waited: began.elapsed(),
                });
            }
        };
        let (rest, asks) = Rest::with_line(config);
        let session = Session::begin(
            rest,
            asks,
            Link::accepted(accepted),
            Supply::Accepted(application),
        );
        for attempt in 0.. {
            let error = match looked_at(&session.rest).await {
                Ok((info, orphans)) => return session.ready(info, orphans).await,
                Err(error) => error,
            };
            // It may have been lost just now, and comes back.
            let next = Instant::now() + session.rest.config().backoff.delay(attempt, connection::random());
            if !error.is_transient() || next > until {
                return Err(error);
            }
            tokio::time::sleep_until(next).await;
        }
        Err(Error::Closed)
    }

    /// Serves the one call for which Asterisk opened a websocket; when that closes, the session is over.
    ///
    /// Channels made here go into the call's own application, as they must; nothing is swept, as other calls are served beside.
    ///
    /// # Errors
    /// Those of [`Ari::connect`].
    pub async fn serve_call(accepted: Accepted, config: Config) -> Result<(Self, Offers)> {
        let config = Config {
            app: accepted.app.clone(),
            ..config
        };
        let (rest, asks) = Rest::with_line(config);
        let session = Session::begin(rest, asks, Link::accepted(accepted), Supply::OneCall);
        let info = session.rest.checked_info().await?;
        session.ready(info, Orphans::default()).await
    }
}

/// A connection whose task runs, before anything was asked over it. Dropping it ends the task.
struct Session {
    rest: Rest,
    shared: Shared,
    offers: Offers,
}

impl Session {
    fn begin(rest: Rest, asks: mpsc::Receiver<Ask>, link: Link, supply: Supply) -> Self {
        let config = rest.config();
        let counters = rest.counters().clone();
        let (to_chores, wanted) = mpsc::channel(CHORES);
        let hears_all = config.heard == Heard::Everything;
        let (router, offers) = Router::new(config.queue_bound, hears_all, counters.clone(), to_chores);
        let (to_state, state) = watch::channel(ConnectionState::Connected);
        let (tap, _) = broadcast::channel(TAP_EVENTS);
        let says_all = matches!(supply, Supply::Dialled);
        let wishes = Arc::new(Wishes::new(hears_all && !says_all));
        let stop = CancellationToken::new();
        let connection = Connection {
            rest: rest.clone(),
            router: router.clone(),
            counters,
            wishes: Arc::clone(&wishes),
            tap: tap.clone(),
            state: to_state,
            stop: stop.clone(),
        };
        let chores = Chores {
            rest: rest.clone(),
            router: router.clone(),
            wanted,
        };
        rest.line().set_up(true);
        tokio::spawn(async move {
            tokio::select! {
                () = connection.run(link, supply, asks) => {}
                () = chores.run() => {}
            }
        });
        let shared = Shared {
            rest: rest.clone(),
            router,
            wishes,
            tap,
            state,
            info: AsteriskInfo::default(),
            leftovers: Orphans::default(),
            owners: Arc::default(),
            _stop: stop.drop_guard(),
        };
        Self { rest, shared, offers }
    }

    async fn ready(self, info: AsteriskInfo, leftovers: Orphans) -> Result<(Ari, Offers)> {
        self.shared.wishes.hear_everything(&self.rest).await?;
        let shared = Shared {
            info,
            leftovers,
            ..self.shared
        };
        let ari = Ari {
            shared: Arc::new(shared),
        };
        if ari.config().leftovers == Leftovers::End {
            ari.sweep().await;
        }
        Ok((ari, self.offers))
    }
}

/// Asks who is there and what carries our mark.
async fn looked_at(rest: &Rest) -> Result<(AsteriskInfo, Orphans)> {
    let info = rest.checked_info().await?;
    let orphans = resync::marked(&list(rest).await?, &rest.config().mark());
    Ok((info, orphans))
}

fn deadline(config: &Config) -> Instant {
    match config.start {
        Start::MustBeThere => Instant::now(),
        Start::Wait(longest) => Instant::now() + longest,
    }
}

/// Lists all channels and bridges.
async fn list(rest: &Rest) -> Result<Listed> {
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
    let config = rest.config();
    let info = rest.checked_info().await?;
    // Listed before the registration: whatever stands in the application then, nobody serves.
    let orphans = resync::orphans(&list(rest).await?, &config.mark(), &config.apps());
    let socket = connection::open(config).await?;
    Ok((info, orphans, socket))
}

/// Says where nothing answered, and what to look at.
fn hinted(error: Error, config: &Config) -> Error {
    match (error, &config.url) {
        (Error::NotSent { request, reason }, Some(url)) => Error::NotSent {
            request,
            reason: format!(
                "nothing answers at `{}`; does Asterisk run, with `enabled=yes` in http.conf? ({reason})",
                url.as_str().trim_end_matches('/')
            ),
        },
        (other, _) => other,
    }
}
