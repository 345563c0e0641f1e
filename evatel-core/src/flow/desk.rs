//! What all flows share: the queue of actions, the ids, the timers, and the end.

use std::{
    collections::{BTreeMap, HashSet, VecDeque},
    time::{Duration, Instant},
};

use super::{
    action::{Action, ActionId, Party, Piece},
    input::Input,
};
use crate::calls::HangupCause;

/// Every deadline of a call, by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Timer {
    /// No further key: what was keyed is complete.
    KeypadGap,
    /// Nothing is said or keyed after a question.
    NoInput,
    /// The callee does not answer.
    Ring,
    /// A name was recorded, and the recogniser has not said yet whether it was an order.
    Verdict,
}

/// An input as the scenes see it.
#[derive(Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "it is handled where it comes from and kept nowhere"
)]
pub(super) enum Event {
    /// A deadline has come; it is no longer set.
    Due(Timer),
    /// A fact.
    Happened(Input),
}

/// The queue of actions, the ids, the timers, and the end.
#[derive(Debug, Default)]
pub(super) struct Desk {
    actions: VecDeque<Action>,
    /// Whose ear failed: from then on only keys count.
    deaf: HashSet<Party>,
    ended: bool,
    last_id: u64,
    timers: BTreeMap<Timer, Instant>,
}

impl Desk {
    /// Makes an id that was not used before in this call.
    pub(super) fn new_id(&mut self) -> ActionId {
        self.last_id += 1;
        ActionId(self.last_id)
    }

    /// Says whether a party's words will not be heard any more.
    pub(super) fn is_deaf_to(&self, party: Party) -> bool {
        self.deaf.contains(&party)
    }

    /// Notes that a party's words will not be heard any more in this call.
    pub(super) fn ear_failed(&mut self, party: Party) {
        self.deaf.insert(party);
    }

    /// Queues an action; after the end there are none.
    pub(super) fn act(&mut self, action: Action) {
        if !self.ended {
            self.actions.push_back(action);
        }
    }

    /// Says pieces to a party.
    pub(super) fn say(&mut self, party: Party, pieces: Vec<Piece>, interruptible: bool) -> ActionId {
        let id = self.new_id();
        self.act(Action::Say {
            id,
            party,
            pieces,
            interruptible,
        });
        id
    }

    /// Stops something that is said, where there is something.
    pub(super) fn stop_saying(&mut self, id: &mut Option<ActionId>) {
        if let Some(id) = id.take() {
            self.act(Action::StopSaying { id });
        }
    }

    /// Stops listening or recording, where it is going on.
    pub(super) fn stop_listening(&mut self, id: &mut Option<ActionId>) {
        if let Some(id) = id.take() {
            self.act(Action::StopListening { id });
        }
    }

    /// Ends the call; nothing follows.
    pub(super) fn hang_up(&mut self, cause: HangupCause) {
        self.act(Action::HangUp { cause });
        self.end();
    }

    /// Refuses the call; nothing follows.
    pub(super) fn reject(&mut self, cause: HangupCause) {
        self.act(Action::Reject { cause });
        self.end();
    }

    fn end(&mut self) {
        self.ended = true;
        self.timers.clear();
    }

    pub(super) fn is_over(&self) -> bool {
        self.ended
    }

    pub(super) fn set(&mut self, timer: Timer, after: Duration, now: Instant) {
        if !self.ended {
            self.timers.insert(timer, now + after);
        }
    }

    pub(super) fn clear(&mut self, timer: Timer) {
        self.timers.remove(&timer);
    }

    /// Takes the earliest deadline that has come.
    pub(super) fn due(&mut self, now: Instant) -> Option<Timer> {
        let (at, timer) = self.next_timeout()?;
        (at <= now).then(|| {
            self.timers.remove(&timer);
            timer
        })
    }

    pub(super) fn next_timeout(&self) -> Option<(Instant, Timer)> {
        self.timers.iter().map(|(timer, at)| (*at, *timer)).min()
    }

    pub(super) fn poll_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }
}
