//! The built-in brain: what was heard, compared with what could be said, becomes an intent. Offline and deterministic.
//!
//! What could be said are phrases in files: ours (`grammar/*.toml`) and those of an operator, which add to them ([`PhraseFile`]).

mod alike;
mod answers;
mod aside;
mod entry;
mod file;
mod foresee;
mod kind;
mod number;
mod outlook;
mod pattern;
mod phrases;
mod pieces;
mod skilled;
mod whom;

#[cfg(feature = "chat")]
use std::collections::HashMap;
use std::sync::Arc;

#[cfg(feature = "chat")]
use evatel_core::id::ContactId;
use evatel_core::{
    account::Language,
    dialogue::{Dialogue, SlotKind, SlotKinds},
    flow::Expect,
    intent::{Intent, Score},
    skill::Skills,
};

pub use alike::{Alike, NEAR, Place};
#[cfg(feature = "chat")]
pub(crate) use answers::values;
pub use file::{Fault, FileError, LARGEST, MOST_PHRASES, PhraseFile};
pub use pattern::PatternError;
pub(crate) use skilled::check_phrases;

use self::{
    answers::{Vocabularies, Vocabulary},
    entry::{Entry, Named},
    kind::{CONTACT, Kind},
    outlook::Ahead,
    phrases::{Phrases, Sound, Template},
    skilled::Orders,
};
use crate::{
    ByLanguage,
    brain::{self, Aside, Brain, Foreseeing, Remark, Scene, Thinking, Turn, Understood},
    lexicon::{self, Contacts, Lexicon, Phone},
    matcher::{Best, Matcher},
    transcribe::{PhoneToken, words},
};

/// How near and how clear the best entry must be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Limits {
    /// A greater distance is not understood.
    pub distance: f32,
    /// A smaller margin is not understood.
    pub margin: f32,
    /// A name as the other language says it is not understood at a greater distance; at most [`Limits::distance`].
    pub other_language: f32,
}

impl Default for Limits {
    /// What models/phones/CARD.md measured.
    fn default() -> Self {
        Self {
            distance: 0.3,
            margin: 0.06,
            other_language: 0.25,
        }
    }
}

/// Why there is no grammar.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A phrase of a file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// espeak-ng is not there or does not work.
    #[error(transparent)]
    Lexicon(#[from] lexicon::Error),
}

/// What is nearer by so many phones is clearly nearer: one that has nothing to do with what was meant.
const CLEARLY: f32 = 0.9;

impl Limits {
    fn hold<M>(&self, best: &Best<M>) -> bool {
        best.distance <= self.distance && best.margin >= self.margin
    }
}

/// All that can be said, in each language.
#[derive(Clone, Debug)]
pub struct Grammar {
    lexicon: Arc<Lexicon>,
    limits: Limits,
    phrases: Arc<ByLanguage<Phrases>>,
    vocabularies: Arc<Vocabularies>,
    /// What telephone numbers are made of.
    numbers: ByLanguage<Arc<Vocabulary>>,
    ahead: Arc<Ahead>,
    skills: Arc<Skills>,
    orders: Arc<ByLanguage<Orders>>,
}

impl Grammar {
    /// Looks all built-in phrases up in the lexicon.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work.
    pub async fn load(lexicon: Arc<Lexicon>) -> Result<Self, Error> {
        Self::with(lexicon, Limits::default(), Vec::new()).await
    }

    /// The same with other limits, and with phrases of others beside ours.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work, or a phrase has no sound.
    pub async fn with(lexicon: Arc<Lexicon>, limits: Limits, added: Vec<PhraseFile>) -> Result<Self, Error> {
        let mut files = PhraseFile::built_in();
        files.extend(added);
        let phrases = ByLanguage {
            english: Phrases::load(Language::En, &files, &lexicon).await?,
            french: Phrases::load(Language::Fr, &files, &lexicon).await?,
        };
        let ahead = Ahead::load(&lexicon).await?;
        let vocabularies = Vocabularies::default();
        let numbers = ByLanguage {
            english: vocabularies.digits(Language::En, &lexicon).await?,
            french: vocabularies.digits(Language::Fr, &lexicon).await?,
        };
        Ok(Self {
            ahead: Arc::new(ahead),
            lexicon,
            limits,
            numbers,
            orders: Arc::default(),
            phrases: Arc::new(phrases),
            skills: Arc::default(),
            vocabularies: Arc::new(vocabularies),
        })
    }

