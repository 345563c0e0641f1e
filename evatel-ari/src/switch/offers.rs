//! The calls that come in, and those that are refused because Asterisk does not keep up.

use std::{fmt, time::Duration};

use evatel_core::{calls::HangupCause, id::LegId};
use tokio::task::JoinSet;

use super::{CallerId, LegEvents};
use crate::{client, op, rest::Rest, router::Offered};

/// How long requests may wait for a connection: from there on carriers' calls are refused before answer, so that those that
/// wait are served in time.
pub const PATIENCE: Duration = Duration::from_millis(250);

/// A call that the dialplan hands over. It is taken within the watchdog's time or lost to the fallback.
#[derive(Debug)]
pub struct Offer {
    /// The caller's leg.
    pub leg: LegId,
    /// What the dialplan says: `trunk` or `device`, its id, the called digits.
    pub entry: Vec<String>,
    /// Who calls.
    pub caller: CallerId,
    /// What happens to the leg.
    pub events: LegEvents,
}

/// The calls that come in.
pub struct Offers {
    offers: client::Offers,
    rest: Rest,
    refusals: JoinSet<()>,
}

impl fmt::Debug for Offers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Offers")
    }
}

impl Offers {
    pub(super) fn new(offers: client::Offers, rest: Rest) -> Self {
        Self {
            offers,
            rest,
            refusals: JoinSet::new(),
        }
    }

    /// Waits for the next call; none comes once the connection is closed for good. Cancel safe.
    ///
    /// While requests wait longer than [`PATIENCE`] for a connection, calls from trunks are not offered: they are refused
    /// (SIP 503) and counted in [`crate::stats::Stats::refused_calls`]. A device's call is offered always: it may be for 911.
    pub async fn next(&mut self) -> Option<Offer> {
        loop {
            let offered = self.offers.next().await?;
            if self.rest.wait() > PATIENCE && offered.args.first().is_some_and(|door| door == "trunk") {
                self.refuse(offered);
                continue;
            }
            match offered.channel.id.as_str().parse() {
                Ok(leg) => {
                    let caller = offered.channel.caller;
                    return Some(Offer {
                        leg,
                        entry: offered.args,
                        caller: CallerId {
                            number: caller.number,
                            name: caller.name,
                        },
                        events: LegEvents::new(offered.events),
                    });
                }
                Err(error) => tracing::warn!(%error, "a call is left to the dialplan"),
            }
        }
    }

    fn refuse(&mut self, offered: Offered) {
        while self.refusals.try_join_next().is_some() {}
        let rest = self.rest.clone();
        rest.counters().refused_calls.add(1);
        self.refusals.spawn(async move {
            let id = offered.channel.id;
            match rest.send(op::channels::hangup(&id, HangupCause::Congestion)).await {
                Err(error) if !error.is_gone() => {
                    tracing::warn!(channel = %id, %error, "call on `{id}` is left to the dialplan: it could not be refused");
                }
                _ => tracing::debug!(channel = %id, "call on `{id}` refused: requests wait too long"),
            }
        });
    }
}
