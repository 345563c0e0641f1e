//! The stage: a call without a switch. The clock carries a frame each 20 ms, and tells who speaks and what is heard.

mod carrier;
mod line;
mod perform;

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use evatel_core::{
    calls::{Answerer, HangupCause},
    directory::Directory,
    flow::{
        ActionId, DEFAULT_RING_TIMEOUT, Expect, Flow, Greetings, Input, Party, PinVerdict, Round, Setting,
        SpokenOption,
    },
    number::DialPlan,
    policy::LegPermit,
    skill::{Outcome, Saying},
};
use jiff::{Timestamp, Zoned, tz::TimeZone};
use tokio::time::Instant;

use self::line::Line;
use super::{
    house,
    moment::{Happening, Moment},
    script::{Caller, Came, Deed, PromptKey, Scenario, Who},
    sound::{Carried, Sounds, carried},
};
use crate::{
    agent::{AgentCommand, AgentEvent, Engines},
    brain::Scene,
    catalogue::Catalogue,
    frame::{Clip, FRAME, Frame8k},
    lexicon::Contacts,
    sound_files::SoundFiles,
    synth::tone,
};

/// When a dialogue plays: 26 November 2026, a Thursday, at 10 in the morning in Montréal.
pub const NOW: Timestamp = Timestamp::constant(1_795_705_200, 0);

/// A call on stage.
pub(super) struct Stage {
    flow: Flow,
    directory: Arc<Directory>,
    catalogue: Catalogue,
    contacts: Arc<Contacts>,
    engines: Engines,
    language: evatel_core::account::Language,
    /// When the call began, on the clock of the house.
    now: Zoned,
    pin: Option<String>,
    sounds: Sounds,
    /// What the dialogue plays.
    files: SoundFiles,
    caller: Line,
    callee: Line,
    permits: HashMap<ActionId, LegPermit>,
    /// Who is rung, in the order in which they were; the names by which the file knows them.
    ringing: Vec<ActionId>,
    answered: Option<ActionId>,
    named: HashMap<ActionId, String>,
    clips: HashMap<ActionId, Clip>,
    /// What is being done.
    running: Option<ActionId>,
    messages: Vec<ActionId>,
    inputs: VecDeque<Input>,
    began: Instant,
    pub(super) moments: Vec<Moment>,
}

impl Stage {
    /// Lets the call begin.
    pub(super) async fn open(
        scenario: &Scenario,
        engines: Engines,
        contacts: Arc<Contacts>,
        sounds: Sounds,
    ) -> Self {
        let directory = Arc::new(house::directory(scenario));
        let zone = directory.zone_of(&house::owner());
        let zone = zone.map_or(TimeZone::UTC, |zone| zone.time_zone().clone());
        let now = NOW.to_zoned(zone);
        let setting = Setting {
            began: now.clone(),
            directory: directory.clone(),
            greetings: Greetings::default(),
            language: scenario.language,
            records_calls: scenario.records_calls,
            ring_timeout: DEFAULT_RING_TIMEOUT,
            skills: scenario.can_do.clone().unwrap_or_default(),
            user: house::owner(),
        };
        let flow = match (&scenario.loaded, scenario.caller) {
            (Some(dialogue), _) => Flow::dialogue(dialogue.clone(), setting),
            (None, Caller::Owner) => Flow::assistant(house::device(), setting),
            (None, Caller::Stranger) => {
                Flow::front_desk_ringing(vec![Round::owner(&house::owner())], setting)
            }
        };
        let mut stage = Self {
            flow,
            directory,
            catalogue: Catalogue::new(),
            contacts,
            engines,
            language: scenario
                .loaded
                .as_ref()
                .map_or(scenario.language, |dialogue| dialogue.language),
            now,
            pin: scenario.pin.clone(),
            sounds,
            files: scenario.files.clone(),
            caller: Line::over(scenario.line),
            callee: Line::default(),
            permits: HashMap::new(),
            ringing: Vec::new(),
            answered: None,
            named: HashMap::new(),
            clips: HashMap::new(),
            running: None,
            messages: Vec::new(),
            inputs: VecDeque::new(),
            began: Instant::now(),
            moments: Vec::new(),
        };
        stage.settle().await;
        stage
    }

    /// Lets these samples be heard behind the caller, again and again.
    pub(super) fn behind_caller(&mut self, noise: Vec<i16>) {
        self.caller.set_noise(noise);
    }

