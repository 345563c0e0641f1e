//! A call as a pure state machine.
//!
//! [`Flow::handle`] takes a fact, [`Flow::poll_action`] gives what to do until there is nothing more,
//! [`Flow::next_timeout`] says when to come back with [`Input::TimeReached`]. There is no clock, no socket and no
//! await inside; thousands of call paths run in a second of tests.
//!
//! Each action that starts something carries an [`ActionId`], and its completion quotes it: what comes late, of
//! something that was given up, is recognised and dropped.

mod action;
mod ask;
mod assistant;
mod collect;
mod consent;
mod conversation;
mod desk;
mod direct;
mod front_desk;
mod input;
mod keypad;
mod outbound;
mod pin;
mod prompt;
mod refusal;
mod turn;

pub use action::{Action, ActionId, Expect, Fact, Keep, Party, Piece, SpokenOption};
pub use consent::Consent;
pub use desk::Timer;
pub use input::{Decision, Input, PinVerdict};
pub use prompt::Prompt;
pub use turn::{Round, Turn};

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Zoned;

use assistant::Assistant;
use conversation::Conversation;
use desk::Desk;
use direct::Direct;
use front_desk::FrontDesk;

use crate::{
    account::Language,
    calls::HangupCause,
    dialogue::{Dialogue, Sound},
    directory::Directory,
    id::{DeviceId, UserId},
    number::Dialled,
    policy::Authoriser,
    skill::Skills,
};

/// How long a leg rings before it counts as not answered.
pub const DEFAULT_RING_TIMEOUT: Duration = Duration::from_secs(25);

/// What every flow of a user needs to know.
#[derive(Debug, Clone)]
pub struct Setting {
    /// When the call began, in the time zone of the user.
    pub began: Zoned,
    /// The snapshot that the call began with; names are looked up in it.
    pub directory: Arc<Directory>,
    /// Sound that greets in place of our own words.
    pub greetings: Greetings,
    /// The language that the assistant speaks.
    pub language: Language,
    /// Calls are recorded; each party is told first.
    pub records_calls: bool,
    /// How long a leg rings.
    pub ring_timeout: Duration,
    /// What can be done beside calling somebody.
    pub skills: Arc<Skills>,
    /// Whose call it is: the DID's owner, or who calls the assistant.
    pub user: UserId,
}

/// Recorded greetings; our own words where there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Greetings {
    /// For the owner at his assistant.
    pub assistant: Option<Sound>,
    /// For whoever calls his number.
    pub front_desk: Option<Sound>,
}

impl Setting {
    fn user_name(&self) -> String {
        self.directory
            .user(&self.user)
            .map(|user| user.name.as_str().to_owned())
            .unwrap_or_default()
    }
}

/// One call from its first moment to its last action, [`Action::HangUp`] or [`Action::Reject`].
#[derive(Debug)]
pub struct Flow {
    desk: Desk,
    scene: Scene,
}

#[derive(Debug)]
enum Scene {
    Assistant(Assistant),
    Conversation(Box<Conversation>),
    Direct(Direct),
    FrontDesk(FrontDesk),
    /// Two parties who were joined before this flow began; the callee's facts quote this `Ring`.
    Joined(ActionId),
}

impl Flow {
    /// Begins a call from outside to a Smart Number: greet, ask the name, find the owner.
    pub fn front_desk(setting: Setting) -> Self {
        let owner = Round::owner(&setting.user);
        Self::front_desk_ringing(vec![owner], setting)
    }

    /// Begins a call from outside to a number: greet, ask the name, ring round after round until somebody takes the call.
    /// Where nobody shall be rung, the caller may leave his message at once.
    pub fn front_desk_ringing(rounds: Vec<Round>, setting: Setting) -> Self {
        let mut desk = Desk::default();
        let scene = Scene::FrontDesk(FrontDesk::start(rounds, setting, &mut desk));
        Self { desk, scene }
    }

    /// Begins a call from a user's own device to the assistant.
    pub fn assistant(device: DeviceId, setting: Setting) -> Self {
        let mut desk = Desk::default();
        let authoriser = Authoriser::Device {
            device,
            user: setting.user.clone(),
        };
        let scene = Scene::Assistant(Assistant::answer(authoriser, setting, &mut desk));
        Self { desk, scene }
    }

