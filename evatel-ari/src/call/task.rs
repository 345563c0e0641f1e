//! The loop of one call, and the loop that takes calls.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Instant,
};

use evatel_core::{
    account::Language,
    calls::HangupCause,
    flow::{ActionId, Flow, Input, Party},
    id::{CallId, LegId, UserId},
    intent::Intent,
    policy::LegPermit,
};
use evatel_voice::{agent::AgentEvent, frame::Clip, lexicon::Contacts};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, info_span, warn};

use super::{
    door::Entry,
    legs::{Callee, Leg, Legs, Told},
    office::{Office, Settings},
    perform::warn_unless_gone,
    story::{Story, word},
    takeover::{Again, Going, TakenOver, keep_recordings},
};
use crate::switch::{CallerId, LegEvent, Offer, Offers, Switch};

/// How calls are told that they have to end.
#[derive(Debug, Clone, Default)]
pub struct Stop {
    /// No new call is taken; those that are up come to their end.
    pub drain: CancellationToken,
    /// Calls that are up are left at once: two who are joined talk on, for the next daemon to take over; anybody else is
    /// sent on in the dialplan.
    pub leave: CancellationToken,
}

/// Goes on with the calls that were taken over, and takes new ones until `stop` says otherwise.
///
/// Each call is a task of its own; one that fails harms no other.
pub async fn run_calls<O: Office>(
    mut offers: Offers,
    taken: TakenOver,
    switch: Arc<Switch>,
    settings: Settings,
    office: Arc<O>,
    stop: Stop,
) {
    let mut calls = JoinSet::new();
    let TakenOver {
        going,
        again,
        recordings,
    } = taken;
    let (drain, leave) = (stop.drain, stop.leave);
    let house = House {
        switch,
        settings,
        office,
        leave,
    };
    for going in going {
        let span = info_span!("call", call.id = %going.pair.call);
        calls.spawn(CallTask::adopted(going, house.clone()).run().instrument(span));
    }
    for Again { call, offer } in again {
        let known = call.is_some();
        let call = call.unwrap_or_else(new_call);
        let span = info_span!("call", call.id = %call);
        calls.spawn(take(offer, call, known, house.clone()).instrument(span));
    }
    if !recordings.is_empty() {
        let House {
            switch,
            settings,
            office,
            ..
        } = house.clone();
        calls.spawn(async move {
            keep_recordings(recordings, &settings.recordings_dir, &switch, office).await;
        });
    }
    loop {
        tokio::select! {
            () = drain.cancelled() => break,
            Some(_) = calls.join_next(), if !calls.is_empty() => {}
            offer = offers.next() => {
                let Some(offer) = offer else { break };
                let call = new_call();
                let span = info_span!("call", call.id = %call);
                calls.spawn(take(offer, call, false, house.clone()).instrument(span));
            }
        }
    }
    while calls.join_next().await.is_some() {}
}

/// What every call has at hand.
struct House<O> {
    switch: Arc<Switch>,
    settings: Settings,
    office: Arc<O>,
    leave: CancellationToken,
}

// Not derived: that would ask `O` to be `Clone`.
impl<O> Clone for House<O> {
    fn clone(&self) -> Self {
        Self {
            switch: self.switch.clone(),
            settings: self.settings.clone(),
            office: self.office.clone(),
            leave: self.leave.clone(),
        }
    }
}

fn new_call() -> CallId {
    format!("call-{}", uuid::Uuid::now_v7().simple())
        .parse()
        .expect("letters, digits and `-` make an id")
}

