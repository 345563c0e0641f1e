//! A leg on which we hear and speak: one duplex stream of 20 ms frames, 8 or 16 kHz, over the transport that a [`Medium`] names.
//!
//! | transport | who connects | samples on the wire | what was heard is known by |
//! |---|---|---|---|
//! | `chan_websocket`, server mode (the default) | we, to `/media/<id>` on Asterisk's HTTP server | little-endian | Asterisk's own count |
//! | `chan_websocket`, client mode | Asterisk, to our [`MediaDoor`](crate::door::MediaDoor) | little-endian | Asterisk's own count |
//! | AudioSocket | Asterisk, to our [`AudioSocketDoor`](crate::door::AudioSocketDoor) | little-endian | the clock |
//! | RTP: µ-law, A-law, slin; G.722 for 16 kHz | nobody: two UDP ports | big-endian, or coded | the clock |
//!
//! What the party says goes to the ear at once. What he shall hear goes one frame each 20 ms on absolute deadlines. A step that is late by
//! [`CATCH_UP`] at most is made up for, others are left out: a slip never stays as a delay. Every buffer has its bound:
//!
//! | buffer | bound | when it is full |
//! |---|---|---|
//! | to the ear ([`INCOMING_FRAMES`](evatel_voice::port::INCOMING_FRAMES)) | 1 s | the newest frame is dropped and counted |
//! | from the mouth ([`OUTGOING_FRAMES`](evatel_voice::port::OUTGOING_FRAMES)) | 60 ms | the mouth waits |
//! | Asterisk's queue, websocket ([`LEAD`]) | 40 ms | a longer one is drained by left-out steps, beyond [`LONGEST_QUEUE`] thrown away |
//! | what could not be written | 200 ms | the newest frame is dropped and counted; after 5 s the leg ends |
//! | RTP, behind a missing packet ([`WINDOW`](rtp::receiver::WINDOW)) | 60 ms | the packet counts as lost and is concealed |
//!
//! What lies unread in the server's own TCP buffer while it stands still cannot be bounded from here; on a websocket the leg notices within
//! a second, as its questions are not answered, and sends nothing more.

#[doc(hidden)]
pub mod audiosocket;
#[doc(hidden)]
pub mod cutter;
mod keeper;
mod marks;
mod medium;
mod opening;
mod pacer;
mod pump;
#[doc(hidden)]
pub mod rtp;
mod stats;
#[doc(hidden)]
pub mod websocket;
mod wire;

use std::{net::IpAddr, sync::Arc};

use evatel_voice::{frame::Frame16k, port::AudioPort};
use tokio::sync::{broadcast, mpsc, oneshot};

use self::{opening::Opening, pump::Command, stats::Counters};
use crate::{client::Ari, error::Result, id::ChannelId};

pub use self::{
    marks::Mark,
    medium::Medium,
    pacer::{CATCH_UP, LONGEST_QUEUE},
    pump::{Account, Flushed},
    rtp::coding::Narrow,
    stats::Stats,
    websocket::control::Dialect,
};

/// How many frames may lie in Asterisk's queue of a websocket: 40 ms, against its own 20 s.
pub const LEAD: usize = 2;

/// The handle of a media leg. Dropping it ends the leg and its channel.
#[derive(Debug)]
pub struct MediaLeg {
    channel: ChannelId,
    commands: mpsc::Sender<Command>,
    counters: Arc<Counters>,
    digits: broadcast::Sender<char>,
}

impl MediaLeg {
    /// Opens a leg as channel `id`, ready to be put into a bridge: its connection and its `StasisStart` have come.
    ///
    /// # Errors
    /// Those of the requests; [`Error::Media`](crate::Error::Media) and [`Error::Overdue`](crate::Error::Overdue) when the connection
    /// does not come about. The channel is then ended.
    ///
    /// # Cancel safety
    /// If the future is dropped, the channel is ended.
    pub async fn open<const N: usize>(
        id: ChannelId,
        medium: &Medium<N>,
        ari: &Ari,
    ) -> Result<(Self, AudioPort<N>)> {
        Opening::of(id, ari).open(medium).await
    }

    /// Opens a leg that only hears: 16 kHz samples over RTP to a port of ours on the address `local`. Asterisk drops whatever is sent back on
    /// such a channel, as its payload type is a dynamic one.
    ///
    /// # Errors
    /// Those of [`MediaLeg::open`].
    ///
    /// # Cancel safety
    /// If the future is dropped, the channel is ended.
    pub async fn listen(id: ChannelId, local: IpAddr, ari: &Ari) -> Result<(Self, mpsc::Receiver<Frame16k>)> {
        let (leg, port) = Opening::of(id, ari).open(&Medium::hears_only(local)).await?;
        Ok((leg, port.incoming))
    }

    /// Gives the leg's channel, to be put into a bridge.
    pub fn channel(&self) -> &ChannelId {
        &self.channel
    }

    /// Throws away what the switch has not played yet, and says what the party has heard, to the frame; see [`Account`] for who knows it.
    /// A leg that is gone has nothing to tell. What waits in the port is not thrown away.
    pub async fn flush(&self) -> Option<Flushed> {
        let (answer, answered) = oneshot::channel();
        self.commands.send(Command::Flush(answer)).await.ok()?;
        answered.await.ok()
    }

    /// Waits until the party has heard all that is in the port by now, or will never hear it. [`Account`] says who knows it.
    pub async fn mark(&self) -> Mark {
        let (answer, answered) = oneshot::channel();
        if self.commands.send(Command::Mark(answer)).await.is_err() {
            return Mark::Gone;
        }
        answered.await.unwrap_or(Mark::Gone)
    }

    /// Follows the keys that the medium itself brings: websocket and AudioSocket. Over RTP there are none; ARI's events have them always.
    pub fn digits(&self) -> broadcast::Receiver<char> {
        self.digits.subscribe()
    }

    /// Says what has happened so far.
    pub fn stats(&self) -> Stats {
        self.counters.stats()
    }

    /// Waits until the leg has ended.
    pub async fn ended(&self) {
        self.commands.closed().await;
    }
}
