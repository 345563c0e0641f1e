//! Carrying out what the flow wants.

use std::{path::Path, sync::Arc, time::Instant};

use evatel_core::{
    calls::HangupCause,
    flow::{Action, ActionId, Decision, Expect, Input, Keep, Party, Piece},
    id::UserId,
    policy::{Authoriser, Destination, LegPermit, Refusal, Route, authorize_leg},
};
use evatel_voice::{
    agent::{AgentCommand, Part},
    lexicon::Contacts,
};
use tokio::io::AsyncWriteExt;
use tracing::{debug, trace, warn};

use super::{
    legs::{Callee, Leg},
    office::Office,
    task::{CallTask, file_name},
};
use crate::{
    error::Result,
    id::RecordingName,
    switch::{CallerId, Switch},
};

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
            Action::Listen {
                id,
                party,
                expect,
                contacts_of,
            } => self.listen(id, party, expect, contacts_of).await,
            Action::Note(fact) => {
                self.story.fact(fact).await;
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
            Action::Ring { id, timeout } => self.ring(id, timeout).await,
            Action::Ringback { id } => self.ringback(id).await,
            Action::Say {
                id,
                party,
                pieces,
                interruptible,
            } => self.say(id, party, pieces, interruptible).await,
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
        cause: evatel_core::calls::LegCause,
    ) {
        let planned = authorize_leg(authoriser, destination, cause, &self.office.directory());
        let permitted = match planned {
            Ok(plan) => plan.reserve(self.office.as_ref(), Instant::now()).await,
            Err(refusal) => Err(refusal),
        };
        let decision = match permitted.map_err(|refusal| self.named(refusal, destination)) {
            Ok(permit) => {
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

    async fn ring(&mut self, id: ActionId, timeout: std::time::Duration) -> Result<()> {
        let Some(permit) = self.permits.remove(&id) else {
            return Ok(());
        };
        let leg = self.legs.switch.new_leg();
        self.story.rung(&leg, permit.plan()).await;
        let reservation = permit.reservation().cloned();
        let caller_id = self.caller_id(&permit);
        match self
            .legs
            .switch
            .dial(
                permit,
                &leg,
                &caller_id,
                timeout,
                &self.story.call,
                self.legs.language,
            )
            .await
        {
            Ok(events) => {
                self.legs.callee = Some(Callee {
                    leg: Leg::new(leg, events),
                    ring: id,
                    reservation,
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
                self.inputs.push_back(Input::CalleeEnded { ring: id, cause });
            }
        }
        Ok(())
    }

    /// Who is called inside sees who calls; who is called outside sees the account's own number and nobody else's.
    fn caller_id(&self, permit: &LegPermit) -> CallerId {
        match permit.route() {
            Route::Device { .. } => self.legs.caller_id.clone(),
            Route::Trunk { caller_number, .. } => CallerId {
                number: caller_number.clone().unwrap_or_default(),
                name: String::new(),
            },
        }
    }

    async fn cancel_ring(&mut self, ring: ActionId, cause: HangupCause) -> Result<()> {
        let Some(callee) = self.legs.callee.as_ref().filter(|callee| callee.ring == ring) else {
            return Ok(());
        };
        let leg = callee.leg.id.clone();
        let hung_up = self.legs.switch.hangup(&leg, cause).await;
        self.drop_callee(cause).await;
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

    async fn listen(
        &mut self,
        id: ActionId,
        party: Party,
        expect: Expect,
        contacts_of: Option<UserId>,
    ) -> Result<()> {
        if expect == Expect::Name {
            self.names.insert(id);
        }
        let contacts = match contacts_of {
            Some(user) => self.contacts_of(user).await,
            None => Arc::new(Contacts::default()),
        };
        self.command(party, AgentCommand::Listen { id, expect, contacts })
            .await
    }

    /// Prepares the names of a user's contacts once a call; a name that cannot be pronounced is left out.
    async fn contacts_of(&mut self, user: UserId) -> Arc<Contacts> {
        if let Some((known, contacts)) = &self.contacts
            && *known == user
        {
            return contacts.clone();
        }
        let Some(recognition) = &self.settings.engines.recognition else {
            return Arc::default();
        };
        let directory = self.office.directory();
        let names = directory.contacts(&user).flat_map(|contact| {
            contact
                .spoken_names()
                .map(|name| (contact.id.clone(), name.to_string()))
        });
        let names: Vec<_> = names.collect();
        let found = recognition
            .grammar
            .lexicon()
            .contacts(&names, self.legs.language)
            .await;
        let contacts = Arc::new(found.unwrap_or_else(|error| {
            warn!(%error, "Names could not be looked up; they can be spelled on the keypad");
            Contacts::default()
        }));
        self.contacts = Some((user, contacts.clone()));
        contacts
    }

    async fn say(
        &mut self,
        id: ActionId,
        party: Party,
        pieces: Vec<Piece>,
        interruptible: bool,
    ) -> Result<()> {
        let mut parts = Vec::with_capacity(pieces.len());
        let mut told = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Prompt(prompt) => {
                    let text = self.settings.catalogue.text(self.legs.language, &prompt);
                    told.push(text.clone());
                    parts.push(Part::Text(text));
                }
                Piece::Beep => parts.push(Part::Clip(evatel_voice::synth::tone::beep())),
                Piece::Recording(record) => {
                    told.push("(the recorded name)".to_owned());
                    parts.extend(self.clips.get(&record).cloned().map(Part::Clip));
                }
                other => warn!(?other, "Piece is not known here"),
            }
        }
        let to = super::story::word(party);
        self.story
            .line("assistant", format!("to {to}: {}", told.join(" ")))
            .await;
        self.command(
            party,
            AgentCommand::Say {
                id,
                parts,
                interruptible,
            },
        )
        .await
    }

    /// Before answer the caller's network plays ringback; after it, the agent does.
    async fn ringback(&mut self, id: ActionId) -> Result<()> {
        if self.legs.caller.answered {
            self.command(Party::Caller, AgentCommand::Ringback { id }).await
        } else {
            self.legs.switch.ring(&self.legs.caller.id).await
        }
    }

    async fn command(&mut self, party: Party, command: AgentCommand) -> Result<()> {
        if let Some(agent) = self.legs.agent(party).await?
            && agent.send(command).await.is_err()
        {
            debug!("Agent is gone with its leg, which tells so itself");
        }
        Ok(())
    }

    async fn tell_all(&self, command: AgentCommand) {
        for agent in self.legs.agents() {
            if agent.send(command.clone()).await.is_err() {
                debug!("Agent is gone with its leg, which tells so itself");
            }
        }
    }

    async fn flush_all(&self) {
        let callee = self.legs.callee.as_ref().map(|callee| &callee.leg);
        for leg in [Some(&self.legs.caller), callee].into_iter().flatten() {
            self.legs.switch.flush(&leg.id).await;
        }
    }

    pub(super) async fn hang_up_both(&mut self, cause: HangupCause) {
        let switch = self.legs.switch.clone();
        if let Some(callee) = &self.legs.callee {
            let leg = callee.leg.id.clone();
            warn_unless_gone(switch.hangup(&leg, cause).await);
            self.drop_callee(cause).await;
        }
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

    pub(super) async fn keep_message(&mut self, id: ActionId) {
        let Some(clip) = self.clips.get(&id).cloned() else {
            return;
        };
        let path = self
            .settings
            .recordings_dir
            .join(file_name(&self.legs.caller.id, "message"));
        match write_private(&path, clip.to_wav()).await {
            Ok(()) => {
                self.story
                    .line("system", format!("message kept in `{}`", path.display()))
                    .await
            }
            Err(error) => {
                warn!(path = %path.display(), %error, "Message could not be kept");
                self.story
                    .line("system", "the message could not be kept".to_owned())
                    .await;
            }
        }
    }

    /// Takes the recording from the switch into our own folder, so that it belongs to the call.
    pub(super) async fn keep_recording(&mut self, name: RecordingName) {
        let path = self
            .settings
            .recordings_dir
            .join(file_name(&self.legs.caller.id, "call"));
        if take_recording(&name, &path, &self.legs.switch).await {
            self.story.recorded(path).await;
        }
    }
}

/// Moves a recording from the switch to `path`, and says whether it is there.
pub(super) async fn take_recording(name: &RecordingName, path: &Path, switch: &Switch) -> bool {
    let bytes = match switch.fetch_recording(name).await {
        Ok(bytes) => bytes,
        Err(error) => {
            warn!(recording = %name, %error, "Recording could not be fetched; it stays on the switch");
            return false;
        }
    };
    if let Err(error) = write_private(path, bytes).await {
        warn!(path = %path.display(), %error, "Recording could not be written; it stays on the switch");
        return false;
    }
    // Removed last: whoever is stopped in between finds it there again.
    warn_unless_gone(switch.remove_recording(name).await);
    true
}

/// Writes a file that its owner alone may read: somebody's voice is in it.
async fn write_private(path: &Path, bytes: Vec<u8>) -> std::io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .await?;
    file.write_all(&bytes).await?;
    file.flush().await
}

pub(super) fn warn_unless_gone(result: Result<()>) {
    if let Err(error) = result
        && !error.is_gone()
    {
        warn!(%error, "Switch could not clean up a call");
    }
}
