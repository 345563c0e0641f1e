//! Calls that are offered to many daemons at once, and go to the one that claims them first (22.10 and newer).
//!
//! The dialplan's `StasisBroadcast(milliseconds,filter,arguments)` tells every application whose name fits the filter of a call, waits, and
//! hands it to the winner as `Stasis()` would; unclaimed it goes on in the dialplan with `STASISSTATUS` = `TIMEOUT`.

use std::{sync::Arc, time::Duration};

use tokio::sync::broadcast;

use crate::{
    client::Ari,
    error::{Error, Result},
    event::{Event, EventKind, EventName},
    model::Channel,
    op,
    router::{Offered, Signal},
};

/// The calls that are offered to many, us among them.
#[derive(Debug)]
pub struct Broadcasts {
    events: broadcast::Receiver<Arc<Event>>,
    missed: u64,
}

/// A call that is offered to many.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Broadcast {
    /// The channel, which is in no application yet.
    pub channel: Channel,
    /// Who calls, where that is known.
    pub caller: Option<String>,
    /// The number that was called.
    pub called: Option<String>,
}

/// What became of a claim.
#[derive(Debug)]
pub enum Claim {
    /// Another application was quicker.
    Lost,
    /// The offer is over: nobody was quick enough and the dialplan has gone on, or the caller has hung up.
    TooLate,
    /// The call is ours, and in our application.
    Won(Box<Offered>),
}

impl Broadcasts {
    /// Follows what is offered from here on.
    pub fn follow(ari: &Ari) -> Self {
        Self {
            events: ari.all_events(),
            missed: 0,
        }
    }

    /// Waits for the next call; none comes once the connection is closed for good.
    ///
    /// Whoever reads them is quick and claims in a task of its own: behind [`TAP_EVENTS`](crate::client::TAP_EVENTS) events they are lost.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Broadcast> {
        loop {
            match self.events.recv().await {
                Ok(event) => match event.is(EventName::CallBroadcast).then(|| event.kind()) {
                    Some(EventKind::CallBroadcast {
                        channel,
                        caller,
                        called,
                    }) => {
                        let known = |number: &Option<String>| number.clone().filter(|it| !it.is_empty());
                        return Some(Broadcast {
                            channel: channel.clone(),
                            caller: known(caller),
                            called: known(called),
                        });
                    }
                    _ => continue,
                },
                Err(broadcast::error::RecvError::Lagged(missed)) => {
                    self.missed += missed;
                    tracing::warn!(
                        "{missed} events were missed here, calls offered to many perhaps among them"
                    );
                }
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }

    /// Tells how many events were lost because the reader was slow; each may have been a call.
    pub fn missed(&self) -> u64 {
        self.missed
    }
}

impl Broadcast {
    /// `POST /events/claim` claims the call for our application and waits, `within` at most, until it has come in.
    ///
    /// # Errors
    /// [`Error::NeedsNewer`] before 22.10; [`Error::Overdue`] if the claim or the call takes too long: the call may be ours yet, and is
    /// then offered like any other. Those of [`Ari::send`].
    ///
    /// # Cancel safety
    /// If the future is dropped, the call may be ours yet, and is then offered like any other.
    pub async fn claim(&self, within: Duration, ari: &Ari) -> Result<Claim> {
        match tokio::time::timeout(within, self.claimed(ari)).await {
            Ok(done) => done,
            Err(_) => Err(Error::Overdue {
                event: format!("the claimed channel `{}`", self.channel.id),
                waited: within,
            }),
        }
    }

    async fn claimed(&self, ari: &Ari) -> Result<Claim> {
        // Before the claim: its StasisStart may be quicker than the answer.
        let mut events = ari.subscribe_channel(&self.channel.id);
        match ari
            .send(op::events::claim(&self.channel.id, &ari.config().app))
            .await
        {
            Ok(()) => {}
            Err(Error::Exists { .. }) => return Ok(Claim::Lost),
            Err(Error::NotFound { .. }) => return Ok(Claim::TooLate),
            Err(error) => return Err(error),
        }
        while let Some(signal) = events.next().await {
            let Signal::Event(event) = signal else { continue };
            if let EventKind::StasisStart { args, channel, .. } = event.kind() {
                return Ok(Claim::Won(Box::new(Offered {
                    app: (*event.header().application).into(),
                    args: args.clone(),
                    channel: channel.clone(),
                    events,
                })));
            }
        }
        Ok(Claim::TooLate)
    }
}
