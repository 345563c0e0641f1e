//! Carrying out what the flow wants.

use std::time::{Duration, Instant};

use evatel_core::{
    calls::{HangupCause, LegCause},
    flow::{Action, ActionId, Decision, Fact, Input, Keep, Party},
    policy::{Authoriser, Destination, LegPermit, LegPlan, LegRequest, Refusal, Route, authorize_leg},
};
use evatel_voice::agent::AgentCommand;
use jiff::Timestamp;
use tracing::{trace, warn};

use super::{
    forwards::Forwarded,
    legs::{Callee, Leg, Way, warn_unless_gone},
    office::Office,
    speak::Wanted,
    task::CallTask,
};
use crate::{error::Result, switch::CallerId};

impl<O: Office> CallTask<O> {
    /// Carries out one action. What fails on the switch ends the call, unless the leg is simply gone.
    pub(super) async fn perform(&mut self, action: Action) {
        trace!(?action, "Action");
        let result = match action {
            Action::Answer { id } => self.answer(id).await,
            Action::Bridge { id, record } => self.bridge(id, record).await,
            Action::CancelRing { ring, cause } => self.cancel_ring(ring, cause).await,
            Action::CheckPin { id, user, digits } => {
                let verdict = self.office.check_pin(&user, &digits).await;
                self.inputs.push_back(Input::PinChecked { id, verdict });
                Ok(())
            }
            Action::Decide {
                id,
                authoriser,
                destination,
                cause,
            } => {
                self.decide(id, &authoriser, &destination, cause).await;
                Ok(())
            }
            Action::HangUp { cause } => {
                self.ended = cause;
                self.hang_up_both(cause).await;
                Ok(())
            }
            Action::Identify { .. } => self.command(Party::Callee, AgentCommand::Identify).await,
            Action::Listen {
                id,
                party,
                expect,
                contacts_of,
                options,
            } => {
                let wanted = Wanted {
                    expect,
                    contacts_of,
                    options,
                };
                self.listen(id, party, wanted).await
            }
            Action::Note(Fact::Noted(sentence)) => {
                let text = self.settings.catalogue.sentence(self.legs.language, &sentence);
                self.story.line("note", text).await;
                Ok(())
            }
            Action::Note(fact) => {
                self.legs.kept.notes(&fact);
                self.story.fact(fact).await;
                Ok(())
            }
            Action::Discard { id } => {
                self.discarded.insert(id);
                Ok(())
            }
            Action::Record { id, max, keep } => {
                if keep == Keep::Message {
                    self.messages.push(id);
                }
                self.command(Party::Caller, AgentCommand::Record { id, max })
                    .await
            }
            Action::Reject { cause } => {
                self.ended = cause;
                self.legs.switch.reject(&self.legs.caller.id, cause).await
            }
            Action::Ring { id, timeout } => {
                self.ring(id, timeout).await;
                Ok(())
            }
            Action::Run { id, errand } => {
                self.run_errand(id, errand).await;
                Ok(())
            }
            Action::Ringback { id } => self.ringback(id).await,
            Action::Say {
                id,
                party,
                pieces,
                interruptible,
            } => self.say(id, party, pieces, interruptible).await,
            Action::SpeakSlower { party } => self.speak_slower(party).await,
            Action::StopListening { id } => {
                self.tell_all(AgentCommand::StopListening { id }).await;
                Ok(())
            }
            Action::StopSaying { id } => {
                self.stopped.insert(id);
                self.tell_all(AgentCommand::Stop { id }).await;
                self.flush_all().await;
                Ok(())
            }
            other => {
                warn!(?other, "Action is not known here");
                Ok(())
            }
        };
        if let Err(error) = result {
            // A leg that is gone tells so itself; anything else leaves the parties without sound or partner.
            if !error.is_gone() {
                warn!(%error, "Switch could not do what the call needs");
                self.inputs.push_back(Input::SwitchFailed);
            }
        }
    }

    async fn answer(&mut self, id: ActionId) -> Result<()> {
        self.legs.switch.answer(&self.legs.caller.id).await?;
        self.legs.caller.answered = true;
        self.story.answered(&self.legs.caller.id).await;
        self.inputs.push_back(Input::Answered { id });
        Ok(())
    }

