//! Orders of skills: how they are said, also with an answer in them, such as "book a table for {day}".

use std::{collections::HashMap, sync::Arc};

use evatel_core::{
    account::Language,
    dialogue::{Dialogue, OptionId, SlotKind, Value},
    intent::Intent,
    skill::{Order, Ordered, SkillId, Skills},
};

use super::{
    Error, Grammar,
    answers::{self, Vocabularies},
    file::{Fault, FileError, Phrase, PhraseFile},
    kind::{Kind, Skilled},
    pattern,
    phrases::{Phrases, Sound, Template},
};
use crate::{
    brain::Scene,
    decoder::{Lists, PIECE, Reading, Stage, Staged},
    lexicon::{Lexicon, Phone, Pronunciation},
    matcher::Matcher,
};

/// A word of an answer.
#[derive(Clone, Debug, PartialEq)]
enum Piece {
    Option(OptionId),
    Word(String),
}

/// How skills are ordered in one language.
#[derive(Debug, Default)]
pub(super) struct Orders {
    pub(super) phrases: Phrases,
    answers: Answers,
}

/// How the answers sound that stand in phrases.
#[derive(Debug, Default)]
struct Answers {
    lists: Vec<Vec<(Piece, Vec<Phone>)>>,
    /// The kind of an answer, and its place among the lists.
    slots: HashMap<(SkillId, usize), (SlotKind, usize)>,
}

/// How many readings are looked at.
const READINGS: usize = 12;
/// Readings that cost at most so much more than the best may be meant as well.
const AS_LIKELY: f32 = 0.35;
/// More than these are not asked about, one by one.
const MOST_ASKED: usize = 3;

/// Gives the first phrase of a skill that cannot be read, and why.
pub(crate) fn check_phrases(ordered: &Ordered) -> Option<(&str, String)> {
    ordered
        .phrases
        .iter()
        .find_map(|phrase| match read(phrase, ordered) {
            Ok(_) => None,
            Err(fault) => Some((phrase.as_str(), fault.to_string())),
        })
}

/// Each way of saying a phrase, with the slot that stands in it.
fn read(phrase: &str, ordered: &Ordered) -> Result<Vec<(String, Option<usize>)>, Fault> {
    let names = ordered.dialogue.slots.iter().map(|slot| slot.name.as_str());
    let names: Vec<&str> = names.collect();
    let ways = pattern::ways(phrase, &names).map_err(|why| Fault::Phrase {
        phrase: phrase.to_owned(),
        why,
    })?;
    let with_slot = ways.into_iter().map(|way| {
        let mut slots = (0..names.len()).filter(|slot| way.contains(&format!("{{{}}}", names[*slot])));
        let slot = slots.next();
        if slots.next().is_some() {
            return Err(Fault::SeveralSlots { phrase: way });
        }
        let kind = slot.map(|slot| ordered.dialogue.slots[slot].kind);
        match kind.filter(|kind| kind.is_recorded() || *kind == SlotKind::YesNo) {
            Some(kind) => Err(Fault::SlotKind { phrase: way, kind }),
            None => Ok((way, slot)),
        }
    });
    with_slot.collect()
}

/// The phrases of skills in a language, a file for each skill; a line of it is a phrase.
fn files(language: Language, skills: &Skills) -> Result<Vec<PhraseFile>, FileError> {
    let mut files = Vec::new();
    for (id, skill, ordered) in skills.in_language(language) {
        let name = format!("skill {} ({language})", skill.name);
        let mut phrases: Vec<Phrase> = Vec::new();
        for (line, phrase) in (1..).zip(&ordered.phrases) {
            let read = read(phrase, ordered).map_err(|fault| FileError {
                file: name.clone(),
                line,
                fault,
            })?;
            phrases.extend(read.into_iter().map(|(way, slot)| Phrase {
                language,
                kind: Kind::Run,
                skilled: Some(Skilled { skill: id, slot }),
                line,
                ways: vec![way],
            }));
        }
        files.push(PhraseFile { name, phrases });
    }
    Ok(files)
}