    /// The same with these skills, and no others, that can be ordered.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work, or a phrase cannot be read or has no sound.
    pub async fn with_skills(mut self, skills: Arc<Skills>) -> Result<Self, Error> {
        let dialogues: Vec<Arc<Dialogue>> = skills.dialogues().cloned().collect();
        for dialogue in dialogues {
            self.prepare(&dialogue).await?;
        }
        self.orders = Arc::new(ByLanguage {
            english: Orders::load(Language::En, &skills, &self.vocabularies, &self.lexicon).await?,
            french: Orders::load(Language::Fr, &skills, &self.vocabularies, &self.lexicon).await?,
        });
        self.skills = skills;
        Ok(self)
    }

    /// The skills that can be ordered.
    #[must_use]
    pub fn skills(&self) -> &Arc<Skills> {
        &self.skills
    }

    /// The lexicon that looks contacts up.
    #[must_use]
    pub fn lexicon(&self) -> &Arc<Lexicon> {
        &self.lexicon
    }

    /// Finds out what was meant. It takes about a millisecond for a hundred contacts: keep it off the frame path, as
    /// [`Brain::think`] does.
    #[must_use]
    pub fn interpret(
        &self,
        heard: &[PhoneToken],
        language: Language,
        expect: Expect,
        contacts: &Contacts,
    ) -> Understood {
        self.interpret_in(heard, language, expect, contacts, None)
    }

    /// The same with orders of skills that have an answer in them, which is read by the scene.
    fn interpret_in(
        &self,
        heard: &[PhoneToken],
        language: Language,
        expect: Expect,
        contacts: &Contacts,
        scene: Option<&Scene>,
    ) -> Understood {
        let command = self.command(heard, language, expect, contacts);
        let phones = self.lexicon.phones().known(heard);
        let number = self.number(&phones, language, expect);
        let order = scene
            .filter(|_| expect == Expect::Command)
            .and_then(|scene| self.order(&phones, language, scene));
        self.nearer(command, self.either(number, order), heard)
    }

    /// Of a number and an order, the nearer one; neither where both are as near.
    fn either(&self, number: Option<(Intent, f32)>, order: Option<(Intent, f32)>) -> Option<(Intent, f32)> {
        let (Some(number), Some(order)) = (&number, &order) else {
            return number.or(order);
        };
        let (nearer, other) = if number.1 < order.1 {
            (number, order)
        } else {
            (order, number)
        };
        match other.1 - nearer.1 >= self.limits.margin {
            true => Some(nearer.clone()),
            false => Some((Intent::NotUnderstood, nearer.1)),
        }
    }

    /// Of what is said as it stands, or with a contact's name in it.
    fn command(
        &self,
        heard: &[PhoneToken],
        language: Language,
        expect: Expect,
        contacts: &Contacts,
    ) -> Understood {
        let set = self.lexicon.phones();
        let phones = set.known(heard);
        let mut understood = Understood {
            heard: set.told(heard),
            words: words(heard),
            ..Understood::nothing()
        };
        let mut matcher = Matcher::new(set);
        let mut entries = self.entries(language, expect, contacts);
        entries.retain(|entry| self.may_be(entry, &phones, &mut matcher));
        let compared = entries
            .iter()
            .map(|entry| (entry.phones.as_slice(), entry.meaning));
        let best = matcher.best(&phones, compared);
        let Some(best) = best.filter(|_| !phones.is_empty()) else {
            return understood;
        };
        understood.score = Some(Score {
            distance: best.distance,
            margin: best.margin,
        });
        let of_best = entries.iter().filter(|entry| entry.meaning == best.meaning);
        let nearest = of_best.min_by(|one, other| {
            let mut distance = |entry: &Entry<'_>| matcher.distance(&phones, &entry.phones);
            distance(one).total_cmp(&distance(other))
        });
        let Some(nearest) = nearest else {
            return understood;
        };
        understood.intent = self.meant(&best, nearest, &phones, &entries, contacts);
        if !expect.takes(&understood.intent) {
            understood.intent = Intent::NotUnderstood;
        }
        if understood.intent == Intent::NotUnderstood {
            return understood;
        }
        if understood.intent == Intent::CallEmergency && self.is_another_number(nearest, &phones, language) {
            understood.intent = Intent::NotUnderstood;
        } else if understood.words.is_empty() {
            understood.words = nearest.placed(heard, set);
        }
        understood
    }