/// Takes the call from the dialplan's watchdog, before anything else; one that cannot be taken goes on in the dialplan.
/// The caller's leg of a `known` call has its entry in the log already.
async fn take<O: Office>(offer: Offer, call: CallId, known: bool, house: House<O>) {
    if house.switch.mark().is_on(offer.leg.as_str()) {
        // A leg of our own that nobody waits for: its party answered in the moment in which it was given up.
        warn_unless_gone(house.switch.hangup(&offer.leg, HangupCause::Normal).await);
        return;
    }
    if let Err(error) = house.switch.take(&offer.leg).await {
        warn!(leg.id = %offer.leg, %error, "Call could not be taken; the dialplan goes on with it");
        if known {
            // He was taken once: whether gone or out of reach, nobody else will write his end down.
            let story = Story::resume(call, house.office);
            story.ended(&offer.leg, error.hangup_cause()).await;
        }
        return;
    }
    let entry = Entry::of(&offer, &house.office.directory(), house.settings.ring_timeout);
    info!(leg.id = %offer.leg, entry = entry.rule, "Call taken");
    CallTask::begin(offer, call, known, entry, house)
        .await
        .run()
        .await;
}

/// One call.
pub(super) struct CallTask<O> {
    pub(super) flow: Flow,
    pub(super) inputs: VecDeque<Input>,
    pub(super) legs: Legs,
    pub(super) story: Story<O>,
    pub(super) office: Arc<O>,
    pub(super) settings: Settings,
    pub(super) user: Option<UserId>,
    /// Leave to dial, by the `Decide` that got it.
    pub(super) permits: HashMap<ActionId, LegPermit>,
    /// What was recorded, by its `Record`.
    pub(super) clips: HashMap<ActionId, Clip>,
    pub(super) messages: Vec<ActionId>,
    /// Turns in which a name is told, so that one is not written down as something that was not understood.
    pub(super) names: HashSet<ActionId>,
    /// What we stopped ourselves, so that it is not told as an interruption.
    pub(super) stopped: HashSet<ActionId>,
    /// Names that may be said, prepared at the first `Listen` that wants them.
    pub(super) contacts: Option<(UserId, Arc<Contacts>)>,
    pub(super) recording: Option<crate::id::RecordingName>,
    pub(super) bridge: Option<crate::id::BridgeId>,
    pub(super) ended: HangupCause,
    leave: CancellationToken,
}

impl<O: Office> CallTask<O> {
    async fn begin(offer: Offer, call: CallId, known: bool, entry: Entry, house: House<O>) -> Self {
        let device = entry.device.as_ref().map(ToString::to_string);
        let from = device.unwrap_or_else(|| offer.caller.number.clone());
        let story = if known {
            Story::again(call, from, &entry, house.office.clone())
        } else {
            Story::begin(call, &offer.leg, from, &entry, house.office.clone()).await
        };
        let legs = Legs {
            caller: Leg::new(offer.leg, offer.events),
            caller_id: offer.caller,
            callee: None,
            language: entry.language,
            engines: house.settings.engines.clone(),
            switch: house.switch.clone(),
        };
        Self {
            user: entry.user,
            ..Self::new(entry.flow, legs, story, house)
        }
    }

    /// Goes on with two who are joined. Nothing is said any more: the language does not matter.
    fn adopted(going: Going, house: House<O>) -> Self {
        let (flow, ring) = Flow::joined();
        let pair = going.pair;
        let leg = |id, events| {
            let mut leg = Leg::new(id, events);
            leg.answered = true;
            leg
        };
        let legs = Legs {
            caller: leg(pair.caller, going.caller),
            caller_id: CallerId::default(),
            callee: Some(Callee {
                leg: leg(pair.callee, going.callee),
                ring,
                reservation: pair.place,
            }),
            language: Language::Fr,
            engines: house.settings.engines.clone(),
            switch: house.switch.clone(),
        };
        let story = Story::resume(pair.call, house.office.clone());
        Self {
            recording: going.recording,
            bridge: Some(pair.bridge),
            ..Self::new(flow, legs, story, house)
        }
    }

