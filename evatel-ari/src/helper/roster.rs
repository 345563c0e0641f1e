//! Who is in a bridge: the present members, and every change.

use std::collections::{BTreeSet, VecDeque};

use super::follow::follow_bridge;
use crate::{
    client::Ari,
    error::Result,
    event::EventKind,
    handle::Handle,
    id::{BridgeId, ChannelId},
    op,
    router::{ObjectEvents, Signal},
};

/// The members of a bridge, kept up to date by [`Roster::next`].
#[derive(Debug)]
pub struct Roster {
    bridge: BridgeId,
    events: ObjectEvents,
    members: BTreeSet<ChannelId>,
    /// Found by comparing, not told yet.
    found: VecDeque<Change>,
    /// Something was missed: who is there has to be asked.
    is_stale: bool,
    is_over: bool,
    ari: Ari,
}

/// What changed in a bridge.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// The bridge ended; nothing follows.
    Ended,
    /// This channel came in.
    Joined(ChannelId),
    /// This channel left.
    Left(ChannelId),
    /// The connection is lost: until [`Change::Resynced`] the members are those from before.
    Lost,
    /// What was missed has been found out and told by the changes since [`Change::Lost`], or since the reader was too slow.
    Resynced,
}

impl Roster {
    /// Begins to watch a bridge.
    ///
    /// ```
    /// # use evatel_ari::{Ari, BridgeId, helper::{Roster, roster::Change}};
    /// # async fn until_alone(id: &BridgeId, ari: &Ari) -> evatel_ari::Result<()> {
    /// let mut roster = Roster::open(id, ari).await?;
    /// while roster.members().len() > 1 {
    ///     if roster.next().await == Some(Change::Ended) {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] if there is no such bridge, and those of the requests.
    pub async fn open<H: Handle>(bridge: &BridgeId, handle: &H) -> Result<Self> {
        // Followed first, asked second: what happens between the two is in both and counts once.
        let events = follow_bridge(bridge, handle).await?;
        let snapshot = handle.send(op::bridges::get(bridge)).await?;
        Ok(Self {
            bridge: bridge.clone(),
            events,
            members: snapshot.channels.into_iter().collect(),
            found: VecDeque::new(),
            is_stale: false,
            is_over: false,
            ari: handle.whole().clone(),
        })
    }

    /// Gives the members, in the order of their ids.
    pub fn members(&self) -> &BTreeSet<ChannelId> {
        &self.members
    }

    /// Waits for the next change, which [`Roster::members`] then shows; none comes after [`Change::Ended`].
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn next(&mut self) -> Option<Change> {
        loop {
            if let Some(change) = self.found.pop_front() {
                self.apply(&change);
                return Some(change);
            }
            if self.is_over {
                return None;
            }
            if self.is_stale {
                self.compare().await;
                self.is_stale = false;
                continue;
            }
            let change = match self.events.next().await {
                Some(Signal::Event(event)) => match event.kind() {
                    EventKind::BridgeDestroyed { .. } => Change::Ended,
                    EventKind::ChannelEnteredBridge {
                        channel: Some(channel),
                        ..
                    } => Change::Joined(channel.id.clone()),
                    EventKind::ChannelLeftBridge { channel, .. } => Change::Left(channel.id.clone()),
                    _ => continue,
                },
                Some(Signal::Lost) => Change::Lost,
                Some(Signal::Back | Signal::Lagged(_)) => {
                    self.is_stale = true;
                    continue;
                }
                Some(Signal::Gone) | None => Change::Ended,
                Some(_) => continue,
            };
            if self.apply(&change) {
                return Some(change);
            }
        }
    }

    /// Takes a change in; says whether it is one.
    fn apply(&mut self, change: &Change) -> bool {
        match change {
            Change::Ended => {
                self.members.clear();
                !std::mem::replace(&mut self.is_over, true)
            }
            Change::Joined(id) => self.members.insert(id.clone()),
            Change::Left(id) => self.members.remove(id),
            Change::Lost | Change::Resynced => true,
        }
    }

    /// Finds out what was missed.
    async fn compare(&mut self) {
        match self.ari.send(op::bridges::get(&self.bridge)).await {
            Ok(bridge) => {
                let now: BTreeSet<_> = bridge.channels.into_iter().collect();
                let left = self.members.difference(&now).cloned().map(Change::Left);
                let joined = now.difference(&self.members).cloned().map(Change::Joined);
                self.found.extend(left.chain(joined));
                self.found.push_back(Change::Resynced);
            }
            Err(error) if error.is_gone() => self.found.push_back(Change::Ended),
            // The next reconnect, or the bridge's own end, comes after this.
            Err(error) => {
                tracing::warn!(bridge = %self.bridge, %error, "cannot ask who is in `{}`", self.bridge);
            }
        }
    }
}