    /// Says whether what was heard in place of the number that a phrase ends with is clearly another number: four one one is no call for
    /// an ambulance, however near it is to nine one one.
    fn is_another_number(&self, entry: &Entry<'_>, phones: &[Phone], language: Language) -> bool {
        let set = self.lexicon.phones();
        let Some(begins) = self.ahead.number_at_end(language, &entry.phones, set) else {
            return false;
        };
        let mut matcher = Matcher::new(set);
        let places = matcher.places(phones, &entry.phones);
        let (number, heard) = (
            &entry.phones[begins..],
            &phones[places[begins]..places[entry.phones.len()]],
        );
        let other = self.ahead.nearest_number(language, heard, set);
        other.is_some_and(|other| other + CLEARLY <= matcher.cost(heard, number))
    }

    /// Looks up all that a dialogue listens for, so that its first question waits for nothing.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work.
    pub async fn prepare(&self, dialogue: &Dialogue) -> Result<(), lexicon::Error> {
        let mut kinds: SlotKinds = dialogue.slots.iter().map(|slot| slot.kind).collect();
        if kinds.has(SlotKind::Moment) {
            kinds = kinds.with(SlotKind::Date).with(SlotKind::Time);
        }
        let expect = Expect::Confirm(kinds);
        self.vocabularies
            .of(expect, dialogue.language, &self.lexicon)
            .await?;
        let phrases = dialogue.options.iter().flat_map(|option| &option.phrases);
        let phrases: Vec<&str> = phrases.map(String::as_str).collect();
        self.lexicon.pronounce_all(&phrases, dialogue.language).await?;
        Ok(())
    }

    /// Finds out what was meant where a dialogue asks for an answer: the answer, or what holds everywhere in a dialogue.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work: the words of a kind of answer are looked up when one is first asked for.
    pub async fn answered(
        self: Arc<Self>,
        turn: Turn,
        scene: Arc<Scene>,
    ) -> Result<Understood, lexicon::Error> {
        let vocabularies = self
            .vocabularies
            .of(turn.expect, turn.language, &self.lexicon)
            .await?;
        let compared = tokio::task::spawn_blocking(move || {
            let command = self.interpret(&turn.heard, turn.language, turn.expect, &turn.contacts);
            let phones = self.lexicon.phones();
            let heard = phones.known(&turn.heard);
            let mut matcher = Matcher::new(phones);
            let answer = answers::find(
                &heard,
                turn.language,
                turn.expect,
                &scene,
                &vocabularies,
                &mut matcher,
            );
            let told = answer.map(|answer| (Intent::Told(answer.values), answer.distance));
            self.nearer(command, told, &turn.heard)
        });
        Ok(compared.await.unwrap_or_else(|_| Understood::nothing()))
    }

    /// Of a command and what else it may be, with its distance, the nearer one; nothing where neither is near, or both are.
    fn nearer(&self, command: Understood, other: Option<(Intent, f32)>, heard: &[PhoneToken]) -> Understood {
        let Some((intent, distance)) = other else {
            return command;
        };
        let other = command.score.map_or(1.0, |score| score.distance);
        // A skill that is ordered either way, with an answer in the order or without, is ordered.
        let is_same = matches!((&command.intent, &intent), (Intent::Run(one), Intent::Run(other)) if one.skill == other.skill);
        if other < distance {
            // A command must be as much nearer than the answer as it is than other commands.
            let is_clear = is_same || distance - other >= self.limits.margin;
            let margin = (distance - other).min(command.score.map_or(0.0, |score| score.margin));
            let score = Some(Score {
                distance: other,
                margin,
            });
            return match is_clear {
                true => Understood { score, ..command },
                false => Understood {
                    intent: Intent::NotUnderstood,
                    score,
                    words: words(heard),
                    ..command
                },
            };
        }
        let margin = other - distance;
        let is_clear = distance <= self.limits.distance && (is_same || margin >= self.limits.margin);
        Understood {
            intent: if is_clear { intent } else { Intent::NotUnderstood },
            score: Some(Score { distance, margin }),
            // Not those of a command that it is not.
            words: words(heard),
            ..command
        }
    }