    async fn decide(
        &mut self,
        id: ActionId,
        authoriser: &Authoriser,
        destination: &Destination,
        cause: LegCause,
    ) {
        let request = LegRequest::new(authoriser, destination, cause, Timestamp::now());
        let planned = authorize_leg(&request, &self.office.directory());
        let permitted = match planned {
            Ok(plan) => self.permit(plan).await,
            Err(refusal) => Err(refusal),
        };
        let decision = match permitted.map_err(|refusal| self.named(refusal, destination)) {
            Ok(permit) => {
                self.tell_full(&permit).await;
                let plan = permit.plan().clone();
                self.permits.insert(id, permit);
                Decision::Allowed(plan)
            }
            Err(refusal) => {
                self.story
                    .refused(&self.legs.switch.new_leg(), &refusal, authoriser, cause)
                    .await;
                Decision::Refused(refusal)
            }
        };
        self.inputs.push_back(Input::Decided { id, decision });
    }

    /// Gets leave for a leg. What the emergency centre calls back is not kept waiting, nor refused for other calls.
    async fn permit(&self, plan: LegPlan) -> Result<LegPermit, Refusal> {
        let now = Instant::now();
        let plan = match self.is_call_back {
            true => match plan.for_call_back(now) {
                Ok(permit) => return Ok(permit),
                Err(plan) => *plan,
            },
            false => plan,
        };
        plan.reserve(self.office.as_ref(), now).await
    }

    /// Puts a contact's number where the gate, which shows an outside caller nothing, has only his id.
    fn named(&self, refusal: Refusal, destination: &Destination) -> Refusal {
        let (Destination::Contact(id), Some(owner)) = (destination, &self.user) else {
            return refusal;
        };
        match self.office.directory().contact(owner, id) {
            Some(contact) => Refusal {
                number: contact.number.as_str().to_owned(),
                ..refusal
            },
            None => refusal,
        }
    }

    async fn ring(&mut self, id: ActionId, timeout: Duration) {
        if let Some(permit) = self.permits.remove(&id) {
            self.dial(id, permit, Instant::now() + timeout).await;
        }
    }

    /// Dials, and over the next way out where one cannot carry the leg; tells the flow where none can.
    pub(super) async fn dial(&mut self, ring: ActionId, mut permit: LegPermit, until: Instant) {
        loop {
            let leg = self.legs.switch.new_leg();
            let plan = permit.plan().clone();
            let has_other = plan.has_failover();
            let way = Way {
                silent_at: has_other.then(|| Instant::now() + self.settings.silent_trunk),
                plan,
                until,
            };
            self.note_emergency(&way.plan);
            self.story.rung(&leg, &way.plan).await;
            let reservation = permit.reservation().cloned();
            if reservation.is_some() {
                // A leg that counts rings only once whoever takes over after a crash would find its entry; 911 waits for no disk.
                self.office.kept().await;
            }
            let caller_id = self.caller_id(&permit);
            // Before it is dialled: what comes back may be quicker than the answer.
            let forwarded = self.forwarded(&way.plan);
            let timeout = until.saturating_duration_since(Instant::now());
            let (switch, call, language) = (&self.legs.switch, &self.story.call, self.legs.language);
            match switch
                .dial(permit, &leg, &caller_id, timeout, call, language)
                .await
            {
                Ok(events) => {
                    return self.legs.ringing.push(Callee {
                        leg: Leg::new(leg, events),
                        ring,
                        reservation,
                        way: Some(way),
                        heard_of: false,
                        forwarded,
                    });
                }
                Err(error) => {
                    // An endpoint that is not registered is refused at once: an outcome, not a fault.
                    warn!(leg.id = %leg, %error, "Leg could not be dialled");
                    let cause = error.hangup_cause();
                    self.story.ended(&leg, cause).await;
                    if let Some(reservation) = reservation {
                        self.office.release(&reservation).await;
                    }
                    let Some(next) = self.next_way(&way, cause).await else {
                        return self.inputs.push_back(Input::CalleeEnded { ring, cause });
                    };
                    permit = next;
                }
            }
        }
    }

    /// Notes a forward to a number outside, so that it is known again where the network sends it back to us.
    fn forwarded(&self, plan: &LegPlan) -> Option<Forwarded> {
        let directory = self.office.directory();
        let goes_out = plan.cause() == LegCause::Forward && plan.trunk().is_some();
        let shown = directory.shown_number(plan.account()).filter(|_| goes_out)?;
        Some(self.forwards.rings(plan.account(), shown))
    }