impl Orders {
    /// Looks up how the phrases sound, and the answers that stand in them.
    pub(super) async fn load(
        language: Language,
        skills: &Skills,
        vocabularies: &Vocabularies,
        lexicon: &Lexicon,
    ) -> Result<Self, Error> {
        Ok(Self {
            phrases: Phrases::load(language, &files(language, skills)?, lexicon).await?,
            answers: Answers::load(language, skills, vocabularies, lexicon).await?,
        })
    }
}

impl Answers {
    async fn load(
        language: Language,
        skills: &Skills,
        vocabularies: &Vocabularies,
        lexicon: &Lexicon,
    ) -> Result<Self, Error> {
        let mut answers = Self::default();
        let mut of_kind: HashMap<SlotKind, usize> = HashMap::new();
        for (skill, slot, dialogue) in slots_in_phrases(language, skills) {
            let kind = dialogue.slots[slot].kind;
            let list = match (kind, of_kind.get(&kind)) {
                (SlotKind::Choice, _) => answers.add(options(slot, &dialogue, lexicon).await?),
                (_, Some(list)) => *list,
                (_, None) => {
                    let words = vocabularies.of_kind(kind, language, lexicon).await?;
                    let pieces = words.0.iter().cloned();
                    let pieces = pieces.map(|(word, phones)| (Piece::Word(word), phones));
                    let list = answers.add(pieces.collect());
                    of_kind.insert(kind, list);
                    list
                }
            };
            answers.slots.insert((skill, slot), (kind, list));
        }
        Ok(answers)
    }

    /// Takes a list, and gives its place.
    fn add(&mut self, list: Vec<(Piece, Vec<Phone>)>) -> usize {
        self.lists.push(list);
        self.lists.len() - 1
    }
}

/// The slots that stand in phrases, each once.
fn slots_in_phrases(language: Language, skills: &Skills) -> Vec<(SkillId, usize, Arc<Dialogue>)> {
    let mut found: Vec<(SkillId, usize, Arc<Dialogue>)> = Vec::new();
    for (skill, _, ordered) in skills.in_language(language) {
        let phrases = ordered.phrases.iter().flat_map(|phrase| read(phrase, ordered));
        for slot in phrases.flatten().filter_map(|(_, slot)| slot) {
            if found
                .iter()
                .all(|(known, other, _)| (*known, *other) != (skill, slot))
            {
                found.push((skill, slot, ordered.dialogue.clone()));
            }
        }
    }
    found
}

/// How the options of a choice sound. A phrase that cannot be pronounced is left out: its key is left.
async fn options(
    slot: usize,
    dialogue: &Dialogue,
    lexicon: &Lexicon,
) -> Result<Vec<(Piece, Vec<Phone>)>, Error> {
    let of_slot = dialogue.options_of(dialogue.slots[slot].asked_by);
    let spoken =
        of_slot.flat_map(|(id, option)| option.phrases.iter().map(move |phrase| (id, phrase.as_str())));
    let (ids, phrases): (Vec<OptionId>, Vec<&str>) = spoken.unzip();
    let sounds = lexicon.pronounce_all(&phrases, dialogue.language).await?;
    let pieces = ids.into_iter().zip(sounds).filter_map(|(id, sound)| match sound {
        Pronunciation::Phones(phones) => Some((Piece::Option(id), phones)),
        Pronunciation::Unpronounceable { .. } => None,
    });
    Ok(pieces.collect())
}

/// An order that was heard.
struct Heard {
    order: Order,
    distance: f32,
}