    fn new(flow: Flow, legs: Legs, story: Story<O>, house: House<O>) -> Self {
        Self {
            flow,
            inputs: VecDeque::new(),
            legs,
            story,
            office: house.office,
            settings: house.settings,
            leave: house.leave,
            user: None,
            permits: HashMap::new(),
            clips: HashMap::new(),
            messages: Vec::new(),
            names: HashSet::new(),
            stopped: HashSet::new(),
            contacts: None,
            recording: None,
            bridge: None,
            ended: HangupCause::Normal,
        }
    }

    async fn run(mut self) {
        loop {
            self.settle().await;
            if self.flow.is_over() {
                break;
            }
            let deadline = self.flow.next_timeout().map(|(at, _)| at);
            let Legs {
                caller,
                callee,
                switch,
                ..
            } = &mut self.legs;
            let (party, told) = tokio::select! {
                () = self.leave.cancelled() => return self.leave().await,
                told = caller.next(switch) => (Party::Caller, told),
                told = Legs::next_of_callee(callee, switch) => (Party::Callee, told),
                () = until(deadline) => {
                    self.inputs.push_back(Input::TimeReached);
                    continue;
                }
            };
            match told {
                Told::Agent(event) => self.agent_told(party, event).await,
                // It is told once: what else waits to be done can wait for the next daemon.
                Told::Leg(LegEvent::SwitchClosed) => return self.leave().await,
                Told::Leg(event) => self.leg_told(party, event).await,
                Told::SoundBack => self.sound_told(party, "broke and is back").await,
                Told::SoundLost => {
                    self.sound_told(party, "broke for good").await;
                    self.inputs.push_back(Input::SwitchFailed);
                }
            }
        }
        self.finish().await;
    }

