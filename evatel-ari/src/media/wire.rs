//! What the task of a leg needs of its transport.

use std::{
    borrow::Cow,
    task::{Context, Poll},
};

use evatel_voice::{
    frame::Frame,
    port::{Delivery, LegSide},
};

use super::{stats::Counters, websocket::control::Command};

/// One transport of sound, both ways. Nothing here waits: what cannot be written now is kept, up to 200 ms of sound.
pub(super) trait Wire<const N: usize>: Send + 'static {
    /// How many frames the far end shall hold.
    const TARGET: u64;
    /// The far end itself says what was heard; otherwise it is reckoned by the clock.
    const TELLS: bool;

    /// Writes on, reads all there is, hands frames to the ear; ready only when there is something else to tell.
    fn poll(&mut self, context: &mut Context<'_>, ear: &mut Ear<'_, N>) -> Poll<Told>;

    /// Takes a frame to be sent.
    fn send(&mut self, frame: &Frame<N>) -> Sent;

    /// A step of 20 ms is taken, and `slipped` more were left out.
    fn step(&mut self, _slipped: u64, _ear: &mut Ear<'_, N>) {}

    /// Gives a command, where the transport has any.
    fn command(&mut self, _command: Command<'_>) -> Sent {
        Sent::Taken
    }

    /// Says goodbye, where there is a way to.
    fn close(self) -> impl Future<Output = ()> + Send;
}

/// What became of what was sent.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sent {
    /// The connection is gone.
    Broken(Cow<'static, str>),
    /// The far end has not read for 200 ms: it was dropped.
    Dropped,
    /// It is on its way.
    Taken,
}

/// What the far end tells beside sound.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The connection is gone.
    Broken(Cow<'static, str>),
    /// It was closed in order.
    Closed,
    /// The party pressed a key.
    Digit(char),
    /// It complains.
    Failed(String),
    /// This mark was reached.
    Mark(u64),
    /// So many frames wait in its queue.
    Queue(u64),
    /// It wants us to wait.
    XOff,
    /// It wants us to go on.
    XOn,
}

/// Where the frames go that come.
pub(super) struct Ear<'a, const N: usize> {
    pub(super) side: &'a LegSide<N>,
    pub(super) counters: &'a Counters,
}

impl<const N: usize> Ear<'_, N> {
    /// Hands over 20 ms.
    pub(super) fn hear(&mut self, frame: Frame<N>) {
        match self.side.hear(frame) {
            Delivery::Taken => self.counters.heard.add(1),
            Delivery::Dropped => self.counters.unheard_by_ear.add(1),
            // The task notices at its next step.
            Delivery::Closed => {}
        }
    }
}
