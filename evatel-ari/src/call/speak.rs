//! What the flow wants said to a party, and heard from him.

use std::sync::Arc;

use evatel_core::{
    flow::{ActionId, Expect, Party, Piece, Prompt, SpokenOption},
    id::UserId,
};
use evatel_voice::{
    agent::{AgentCommand, Part},
    brain::Scene,
    lexicon::Contacts,
    synth::{Pace, tone},
};
use jiff::{Timestamp, tz::TimeZone};
use tracing::{debug, trace, warn};

use super::{office::Office, story::word, task::CallTask};
use crate::error::Result;

/// What is listened for.
pub(super) struct Wanted {
    pub(super) expect: Expect,
    pub(super) contacts_of: Option<UserId>,
    pub(super) options: Arc<[SpokenOption]>,
}

impl<O: Office> CallTask<O> {
    pub(super) async fn listen(&mut self, id: ActionId, party: Party, wanted: Wanted) -> Result<()> {
        let Wanted {
            expect,
            contacts_of,
            options,
        } = wanted;
        if expect == Expect::Name {
            self.names.insert(id);
        }
        let contacts = match contacts_of {
            Some(user) => self.contacts_of(user).await,
            None => Arc::new(Contacts::default()),
        };
        let may_hold_answers = expect == Expect::Command && !self.settings.skilled.skills.is_empty();
        let scene = match expect.is_of_dialogue() || may_hold_answers {
            true => self.scene(&options).await,
            false => None,
        };
        let listen = AgentCommand::Listen {
            id,
            expect,
            contacts,
            scene,
        };
        self.command(party, listen).await
    }

    /// What an answer is read by: how options sound, what day it is where the number's owner is, how he dials.
    async fn scene(&self, options: &[SpokenOption]) -> Option<Arc<Scene>> {
        let recognition = self.settings.engines.recognition.as_ref()?;
        let directory = self.office.directory();
        let user = self.user.as_ref();
        let account = user.and_then(|user| directory.account_of(user));
        let plan = account.map(|account| directory.dial_plan(&account.id));
        let zone = user.and_then(|user| directory.zone_of(user));
        let now = Timestamp::now().to_zoned(zone.map_or(TimeZone::UTC, |zone| zone.time_zone().clone()));
        let plan = plan.unwrap_or_default();
        let scene = Scene::look_up(options, self.legs.language, now, plan, &recognition.lexicon).await;
        match scene {
            Ok(scene) => Some(Arc::new(scene)),
            Err(error) => {
                warn!(%error, "Options could not be looked up; their keys are left");
                None
            }
        }
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
        let found = recognition.lexicon.contacts(&names, self.legs.language).await;
        let contacts = Arc::new(found.unwrap_or_else(|error| {
            warn!(%error, "Names could not be looked up; they can be spelled on the keypad");
            Contacts::default()
        }));
        self.contacts = Some((user, contacts.clone()));
        contacts
    }

    pub(super) async fn say(
        &mut self,
        id: ActionId,
        party: Party,
        pieces: Vec<Piece>,
        interruptible: bool,
    ) -> Result<()> {
        // Whoever speaks with the party must be there before it is noted what he says.
        self.legs.agent(party).await?;
        let mut parts = Vec::with_capacity(pieces.len());
        let mut told = Vec::new();
        let mut keys = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Prompt(prompt) => {
                    let text = self.settings.catalogue.text(self.legs.language, &prompt);
                    if prompt == Prompt::RecordingNotice {
                        self.legs.kept.tells_of_recording(id, party, &text);
                    }
                    told.push(text.clone());
                    keys.push(prompt.key());
                    parts.push(Part::Text(text));
                }
                Piece::Sentence(bits) => {
                    let text = self.settings.catalogue.sentence(self.legs.language, &bits);
                    told.push(text.clone());
                    keys.push("dialogue");
                    parts.push(Part::Text(text));
                }
                Piece::Marked(bits) => {
                    let language = self.legs.language;
                    let part = match self.settings.catalogue.marked(language, &bits) {
                        Ok(marked) => {
                            told.push(marked.text());
                            Part::Ssml(marked)
                        }
                        // What a dialogue's file has was checked; what its author built himself is said without marks.
                        Err(error) => {
                            warn!(%error, "Marks of a dialogue's text cannot be read; it is said without them");
                            let text = self.settings.catalogue.sentence(language, &bits);
                            told.push(text.clone());
                            Part::Text(text)
                        }
                    };
                    keys.push("dialogue");
                    parts.push(part);
                }
                Piece::Beep => parts.push(Part::Clip(tone::beep())),
                Piece::Recording(record) => {
                    told.push("(the recorded name)".to_owned());
                    keys.push("");
                    parts.extend(self.clips.get(&record).cloned().map(Part::Clip));
                }
                Piece::Sound(sound) => {
                    told.push(format!("[{}]", sound.name()));
                    keys.push("");
                    parts.extend(self.settings.sounds.part(&sound));
                }
                other => warn!(?other, "Piece is not known here"),
            }
        }
        let to = word(party);
        trace!(to, ?keys, texts = ?told, "Says");
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

    /// Speaks more slowly to a party from here on.
    pub(super) async fn speak_slower(&mut self, party: Party) -> Result<()> {
        trace!(to = word(party), "Speaks slower");
        self.command(party, AgentCommand::SetPace(Pace::SLOW)).await
    }

    /// Before answer the caller's network plays ringback; after it, the agent does.
    pub(super) async fn ringback(&mut self, id: ActionId) -> Result<()> {
        if self.legs.caller.answered {
            self.command(Party::Caller, AgentCommand::Ringback { id }).await
        } else {
            self.legs.switch.ring(&self.legs.caller.id).await
        }
    }

    pub(super) async fn command(&mut self, party: Party, command: AgentCommand) -> Result<()> {
        if let Some(agent) = self.legs.agent(party).await?
            && agent.send(command).await.is_err()
        {
            debug!("Agent is gone with its leg, which tells so itself");
        }
        Ok(())
    }

    pub(super) async fn tell_all(&self, command: AgentCommand) {
        for agent in self.legs.agents() {
            if agent.send(command.clone()).await.is_err() {
                debug!("Agent is gone with its leg, which tells so itself");
            }
        }
    }

    pub(super) async fn flush_all(&self) {
        let callee = self.legs.callee.as_ref().map(|callee| &callee.leg);
        for leg in [Some(&self.legs.caller), callee].into_iter().flatten() {
            self.legs.switch.flush(&leg.id).await;
        }
    }
}