    /// Finds the contacts of whom an order would sound most like what was heard, nearest first, each once and at most `most`.
    #[cfg(feature = "chat")]
    pub(crate) fn nearest<'c>(&'c self, turn: &'c Turn, most: usize) -> Vec<&'c ContactId> {
        let phones = self.lexicon.phones();
        let heard = phones.known(&turn.heard);
        let mut matcher = Matcher::new(phones);
        let mut least: HashMap<&ContactId, f32> = HashMap::new();
        for entry in self.entries(turn.language, turn.expect, &turn.contacts) {
            if let Some(contact) = entry.meaning.contact {
                let distance = matcher.distance(&heard, &entry.phones);
                let known = least.entry(contact).or_insert(distance);
                *known = known.min(distance);
            }
        }
        let mut nearest: Vec<(&ContactId, f32)> = least.into_iter().collect();
        nearest.sort_by(|(left, near), (right, far)| {
            near.total_cmp(far)
                .then_with(|| left.as_str().cmp(right.as_str()))
        });
        nearest
            .into_iter()
            .take(most)
            .map(|(contact, _)| contact)
            .collect()
    }

    /// The phrases that may be said at a place, ours, an operator's and those of skills.
    fn templates(&self, language: Language, expect: Expect) -> impl Iterator<Item = &Template> {
        let kinds = Kind::expected(expect);
        let orders = &self.orders.of(language).phrases;
        self.phrases.of(language).of(kinds).chain(orders.of(kinds))
    }

    fn entries<'c>(&'c self, language: Language, expect: Expect, contacts: &'c Contacts) -> Vec<Entry<'c>> {
        let mut entries = Vec::new();
        for template in self.templates(language, expect) {
            match &template.sound {
                Sound::Words(_) => entries.push(Entry::new(template, None)),
                Sound::Around { .. } if template.kind.slot() == Some(CONTACT) => {
                    let all = contacts.spoken.iter().chain(&contacts.shared);
                    let named = all.flat_map(|contact| {
                        let sounds = contact.sounds.iter().enumerate();
                        sounds.map(move |(place, sound)| Named {
                            contact,
                            sound,
                            by_other_language: place > 0,
                        })
                    });
                    entries.extend(named.map(|named| Entry::new(template, Some(named))));
                }
                // Numbers are too many to be compared one by one.
                Sound::Around { .. } => {}
            }
        }
        entries
    }
}

impl Brain for Grammar {
    /// Thinks on a thread that may take its time: a thousand contacts take some milliseconds.
    fn think(self: Arc<Self>, turn: Turn) -> Thinking {
        if let Some(scene) = turn.scene.clone().filter(|_| turn.expect.is_of_dialogue()) {
            return Box::pin(async move {
                let answered = self.answered(turn, scene).await;
                Ok(answered.unwrap_or_else(|error| Understood {
                    remarks: vec![Remark::Failed {
                        brain: "the grammar".to_owned(),
                        reason: error.to_string(),
                    }],
                    ..Understood::nothing()
                }))
            });
        }
        let thought = tokio::task::spawn_blocking(move || {
            let scene = turn.scene.as_deref();
            self.interpret_in(&turn.heard, turn.language, turn.expect, &turn.contacts, scene)
        });
        Box::pin(async move {
            thought
                .await
                .map_err(|_| brain::Error::Panicked { brain: "the grammar" })
        })
    }

    fn foresee(self: Arc<Self>, turn: Turn) -> Foreseeing {
        if let Some(scene) = turn.scene.clone().filter(|_| turn.expect.is_of_dialogue()) {
            return Box::pin(async move {
                let outlook = self.outlook_of_answer(turn, scene).await;
                outlook.unwrap_or_default()
            });
        }
        let outlook = tokio::task::spawn_blocking(move || {
            self.outlook(&turn.heard, turn.language, turn.expect, &turn.contacts)
        });
        Box::pin(async move {
            // A defect costs the speaker's time, not his call.
            outlook.await.unwrap_or_default()
        })
    }

    fn aside(&self, heard: &[PhoneToken], language: Language) -> Aside {
        Self::aside(self, heard, language)
    }
}

#[cfg(test)]
mod tests;