    /// Says how long the call has lasted.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    pub(super) fn is_over(&self) -> bool {
        self.flow.is_over()
    }

    /// Says how long a party has heard nothing of the assistant.
    pub(super) fn silent_for(&self, who: Who) -> Duration {
        self.line(who).silent_for()
    }

    /// Says whether a party has still something to say.
    pub(super) fn speaks(&self, who: Who) -> bool {
        self.line(who).speaks()
    }

    /// Lets a party say something, after what he says already.
    pub(super) fn say(&mut self, who: Who, text: &str, frames: Vec<Frame8k>) {
        self.line_mut(who).say(text, frames);
    }

    pub(super) async fn key(&mut self, who: Who, key: char) {
        self.note(Happening::Keys { who, key });
        self.inputs.push_back(Input::Digit {
            party: party(who),
            digit: key,
        });
        self.settle().await;
    }

    /// Lets the ear of the caller fail, as when the speech workers are gone.
    pub(super) async fn fail_ear(&mut self) {
        self.note(Happening::EarFails { who: Who::Caller });
        self.inputs.push_back(Input::EarFailed { party: Party::Caller });
        self.settle().await;
    }

    pub(super) async fn caller_hangs_up(&mut self) {
        let cause = HangupCause::Normal;
        self.inputs.push_back(Input::CallerHungUp { cause });
        self.settle().await;
    }

    /// Lets whoever was rung last do something; says whether there is somebody who can.
    pub(super) async fn callee_does(&mut self, deed: Deed) -> bool {
        let Some((ring, input)) = self.callee_input(deed) else {
            return false;
        };
        match &input {
            Input::CalleeAnswered { .. } => {
                self.ringing.retain(|ringing| *ringing != ring);
                self.answered = Some(ring);
                self.note(Happening::Answers);
            }
            Input::CalleeEnded { cause, .. } => {
                self.leg_ends(ring, *cause);
            }
            _ => {}
        }
        self.inputs.push_back(input);
        self.settle().await;
        true
    }

    /// Lets what is being done come to something; says whether something is.
    pub(super) async fn skill_comes_to(&mut self, came: &Came) -> bool {
        let Some(id) = self.running.take() else {
            return false;
        };
        let said = |words: &String| Saying::new(words).ok();
        let outcome = match came {
            Came::Done(words) => Outcome::Done(said(words)),
            Came::Failed(reason) => Outcome::Failed(reason.clone()),
            Came::Refused(words) => Outcome::Refused(said(words)),
        };
        self.note(Happening::Ran {
            text: outcome.to_string(),
        });
        self.inputs.push_back(Input::Ran { id, outcome });
        self.settle().await;
        true
    }

    fn callee_input(&self, deed: Deed) -> Option<(ActionId, Input)> {
        let (ring, cause) = match deed {
            Deed::Answers => {
                let ring = *self.ringing.last()?;
                return Some((ring, Input::CalleeAnswered { ring }));
            }
            Deed::HangsUp => (self.answered?, HangupCause::Normal),
            Deed::TalksOn => {
                let ring = self.answered?;
                let who = Answerer::Machine;
                return Some((ring, Input::AnsweredBy { ring, who }));
            }
            Deed::Beeps => {
                let ring = self.answered?;
                return Some((ring, Input::Beeped { ring }));
            }
            Deed::IsBusy => (*self.ringing.last()?, HangupCause::Busy),
            Deed::Declines => (*self.ringing.last()?, HangupCause::Rejected),
            Deed::IsUnreachable => (*self.ringing.last()?, HangupCause::UnallocatedNumber),
        };
        Some((ring, Input::CalleeEnded { ring, cause }))
    }

    fn leg_ends(&mut self, ring: ActionId, cause: HangupCause) {
        self.ringing.retain(|ringing| *ringing != ring);
        if self.answered == Some(ring) {
            self.answered = None;
            self.callee = Line::default();
        }
        self.note(Happening::LegEnds { cause });
    }

    /// Lets 20 ms pass.
    pub(super) async fn tick(&mut self) {
        for who in [Who::Caller, Who::Callee] {
            if let Some(what) = self.line_mut(who).speak(who) {
                self.note(what);
            }
        }
        tokio::time::sleep(FRAME).await;
        for who in [Who::Caller, Who::Callee] {
            let frame = self.line_mut(who).play();
            self.hear(who, frame);
            while let Some(event) = self.line_mut(who).event() {
                self.agent_told(who, event);
            }
        }
        let now = Instant::now().into_std();
        if self.flow.next_timeout().is_some_and(|(at, _)| at <= now) {
            self.inputs.push_back(Input::TimeReached);
        }
        self.settle().await;
    }

    /// Notes what a party begins and ceases to hear.
    fn hear(&mut self, who: Who, frame: Option<Frame8k>) {
        let number = frame.as_ref().and_then(carried);
        // What a party has said himself is cut and played as it was recorded.
        let is_sentence = |number| matches!(self.sounds.get(number), Some(Carried::Sentence { .. }));
        let sentence = number.filter(|(number, _)| is_sentence(*number));
        if !self.line_mut(who).is_steady(sentence) {
            self.note(Happening::Breaks { who });
        }
        if who == Who::Caller && frame.is_some() && frame == tone::ringback().next() {
            let silence = self.silent_for(who);
            let after_ms = u64::try_from(silence.as_millis()).unwrap_or(u64::MAX);
            self.note(Happening::HearsRinging { after_ms });
        }
        let sounds = self.sounds.clone();
        let prompt_of = |number| match sounds.get(number) {
            Some(Carried::Sentence { prompt, .. }) => Some(prompt),
            _ => None,
        };
        let before = self.line_mut(who).hears(number.map(|(number, _)| number));
        let is_silent = frame.is_none();
        if self.line_mut(who).is_quiet(is_silent) {
            self.note(Happening::Silence { who });
        }
        let Some((number, _)) = number else {
            return;
        };
        if before == Some(number) {
            return;
        }
        match self.sounds.get(number) {
            Some(Carried::Sentence { prompt, text, .. })
                if prompt == PromptKey::DIALOGUE || before.and_then(prompt_of) != Some(prompt) =>
            {
                self.note(Happening::Hears { who, prompt, text });
            }
            Some(Carried::Words { text, .. }) => self.note(Happening::HearsRecorded { who, text }),
            _ => {}
        }
    }

    fn agent_told(&mut self, who: Who, event: AgentEvent) {
        let party = party(who);
        match event {
            AgentEvent::SpeechStarted => self.inputs.push_back(Input::SpeechStarted { party }),
            AgentEvent::Heard { id, intent, .. } => {
                self.note(Happening::Understood {
                    who,
                    intent: intent.clone(),
                });
                self.inputs.push_back(Input::Heard { id, intent });
            }
            AgentEvent::Spoken { id, interrupted, .. } => {
                if !interrupted && let Some(prompt) = self.line_mut(who).said_all(id) {
                    self.note(Happening::HeardAll { who, prompt });
                }
                self.inputs.push_back(Input::Spoken { id, interrupted });
            }
            AgentEvent::Recorded { id, clip, voiced } => {
                let length = clip.duration();
                self.clips.insert(id, clip);
                if self.messages.contains(&id) && !length.is_zero() {
                    let ms = u64::try_from(length.as_millis()).unwrap_or(u64::MAX);
                    self.note(Happening::Keeps { ms });
                }
                self.inputs.push_back(Input::Recorded { id, length: voiced });
            }
            AgentEvent::BrainFailed { .. } | AgentEvent::EngineFailed { .. } => {
                self.note(Happening::EarFails { who });
                self.inputs.push_back(Input::EarFailed { party });
            }
            AgentEvent::Filled { .. } => self.note(Happening::Fills { who }),
            AgentEvent::WentOn { .. } => self.note(Happening::GoesOn { who }),
            AgentEvent::AnsweredBy { .. } | AgentEvent::Beeped => {}
            AgentEvent::Hearing { .. } | AgentEvent::SynthesisFailed { .. } | AgentEvent::LegLost => {}
        }
    }

    fn note(&mut self, what: Happening) {
        let at = self.now();
        self.moments.push(Moment { at, what });
    }

    fn line(&self, who: Who) -> &Line {
        match who {
            Who::Caller => &self.caller,
            Who::Callee => &self.callee,
        }
    }

    fn line_mut(&mut self, who: Who) -> &mut Line {
        match who {
            Who::Caller => &mut self.caller,
            Who::Callee => &mut self.callee,
        }
    }

    /// Does all that is to do and tells all that came of it, until nothing is left.
    async fn settle(&mut self) {
        loop {
            while let Some(action) = self.flow.poll_action() {
                self.perform(action).await;
            }
            let Some(input) = self.inputs.pop_front() else {
                return;
            };
            self.flow.handle(input, Instant::now().into_std());
        }
    }

    async fn command(&mut self, party: Party, command: AgentCommand) {
        let (engines, language) = (self.engines.clone(), self.language);
        let who = who(party);
        self.line_mut(who).command(command, engines, language).await;
    }

    async fn listen(
        &mut self,
        id: ActionId,
        party: Party,
        expect: Expect,
        with_contacts: bool,
        options: &[SpokenOption],
    ) {
        let contacts = if with_contacts {
            self.contacts.clone()
        } else {
            Arc::default()
        };
        let scene = match (expect, &self.engines.recognition) {
            (expect, Some(recognition)) if expect.is_of_dialogue() || expect == Expect::Command => {
                let lexicon = &recognition.lexicon;
                let plan = DialPlan::default();
                let scene = Scene::look_up(options, self.language, self.now.clone(), plan, lexicon).await;
                // Its phrases were looked up before the clock was stopped.
                scene.ok().map(Arc::new)
            }
            _ => None,
        };
        let listen = AgentCommand::Listen {
            id,
            expect,
            contacts,
            scene,
        };
        self.command(party, listen).await;
    }

    fn pin_verdict(&self, digits: &str) -> PinVerdict {
        if self.pin.as_deref() == Some(digits) {
            PinVerdict::Right
        } else {
            PinVerdict::Wrong
        }
    }
}

pub(super) fn party(who: Who) -> Party {
    match who {
        Who::Caller => Party::Caller,
        Who::Callee => Party::Callee,
    }
}

pub(super) fn who(party: Party) -> Who {
    match party {
        Party::Caller => Who::Caller,
        Party::Callee => Who::Callee,
    }
}
