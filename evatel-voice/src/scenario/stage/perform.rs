//! Carrying out what the flow wants, on stage.

use std::time::Instant;

use evatel_core::{
    flow::{Action, ActionId, Decision, Fact, Input, Keep, Party, Piece},
    id::ReservationId,
    policy::{Destination, Ledger, LedgerError, LegPlan, LegRequest, Refusal, authorize_leg},
};
use jiff::Timestamp;
use secrecy::ExposeSecret;

use super::{Stage, who};
use crate::{
    agent::{AgentCommand, Part},
    scenario::{house, moment::Happening, script::PromptKey},
    synth::{Pace, sentences, ssml::Span, tone},
};

impl Stage {
    pub(super) async fn perform(&mut self, action: Action) {
        match action {
            Action::Answer { id } => self.inputs.push_back(Input::Answered { id }),
            Action::Bridge { id, .. } => {
                self.caller.close();
                self.callee.close();
                self.note(Happening::Joined);
                self.inputs.push_back(Input::Bridged { id });
            }
            Action::CancelRing { ring, cause } => {
                self.permits.remove(&ring);
                if self.ringing.contains(&ring) || self.answered == Some(ring) {
                    self.leg_ends(ring, cause);
                }
            }
            Action::CheckPin { id, digits, .. } => {
                let verdict = self.pin_verdict(digits.expose_secret());
                self.inputs.push_back(Input::PinChecked { id, verdict });
            }
            Action::Decide {
                id,
                authoriser,
                destination,
                cause,
            } => {
                let request = LegRequest::new(&authoriser, &destination, cause, Timestamp::now());
                let planned = authorize_leg(&request, &self.directory);
                let decision = self.decided(id, planned, &destination).await;
                self.inputs.push_back(Input::Decided { id, decision });
            }
            Action::Discard { id } => self.messages.retain(|message| *message != id),
            Action::HangUp { cause } | Action::Reject { cause } => {
                self.caller.close();
                self.callee.close();
                self.note(Happening::Ends { cause });
            }
            // The stage has no voices: who answered is told by a deed.
            Action::Identify { .. } => {}
            Action::Listen {
                id,
                party,
                expect,
                contacts_of,
                options,
            } => {
                self.listen(id, party, expect, contacts_of.is_some(), &options)
                    .await;
            }
            Action::Note(Fact::Noted(sentence)) => {
                let text = self.catalogue.sentence(self.language, &sentence);
                self.note(Happening::Notes { text });
            }
            Action::Record { id, max, keep } => {
                if keep == Keep::Message {
                    self.messages.push(id);
                }
                self.command(Party::Caller, AgentCommand::Record { id, max })
                    .await;
            }
            Action::Ring { id, .. } if self.permits.remove(&id).is_some() => {
                self.ringing.push(id);
                let whom = self.named.get(&id).cloned().unwrap_or_default();
                self.note(Happening::Rings { whom });
                self.inputs.push_back(Input::Ringing { ring: id });
            }
            Action::Ringback { id } => {
                self.command(Party::Caller, AgentCommand::Ringback { id }).await;
            }
            Action::Say {
                id,
                party,
                pieces,
                interruptible,
            } => self.say_pieces(id, party, pieces, interruptible).await,
            Action::Run { id, errand } => {
                let text = self.catalogue.errand(self.language, &errand);
                self.running = Some(id);
                self.note(Happening::Runs { text });
            }
            Action::SpeakSlower { party } => {
                self.command(party, AgentCommand::SetPace(Pace::SLOW)).await;
                self.note(Happening::Slower { who: who(party) });
            }
            Action::StopListening { id } => self.tell_both(AgentCommand::StopListening { id }).await,
            Action::StopSaying { id } => self.tell_both(AgentCommand::Stop { id }).await,
            // A ring without a permit rings nobody; what else a flow notes is the call log's.
            _ => {}
        }
    }

    async fn say_pieces(&mut self, id: ActionId, party: Party, pieces: Vec<Piece>, interruptible: bool) {
        let mut parts = Vec::with_capacity(pieces.len());
        let mut last = None;
        for piece in pieces {
            match piece {
                Piece::Prompt(prompt) => {
                    let text = self.catalogue.text(self.language, &prompt);
                    let key = PromptKey::from(&prompt);
                    self.sounds.announce(key, sentences(&text));
                    last = Some(key);
                    parts.push(Part::Text(text));
                }
                Piece::Sentence(bits) => {
                    let text = self.catalogue.sentence(self.language, &bits);
                    self.sounds.announce(PromptKey::DIALOGUE, sentences(&text));
                    last = Some(PromptKey::DIALOGUE);
                    parts.push(Part::Text(text));
                }
                Piece::Marked(bits) => {
                    let Ok(marked) = self.catalogue.marked(self.language, &bits) else {
                        continue;
                    };
                    let texts = marked.spans().iter().filter_map(|span| match span {
                        Span::Text { text, .. } => Some(sentences(text)),
                        Span::Pause(_) => None,
                    });
                    self.sounds
                        .announce(PromptKey::DIALOGUE, texts.flatten().collect());
                    last = Some(PromptKey::DIALOGUE);
                    parts.push(Part::Ssml(marked));
                }
                Piece::Beep => parts.push(Part::Clip(tone::beep())),
                Piece::Recording(record) => parts.extend(self.clips.get(&record).cloned().map(Part::Clip)),
                Piece::Sound(sound) => parts.extend(self.files.part(&sound)),
                _ => {}
            }
        }
        self.line_mut(who(party)).will_say(id, last);
        let say = AgentCommand::Say {
            id,
            parts,
            interruptible,
        };
        self.command(party, say).await;
    }

    async fn decided(
        &mut self,
        id: ActionId,
        planned: Result<LegPlan, Refusal>,
        destination: &Destination,
    ) -> Decision {
        let permitted = match planned {
            Ok(plan) => plan.reserve(&AlwaysRoom, Instant::now()).await,
            Err(refusal) => Err(refusal),
        };
        match permitted {
            Ok(permit) => {
                let plan = permit.plan().clone();
                self.named.insert(id, self.name_of(destination, &plan));
                self.permits.insert(id, permit);
                Decision::Allowed(plan)
            }
            Err(refusal) => {
                let rule = refusal.rule.to_string();
                self.note(Happening::Refused { rule });
                Decision::Refused(refusal)
            }
        }
    }

    fn name_of(&self, destination: &Destination, plan: &LegPlan) -> String {
        let name = match destination {
            Destination::Contact(contact) => {
                let contact = self.directory.contact(&house::owner(), contact);
                contact.map(|contact| contact.name.to_string())
            }
            Destination::User(user) => self.directory.user(user).map(|user| user.name.to_string()),
            _ => None,
        };
        name.unwrap_or_else(|| plan.number().to_owned())
    }

    async fn tell_both(&self, command: AgentCommand) {
        self.caller.tell(command.clone()).await;
        self.callee.tell(command).await;
    }
}

/// A ledger of a house where nobody else calls.
struct AlwaysRoom;

impl Ledger for AlwaysRoom {
    async fn reserve(&self, _: &LegPlan) -> Result<ReservationId, LedgerError> {
        Ok("scenario".parse().expect("letters make an id"))
    }

    async fn release(&self, _: &ReservationId) {}
}
