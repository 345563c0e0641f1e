//! Who watches over a leg: it ends with its channel, its channel with it, on every path.

use std::sync::Arc;

use evatel_core::calls::HangupCause;
use evatel_voice::frame::FRAME_MS;
use tokio::sync::mpsc::WeakSender;

use super::{
    pump::{Command, Pump},
    stats::Counters,
    wire::Wire,
};
use crate::{
    client::Ari,
    event::EventName,
    id::ChannelId,
    router::{ObjectEvents, Signal},
};

/// The channel of a leg and what moves its frames.
pub(super) struct Keeper<W, const N: usize> {
    pub(super) channel: ChannelId,
    pub(super) ari: Ari,
    pub(super) events: ObjectEvents,
    pub(super) commands: WeakSender<Command>,
    pub(super) pump: Pump<W, N>,
    pub(super) counters: Arc<Counters>,
}

impl<W: Wire<N>, const N: usize> Keeper<W, N> {
    /// Runs until the leg has ended, however it ends, and its channel too. The frames have a task of their own: nothing waits there for ARI.
    pub(super) async fn run(self) {
        let Self {
            channel,
            ari,
            mut events,
            commands,
            pump,
            counters,
        } = self;
        let mut pump = tokio::spawn(pump.run());
        let ending = tokio::select! {
            ending = &mut pump => ending,
            () = gone(&mut events) => {
                if let Some(commands) = commands.upgrade() {
                    // Who has ended already needs no command.
                    let _ = commands.send(Command::End).await;
                }
                pump.await
            }
        };
        match ending {
            Ok(ending) => {
                let stats = counters.stats();
                let lost =
                    stats.slipped + stats.drained + stats.overrun + stats.dropped + stats.unheard_by_ear;
                if lost >= STUTTER {
                    tracing::warn!(channel = %channel, lost_ms = lost * FRAME_MS, ?stats, "Audio of `{channel}` stuttered");
                }
                tracing::debug!(channel = %channel, ?stats, "audio of `{channel}` ended: {ending}")
            }
            Err(error) => {
                tracing::error!(channel = %channel, %error, "audio of `{channel}` ended: its task failed")
            }
        }
        if let Err(error) = ari.hangup(&channel, HangupCause::Normal).await {
            tracing::debug!(channel = %channel, %error, "media channel `{channel}` could not be ended");
        }
    }
}

/// From so many frames on, that were left out or came too late, the log tells of a leg: 200 ms.
const STUTTER: u64 = 10;

/// Waits until the channel is no longer ours, or the connection is given up for good.
async fn gone(events: &mut ObjectEvents) {
    loop {
        match events.next().await {
            Some(Signal::Event(event)) if event.is(EventName::StasisEnd) => return,
            Some(Signal::Gone | Signal::Left | Signal::Closed) | None => return,
            Some(_) => {}
        }
    }
}