    /// Gets leave for the next way out, where a leg that never rang ended of the way itself and there is time left. Its
    /// place in the ledger has to be free again: the next leg takes its own.
    pub(super) async fn next_way(&self, way: &Way, cause: HangupCause) -> Option<LegPermit> {
        let now = Instant::now();
        if !cause.is_of_the_way() || now >= way.until {
            return None;
        }
        let plan = way.plan.over_next_way()?;
        let (authoriser, leg_cause) = (plan.authoriser().clone(), plan.cause());
        let (from, to) = (way_out(&way.plan), way_out(&plan));
        let line = format!(
            "`{from}` does not carry the call ({}); trying `{to}`",
            cause.word()
        );
        self.story.line("system", line).await;
        match plan.reserve(self.office.as_ref(), now).await {
            Ok(permit) => {
                self.tell_full(&permit).await;
                Some(permit)
            }
            Err(refusal) => {
                let leg = self.legs.switch.new_leg();
                self.story.refused(&leg, &refusal, &authoriser, leg_cause).await;
                None
            }
        }
    }

    /// Tells which trunks would have carried the leg, had they not been full.
    async fn tell_full(&self, permit: &LegPermit) {
        for full in permit.full() {
            let (from, to) = (&full.trunk, way_out(permit.plan()));
            let line = format!("`{from}` is full ({}); taking `{to}`", full.cap);
            self.story.line("system", line).await;
        }
    }

    /// Who is called inside sees who calls; who is called outside sees the account's own number and nobody else's.
    fn caller_id(&self, permit: &LegPermit) -> CallerId {
        match permit.route() {
            Route::Device { .. } => self.legs.caller_id.clone(),
            Route::Trunk { caller_number, .. } => CallerId {
                number: caller_number.map_or_else(String::new, |number| number.to_string()),
                name: String::new(),
            },
        }
    }

    async fn cancel_ring(&mut self, ring: ActionId, cause: HangupCause) -> Result<()> {
        // It may have its permit and not ring yet.
        if let Some(permit) = self.permits.remove(&ring)
            && let Some(reservation) = permit.reservation()
        {
            self.office.release(reservation).await;
        }
        let Some(callee) = self.legs.take(ring) else {
            return Ok(());
        };
        let hung_up = self.legs.switch.hangup(&callee.leg.id, cause).await;
        self.forget(callee, cause).await;
        hung_up
    }

    async fn bridge(&mut self, id: ActionId, record: bool) -> Result<()> {
        let Some(callee) = &mut self.legs.callee else {
            return Ok(());
        };
        self.legs.caller.close_agent(&self.legs.switch).await?;
        callee.leg.close_agent(&self.legs.switch).await?;
        let bridge = self
            .legs
            .switch
            .bridge(&self.story.call, &self.legs.caller.id, &callee.leg.id)
            .await?;
        self.bridge = Some(bridge.clone());
        if record {
            match self.legs.switch.record_bridge(&self.story.call, &bridge).await {
                Ok(name) => self.recording = Some(name),
                Err(error) => {
                    // Two people who are joined are not parted because a file cannot be written.
                    warn!(%error, "Call could not be recorded");
                    self.story
                        .line("system", "the call could not be recorded".to_owned())
                        .await;
                }
            }
        }
        self.story.line("system", "bridged".to_owned()).await;
        self.inputs.push_back(Input::Bridged { id });
        Ok(())
    }

    pub(super) async fn hang_up_both(&mut self, cause: HangupCause) {
        let switch = self.legs.switch.clone();
        self.drop_callees(cause).await;
        warn_unless_gone(self.legs.caller.close_agent(&switch).await);
        if !self.legs.caller.ended {
            warn_unless_gone(switch.hangup(&self.legs.caller.id, cause).await);
            self.legs.caller.ended = true;
        }
        if let Some(name) = &self.recording {
            warn_unless_gone(switch.stop_recording(name).await);
        }
        if let Some(bridge) = self.bridge.take() {
            warn_unless_gone(switch.unbridge(&bridge).await);
        }
    }
}

/// Names the trunk or the device over which a leg goes.
fn way_out(plan: &LegPlan) -> &str {
    match plan.route() {
        Route::Device { device } => device.as_str(),
        Route::Trunk { trunk, .. } => trunk.as_str(),
    }
}