    async fn sound_told(&self, party: Party, what: &str) {
        let line = format!("the sound of the {} {what}", word(party));
        self.story.line("system", line).await;
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
            self.flow.handle(input, Instant::now());
        }
    }

    async fn leg_told(&mut self, party: Party, event: LegEvent) {
        match (event, party) {
            (LegEvent::Digit(digit), party) => self.inputs.push_back(Input::Digit { party, digit }),
            (LegEvent::Ringing, Party::Callee) => {
                if let Some(callee) = &self.legs.callee {
                    self.inputs.push_back(Input::Ringing { ring: callee.ring });
                }
            }
            (LegEvent::Answered, Party::Callee) => {
                if let Some(callee) = &mut self.legs.callee {
                    callee.leg.answered = true;
                    self.inputs.push_back(Input::CalleeAnswered { ring: callee.ring });
                    self.story.answered(&callee.leg.id).await;
                }
            }
            (LegEvent::Ended { cause }, Party::Callee) => {
                if let Some(ring) = self.drop_callee(cause).await {
                    self.inputs.push_back(Input::CalleeEnded { ring, cause });
                }
            }
            (LegEvent::Ended { cause }, Party::Caller) => {
                self.legs.caller.ended = true;
                self.ended = cause;
                self.inputs.push_back(Input::CallerHungUp { cause });
            }
            _ => {}
        }
    }

    /// Forgets the callee: his log entry ends, his place in the ledger is free again.
    pub(super) async fn drop_callee(&mut self, cause: HangupCause) -> Option<ActionId> {
        let mut callee = self.legs.callee.take()?;
        if let Err(error) = callee.leg.close_agent(&self.legs.switch).await {
            warn!(leg.id = %callee.leg.id, %error, "Sound of a leg could not be closed");
        }
        self.story.ended(&callee.leg.id, cause).await;
        if let Some(reservation) = &callee.reservation {
            self.office.release(reservation).await;
        }
        Some(callee.ring)
    }

    async fn agent_told(&mut self, party: Party, event: AgentEvent) {
        match event {
            AgentEvent::SpeechStarted => self.inputs.push_back(Input::SpeechStarted { party }),
            AgentEvent::Heard {
                id,
                intent,
                score,
                heard,
            } => {
                let a_name = self.names.remove(&id) && intent == Intent::NotUnderstood;
                let said = if a_name {
                    "a name".to_owned()
                } else {
                    self.in_words(&intent)
                };
                let sure = score.map(|s| format!(" (distance {:.2}, margin {:.2})", s.distance, s.margin));
                self.story
                    .line(
                        word(party),
                        format!("{said}{} [{heard}]", sure.unwrap_or_default()),
                    )
                    .await;
                self.inputs.push_back(Input::Heard { id, intent });
            }
            AgentEvent::Spoken { id, interrupted, .. } => {
                if interrupted && !self.stopped.remove(&id) {
                    self.story
                        .line("system", format!("{} interrupts", word(party)))
                        .await;
                }
                self.inputs.push_back(Input::Spoken { id, interrupted });
            }
            AgentEvent::Recorded { id, clip } => {
                let length = clip.duration();
                self.clips.insert(id, clip);
                if self.messages.contains(&id) && !length.is_zero() {
                    self.keep_message(id).await;
                }
                self.inputs.push_back(Input::Recorded { id, length });
            }
            AgentEvent::EngineFailed { reason } => {
                warn!(party = word(party), %reason, "Ear failed; keys are left");
                self.story
                    .line("system", format!("the ear of the {} failed", word(party)))
                    .await;
                self.inputs.push_back(Input::EarFailed { party });
            }
            AgentEvent::SynthesisFailed { reason, .. } => warn!(%reason, "A prompt could not be spoken"),
            other => warn!(?other, "Report is not known here"),
        }
    }

    /// Says an intent as the story has it: names, not ids.
    fn in_words(&self, intent: &Intent) -> String {
        let name = |id| {
            let directory = self.office.directory();
            let contact = self.user.as_ref().and_then(|user| directory.contact(user, id));
            contact.map_or_else(|| id.to_string(), |contact| contact.name.to_string())
        };
        match intent {
            Intent::CallContact(id) => format!("call {}", name(id)),
            Intent::NotThatBut(id) => format!("no, {}", name(id)),
            other => format!("{other:?}"),
        }
    }

    /// Lets go of a call that lives on without us: two who are joined talk on, for the next daemon to take over, their
    /// entries open and their place taken. Anybody else is sent on in the dialplan, which serves him by itself.
    async fn leave(mut self) {
        if self.bridge.is_some() && self.legs.callee.is_some() && !self.legs.caller.ended {
            info!("Call is left to the next daemon");
            return;
        }
        let (failed, switch) = (HangupCause::TemporaryFailure, self.legs.switch.clone());
        if let Some(callee) = &self.legs.callee {
            let leg = callee.leg.id.clone();
            warn_unless_gone(switch.hangup(&leg, failed).await);
            self.drop_callee(failed).await;
        }
        warn_unless_gone(self.legs.caller.close_agent(&switch).await);
        let caller = self.legs.caller.id.clone();
        match switch.send_on(&caller).await {
            Ok(()) => {
                info!("Call is left to the dialplan");
                self.story
                    .line("system", "the dialplan goes on with the call".to_owned())
                    .await;
                // He is no leg of ours any more.
                self.legs.caller.ended = true;
            }
            Err(error) => warn!(%error, "Caller could not be sent on in the dialplan"),
        }
        self.ended = failed;
        self.finish().await;
    }

    /// Leaves nothing behind, however the call ended.
    async fn finish(mut self) {
        for (_, permit) in std::mem::take(&mut self.permits) {
            if let Some(reservation) = permit.reservation() {
                self.office.release(reservation).await;
            }
        }
        self.hang_up_both(self.ended).await;
        if let Some(name) = self.recording.take() {
            self.keep_recording(name).await;
        }
        self.story.ended(&self.legs.caller.id.clone(), self.ended).await;
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

/// Makes a file name of a leg's id.
pub(super) fn file_name(leg: &LegId, what: &str) -> String {
    format!("{leg}-{what}.wav")
}