impl Grammar {
    /// Finds the order with an answer in it that what was heard is most likely, with its distance; nothing is understood where two skills
    /// are as likely.
    pub(super) fn order(&self, heard: &[Phone], language: Language, scene: &Scene) -> Option<(Intent, f32)> {
        let Orders { phrases, answers } = self.orders.of(language);
        let mut matcher = Matcher::new(self.lexicon.phones());
        let pieces = answers
            .lists
            .iter()
            .map(|list| list.iter().map(|(_, phones)| phones.as_slice()));
        let mut lists = Lists::new(heard, pieces.map(Iterator::collect).collect());
        let mut nearest: Option<Heard> = None;
        // How near another skill is.
        let mut other = f32::INFINITY;
        for template in phrases.of(&[Kind::Run]) {
            let Some(found) = self.said_with(
                template,
                answers,
                heard,
                language,
                scene,
                (&mut lists, &mut matcher),
            ) else {
                continue;
            };
            match &mut nearest {
                Some(nearest) if found.distance >= nearest.distance => {
                    if found.order.skill != nearest.order.skill {
                        other = other.min(found.distance);
                    }
                }
                _ => {
                    let before = nearest.replace(found);
                    let is_other = |before: &Heard| {
                        nearest
                            .as_ref()
                            .is_some_and(|nearest| nearest.order.skill != before.order.skill)
                    };
                    if let Some(before) = before.filter(is_other) {
                        other = before.distance;
                    }
                }
            }
        }
        let Heard { order, distance } = nearest?;
        let is_clear = other - distance >= self.limits.margin;
        let intent = if is_clear {
            Intent::Run(order)
        } else {
            Intent::NotUnderstood
        };
        Some((intent, distance))
    }

    /// What was heard as one phrase with an answer in it.
    fn said_with(
        &self,
        template: &Template,
        answers: &Answers,
        heard: &[Phone],
        language: Language,
        scene: &Scene,
        (lists, matcher): (&mut Lists<'_>, &mut Matcher<'_>),
    ) -> Option<Heard> {
        let Skilled { skill, slot } = template.skilled?;
        let slot = slot?;
        let (kind, list) = *answers.slots.get(&(skill, slot))?;
        let Sound::Around { before, after } = &template.sound else {
            return None;
        };
        let said = |phones| Some(Stage::Once(phones)).filter(|_| !<[Phone]>::is_empty(phones));
        let course = [
            said(before.as_slice()),
            Some(Stage::Some(list)),
            said(after.as_slice()),
        ];
        let course: Vec<Stage<'_>> = course.into_iter().flatten().collect();
        let readings = lists.follow(matcher, &course, READINGS);
        let values_of = |reading: &Reading<Staged>| -> Vec<Value> {
            let of_list = reading
                .pieces
                .iter()
                .filter(|(stage, _)| course[*stage] == Stage::Some(list));
            let pieces: Vec<&Piece> = of_list.map(|(_, piece)| &answers.lists[list][*piece].0).collect();
            match pieces.as_slice() {
                [Piece::Option(option)] => vec![Value::Choice(*option)],
                pieces => {
                    let words: Option<Vec<&str>> = pieces
                        .iter()
                        .map(|piece| match piece {
                            Piece::Word(word) => Some(word.as_str()),
                            Piece::Option(_) => None,
                        })
                        .collect();
                    let words = words.unwrap_or_default().join(" ");
                    answers::values(&words, language, &[kind], scene)
                }
            }
        };
        let mut readings = readings.iter().map(|reading| (reading, values_of(reading)));
        let (first, mut values) = readings.find(|(_, values)| !values.is_empty())?;
        let as_likely = readings.take_while(|(reading, _)| reading.cost <= first.cost + AS_LIKELY);
        for value in as_likely.flat_map(|(_, values)| values) {
            if values.len() < MOST_ASKED && !values.contains(&value) {
                values.push(value);
            }
        }
        let sound = first.cost - PIECE * first.pieces.len() as f32;
        Some(Heard {
            order: Order {
                skill,
                told: vec![(slot, values)],
            },
            distance: (sound.max(0.0) / heard.len() as f32).min(1.0),
        })
    }
}
