//! The loop of one call.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    sync::Arc,
    time::Instant,
};

use evatel_core::{
    account::Language,
    calls::HangupCause,
    flow::{ActionId, Flow, Input, Party},
    id::{CallId, UserId},
    policy::{LegPermit, LegPlan},
    skill::Outcome,
};
use evatel_voice::{frame::Clip, lexicon::Contacts};
use jiff::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::{
    door::{CALL_BACK, Entry},
    emergencies::Emergencies,
    forwards::Forwards,
    keep::{file_name, take_recording},
    kept::Kept,
    legs::{Callee, Leg, Legs, Told, warn_unless_gone},
    office::{Office, Settings},
    story::{Story, word},
    takeover::Going,
};
use crate::{
    id::{BridgeId, RecordingName},
    switch::{CallerId, LegEvent, Offer, Switch},
};

/// What every call has at hand.
pub(super) struct House<O> {
    pub(super) switch: Arc<Switch>,
    pub(super) settings: Settings,
    pub(super) office: Arc<O>,
    pub(super) emergencies: Arc<Emergencies>,
    pub(super) forwards: Arc<Forwards>,
    pub(super) leave: CancellationToken,
}

// Not derived: that would ask `O` to be `Clone`.
impl<O> Clone for House<O> {
    fn clone(&self) -> Self {
        Self {
            switch: self.switch.clone(),
            settings: self.settings.clone(),
            office: self.office.clone(),
            emergencies: self.emergencies.clone(),
            forwards: self.forwards.clone(),
            leave: self.leave.clone(),
        }
    }
}

/// One call.
pub(super) struct CallTask<O> {
    pub(super) flow: Flow,
    pub(super) inputs: VecDeque<Input>,
    pub(super) legs: Legs,
    pub(super) story: Story<O>,
    pub(super) office: Arc<O>,
    pub(super) emergencies: Arc<Emergencies>,
    pub(super) forwards: Arc<Forwards>,
    pub(super) settings: Settings,
    pub(super) user: Option<UserId>,
    /// The emergency centre calls back.
    pub(super) is_call_back: bool,
    /// Leave to dial, by the `Decide` that got it.
    pub(super) permits: HashMap<ActionId, LegPermit>,
    /// What was recorded, by its `Record`.
    pub(super) clips: HashMap<ActionId, Clip>,
    /// What is recorded to be kept, in order, and what of it the caller threw away.
    pub(super) messages: Vec<ActionId>,
    pub(super) discarded: HashSet<ActionId>,
    /// Turns in which a name is told, so that one is not written down as something that was not understood.
    pub(super) names: HashSet<ActionId>,
    /// What we stopped ourselves, so that it is not told as an interruption.
    pub(super) stopped: HashSet<ActionId>,
    /// Names that may be said, prepared at the first `Listen` that wants them.
    pub(super) contacts: Option<(UserId, Arc<Contacts>)>,
    pub(super) recording: Option<RecordingName>,
    pub(super) bridge: Option<BridgeId>,
    pub(super) ended: HangupCause,
    /// What is being done, with the skill that does it.
    pub(super) errands: JoinSet<(ActionId, String, Outcome)>,
    leave: CancellationToken,
}

impl<O: Office> CallTask<O> {
    pub(super) async fn begin(
        offer: Offer,
        call: CallId,
        known: bool,
        entry: Entry,
        house: House<O>,
    ) -> Self {
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
            ringing: Vec::new(),
            language: entry.language,
            engines: house.settings.engines.for_call(),
            kept: Kept::begin(&story.call, &house.settings),
            switch: house.switch.clone(),
        };
        Self {
            user: entry.user,
            is_call_back: entry.rule == CALL_BACK,
            ..Self::new(entry.flow, legs, story, house)
        }
    }

    /// Goes on with two who are joined. Nothing is said any more: the language does not matter.
    pub(super) fn adopted(going: Going, house: House<O>) -> Self {
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
                way: None,
                heard_of: true,
                forwarded: None,
            }),
            ringing: Vec::new(),
            language: Language::Fr,
            engines: house.settings.engines.for_call(),
            kept: Kept::default(),
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
            emergencies: house.emergencies,
            forwards: house.forwards,
            settings: house.settings,
            leave: house.leave,
            user: None,
            is_call_back: false,
            permits: HashMap::new(),
            clips: HashMap::new(),
            messages: Vec::new(),
            discarded: HashSet::new(),
            names: HashSet::new(),
            stopped: HashSet::new(),
            contacts: None,
            recording: None,
            bridge: None,
            ended: HangupCause::Normal,
            errands: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self) {
        loop {
            self.settle().await;
            if self.flow.is_over() {
                break;
            }
            let deadline = self.flow.next_timeout().map(|(at, _)| at);
            let silent = self.legs.next_silent();
            let Legs {
                caller,
                callee,
                ringing,
                switch,
                ..
            } = &mut self.legs;
            let (party, told) = tokio::select! {
                () = self.leave.cancelled() => return self.leave().await,
                Some(ran) = self.errands.join_next(), if !self.errands.is_empty() => {
                    if let Ok((id, skill, outcome)) = ran {
                        self.errand_ran(id, skill, outcome).await;
                    }
                    continue;
                }
                told = caller.next(switch) => (Party::Caller, told),
                told = Legs::next_of_callee(callee, switch) => (Party::Callee, told),
                (ring, told) = Legs::next_of_ringing(ringing, switch) => match told {
                    Told::Leg(LegEvent::SwitchClosed) => return self.leave().await,
                    Told::Leg(event) => {
                        self.ringing_told(ring, event).await;
                        continue;
                    }
                    // Nobody speaks with whoever has not answered.
                    Told::Agent(_) | Told::SoundBack | Told::SoundLost => continue,
                },
                () = until(silent.map(|(at, _)| at)) => {
                    if let Some((_, ring)) = silent {
                        self.give_up_silent(ring).await;
                    }
                    continue;
                }
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

    /// Forgets a callee: his log entry ends, his place in the ledger is free again.
    pub(super) async fn forget(&self, mut callee: Callee, cause: HangupCause) {
        if let Err(error) = callee.leg.close_agent(&self.legs.switch).await {
            warn!(leg.id = %callee.leg.id, %error, "Sound of a leg could not be closed");
        }
        if let Some(way) = &callee.way {
            self.note_emergency(&way.plan);
        }
        self.story.ended(&callee.leg.id, cause).await;
        if let Some(reservation) = &callee.reservation {
            self.office.release(reservation).await;
        }
    }

    /// Remembers who calls the emergency centre, or has just called it: it may call back.
    pub(super) fn note_emergency(&self, plan: &LegPlan) {
        if let Some(user) = plan.authoriser().user().filter(|_| plan.is_emergency()) {
            self.emergencies.note(plan.account(), user, Timestamp::now());
        }
    }

    /// Hangs all callees up, ringing or answered, and forgets them.
    pub(super) async fn drop_callees(&mut self, cause: HangupCause) {
        for callee in self.legs.take_all() {
            warn_unless_gone(self.legs.switch.hangup(&callee.leg.id, cause).await);
            self.forget(callee, cause).await;
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
        self.drop_callees(failed).await;
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
        self.end_errands().await;
    }

    /// Takes the recording from the switch into our own folder, so that it belongs to the call.
    async fn keep_recording(&mut self, name: RecordingName) {
        let path = self
            .settings
            .recordings_dir
            .join(file_name(&self.legs.caller.id, "call"));
        if take_recording(&name, &path, &self.legs.switch).await {
            self.story.recorded(path).await;
        }
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
