//! What legs and agents tell, as the flow is to hear it.

use evatel_core::{
    calls::HangupCause,
    flow::{ActionId, Input, Party},
    intent::Intent,
};
use evatel_voice::agent::AgentEvent;
use tracing::warn;

use super::{
    keep::{file_name, write_private},
    legs::{Callee, warn_unless_gone},
    office::Office,
    story::word,
    task::CallTask,
};
use crate::switch::LegEvent;

/// Of so many who may be meant the story tells the names.
const MOST_TOLD: usize = 3;

impl<O: Office> CallTask<O> {
    pub(super) async fn leg_told(&mut self, party: Party, event: LegEvent) {
        match (event, party) {
            (LegEvent::Digit(digit), party) => self.inputs.push_back(Input::Digit { party, digit }),
            (LegEvent::Ended { cause }, Party::Callee) => {
                if let Some(callee) = self.legs.callee.take() {
                    let ring = callee.ring;
                    self.forget(callee, cause).await;
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

    /// Takes what somebody tells who is rung by this `Ring`.
    pub(super) async fn ringing_told(&mut self, ring: ActionId, event: LegEvent) {
        match event {
            LegEvent::Ringing => {
                let mut ringing = self.legs.ringing.iter_mut();
                if let Some(callee) = ringing.find(|callee| callee.ring == ring) {
                    callee.heard_of = true;
                }
                self.inputs.push_back(Input::Ringing { ring });
            }
            LegEvent::Progress => {
                let mut ringing = self.legs.ringing.iter_mut();
                if let Some(callee) = ringing.find(|callee| callee.ring == ring) {
                    callee.heard_of = true;
                }
            }
            LegEvent::Answered => {
                let Some(mut callee) = self.legs.take(ring) else {
                    return;
                };
                self.story.answered(&callee.leg.id).await;
                callee.leg.answered = true;
                callee.forwarded = None;
                self.legs.callee = Some(callee);
                self.inputs.push_back(Input::CalleeAnswered { ring });
            }
            LegEvent::Ended { cause } => {
                if let Some(callee) = self.legs.take(ring) {
                    self.not_reached(callee, cause).await;
                }
            }
            _ => {}
        }
    }

    /// Gives up a leg of which nothing was heard in time: its trunk is silent.
    pub(super) async fn give_up_silent(&mut self, ring: ActionId) {
        let Some(callee) = self.legs.take(ring) else {
            return;
        };
        let cause = HangupCause::NoResponse;
        warn_unless_gone(self.legs.switch.hangup(&callee.leg.id, cause).await);
        self.not_reached(callee, cause).await;
    }

    /// Forgets a leg that ended before it was answered, and dials over the next way where this one did not carry it.
    async fn not_reached(&mut self, mut callee: Callee, cause: HangupCause) {
        let ring = callee.ring;
        let way = callee.way.take().filter(|_| !callee.heard_of);
        self.forget(callee, cause).await;
        let next = match &way {
            Some(way) => self.next_way(way, cause).await.map(|permit| (permit, way.until)),
            None => None,
        };
        match next {
            Some((permit, until)) => self.dial(ring, permit, until).await,
            None => self.inputs.push_back(Input::CalleeEnded { ring, cause }),
        }
    }

    pub(super) async fn agent_told(&mut self, party: Party, event: AgentEvent) {
        match event {
            AgentEvent::SpeechStarted => self.inputs.push_back(Input::SpeechStarted { party }),
            AgentEvent::Heard {
                id,
                intent,
                score,
                heard,
                remarks,
                utterance,
                ..
            } => {
                for remark in remarks {
                    self.story.line("system", remark.to_string()).await;
                }
                let a_name = self.names.remove(&id) && intent == Intent::NotUnderstood;
                let said = if a_name {
                    "a name".to_owned()
                } else {
                    self.in_words(&intent)
                };
                self.legs.kept.understood(party, &said, score);
                let sure = score.map(|s| format!(" (distance {:.2}, margin {:.2})", s.distance, s.margin));
                self.story
                    .line(
                        word(party),
                        format!(
                            "{said}{} [{heard}] {} after {} ms",
                            sure.unwrap_or_default(),
                            utterance.end.word(),
                            utterance.pause.as_millis()
                        ),
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
            AgentEvent::Recorded { id, clip, voiced } => {
                let length = clip.duration();
                if !voiced.is_zero() {
                    let what = match self.messages.contains(&id) {
                        true => "a message",
                        false => "a name",
                    };
                    let text = format!("({what}, {:.1} s)", length.as_secs_f64());
                    self.legs.kept.tells(party, word(party), &text);
                }
                self.clips.insert(id, clip);
                let place = self.messages.iter().position(|message| *message == id);
                if let Some(place) = place
                    && !voiced.is_zero()
                    && !self.discarded.contains(&id)
                {
                    self.keep_message(id, place + 1).await;
                }
                self.inputs.push_back(Input::Recorded { id, length: voiced });
            }
            AgentEvent::BrainFailed { reason, .. } => {
                warn!(party = word(party), %reason, "Brain failed; keys are left");
                let line = format!("what the {} says is understood no more", word(party));
                self.story.line("system", line).await;
                self.inputs.push_back(Input::EarFailed { party });
            }
            AgentEvent::EngineFailed { reason } => {
                warn!(party = word(party), %reason, "Ear failed; keys are left");
                self.story
                    .line("system", format!("the ear of the {} failed", word(party)))
                    .await;
                self.inputs.push_back(Input::EarFailed { party });
            }
            AgentEvent::AnsweredBy { who, after } => {
                let Some(ring) = self.legs.callee.as_ref().map(|callee| callee.ring) else {
                    return;
                };
                let line = format!("answered by: {} (after {} ms)", who.word(), after.as_millis());
                self.story.line("system", line).await;
                self.inputs.push_back(Input::AnsweredBy { ring, who });
            }
            AgentEvent::Beeped => {
                if let Some(ring) = self.legs.callee.as_ref().map(|callee| callee.ring) {
                    self.story.line("system", "the machine beeps".to_owned()).await;
                    self.inputs.push_back(Input::Beeped { ring });
                }
            }
            AgentEvent::Filled { text } => {
                self.legs.kept.tells(party, "assistant", &text);
                self.story
                    .line("assistant", format!("to {}: {text}", word(party)))
                    .await;
            }
            // A call waits for the whole turn.
            AgentEvent::Hearing { .. } => {}
            AgentEvent::WentOn { .. } => {
                self.story
                    .line(
                        "system",
                        format!("{} is heard and does not interrupt", word(party)),
                    )
                    .await;
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
            Intent::CallOneOf(ids) => {
                let mut names: Vec<String> = ids.iter().take(MOST_TOLD).map(name).collect();
                if ids.len() > MOST_TOLD {
                    names.push(format!("{} others", ids.len() - MOST_TOLD));
                }
                format!("call {}", names.join(" or "))
            }
            Intent::Digits(digits) => format!("call {digits}"),
            Intent::NotThatBut(id) => format!("no, {}", name(id)),
            Intent::Run(order) => {
                let skill = self.settings.skilled.skills.get(order.skill);
                let name = skill.map_or("a skill", |skill| skill.name.as_str());
                let told = order.told.iter().filter_map(|(_, values)| values.first());
                let told: Vec<String> = told
                    .map(|value| self.settings.catalogue.aloud(self.legs.language, value))
                    .filter(|words| !words.is_empty())
                    .collect();
                match told.is_empty() {
                    true => format!("run {name}"),
                    false => format!("run {name}: {}", told.join(", ")),
                }
            }
            Intent::Told(values) => {
                let aloud = |value| self.settings.catalogue.aloud(self.legs.language, value);
                let told: Vec<String> = values.iter().map(aloud).collect();
                format!("told {}", told.join(" or "))
            }
            other => format!("{other:?}"),
        }
    }

    /// Keeps a message in a file of its own: the call's first is `message`, the next `message-2`.
    async fn keep_message(&mut self, id: ActionId, number: usize) {
        let Some(clip) = self.clips.get(&id).cloned() else {
            return;
        };
        let what = match number {
            1 => "message".to_owned(),
            _ => format!("message-{number}"),
        };
        let path = self
            .settings
            .recordings_dir
            .join(file_name(&self.legs.caller.id, &what));
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
}