    /// Begins a call that a person keyed at his own device.
    pub fn direct(device: DeviceId, dialled: Dialled, setting: Setting) -> Self {
        let mut desk = Desk::default();
        let authoriser = Authoriser::Device {
            device,
            user: setting.user.clone(),
        };
        let scene = Scene::Direct(Direct::start(authoriser, dialled, setting, &mut desk));
        Self { desk, scene }
    }

    /// Begins a call from outside that rings the telephone of the setting's user and nothing else: nobody is asked
    /// anything, and no status, hour or list of callers is looked at. So the emergency centre reaches whoever called it.
    pub fn straight_through(setting: Setting) -> Self {
        let mut desk = Desk::default();
        let scene = Scene::Direct(Direct::to_owner(setting, &mut desk));
        Self { desk, scene }
    }

    /// Begins a call from outside to a number that an operator's dialogue answers. Whom it calls, it calls by the rule of the number's owner.
    pub fn dialogue(dialogue: Arc<Dialogue>, setting: Setting) -> Self {
        let mut desk = Desk::default();
        let conversation = Conversation::start(dialogue, setting, &mut desk);
        let scene = Scene::Conversation(Box::new(conversation));
        Self { desk, scene }
    }

    /// Takes a call on whose parties are joined already, as after a restart: once one is gone, so is the other.
    /// The callee's facts quote the given id.
    pub fn joined() -> (Self, ActionId) {
        let mut desk = Desk::default();
        let ring = desk.new_id();
        let scene = Scene::Joined(ring);
        (Self { desk, scene }, ring)
    }

    /// Refuses a call before answer: to a number that is nobody's, or to no number at all.
    pub fn rejected(cause: HangupCause) -> Self {
        let mut desk = Desk::default();
        desk.reject(cause);
        Self {
            desk,
            scene: Scene::Direct(Direct::over()),
        }
    }

    /// Takes a fact that happened at `now`; facts about what was given up change nothing.
    pub fn handle(&mut self, input: Input, now: Instant) {
        if self.desk.is_over() {
            return;
        }
        let input = match input {
            Input::CallerHungUp { .. } => return self.desk.hang_up(HangupCause::Normal),
            Input::SwitchFailed => return self.desk.hang_up(HangupCause::TemporaryFailure),
            Input::TimeReached => match self.desk.due(now) {
                Some(timer) => desk::Event::Due(timer),
                None => return,
            },
            other => {
                if let Input::EarFailed { party } = other {
                    self.desk.ear_failed(party);
                }
                desk::Event::Happened(other)
            }
        };
        let next = match &mut self.scene {
            Scene::Assistant(assistant) => {
                assistant.handle(&input, now, &mut self.desk);
                None
            }
            Scene::Conversation(conversation) => {
                // One that answers a number goes back to nobody.
                _ = conversation.handle(&input, now, &mut self.desk);
                None
            }
            Scene::Direct(direct) => {
                direct.handle(&input, now, &mut self.desk);
                None
            }
            Scene::FrontDesk(front_desk) => front_desk.handle(&input, now, &mut self.desk),
            Scene::Joined(joined) => {
                if matches!(&input, desk::Event::Happened(Input::CalleeEnded { ring, .. }) if ring == joined)
                {
                    self.desk.hang_up(HangupCause::Normal);
                }
                None
            }
        };
        if let Some(assistant) = next {
            self.scene = Scene::Assistant(assistant);
        }
    }

    /// Gives the next thing to do, or nothing for the moment.
    pub fn poll_action(&mut self) -> Option<Action> {
        self.desk.poll_action()
    }

    /// Says when to come back with [`Input::TimeReached`], and for what.
    pub fn next_timeout(&self) -> Option<(Instant, Timer)> {
        self.desk.next_timeout()
    }

    /// Says whether the last action was given out.
    pub fn is_over(&self) -> bool {
        self.desk.is_over()
    }
}

#[cfg(test)]
mod tests;
