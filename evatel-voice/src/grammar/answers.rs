//! Answers in what was heard: pieces of the words that an answer of a kind is made of, put together and read.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use evatel_core::{
    account::Language,
    dialogue::{OptionId, SlotKind, Value},
    flow::Expect,
    number::Dialled,
};

use crate::{
    brain::Scene,
    decoder,
    lexicon::{Error, Lexicon, Phone, Pronunciation},
    matcher::Matcher,
    spoken::{self, Meaning},
};

/// The pieces of each kind and language, looked up when one is first asked for.
#[derive(Debug, Default)]
pub(super) struct Vocabularies(Mutex<Known>);

/// How the pieces of an answer sound.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(pub(super) Vec<(String, Vec<Phone>)>);

/// An answer that was heard.
#[derive(Debug, PartialEq)]
pub(super) struct Answer {
    /// What it may be, the likelier first.
    pub(super) values: Vec<Value>,
    /// How far what was heard is from what it was read as, 0 to 1.
    pub(super) distance: f32,
    /// The words of the likeliest; none of an option.
    text: String,
}

/// How many readings are looked at.
const READINGS: usize = 12;
/// Readings that cost at most so much more than the best may be meant as well: less than one sound that is taken for another.
const AS_LIKELY: f32 = 0.35;
/// More than these are not asked about, one by one.
const MOST_ASKED: usize = 3;

impl Vocabularies {
    /// The pieces of all kinds that are listened for.
    pub(super) async fn of(
        &self,
        expect: Expect,
        language: Language,
        lexicon: &Lexicon,
    ) -> Result<Vec<Arc<Vocabulary>>, Error> {
        let mut all = Vec::new();
        for kind in kinds(expect) {
            all.push(self.of_kind(kind, language, lexicon).await?);
        }
        Ok(all)
    }

    /// The pieces of digits in a row.
    pub(super) async fn digits(
        &self,
        language: Language,
        lexicon: &Lexicon,
    ) -> Result<Arc<Vocabulary>, Error> {
        self.of_kind(SlotKind::Digits, language, lexicon).await
    }

    pub(super) async fn of_kind(
        &self,
        kind: SlotKind,
        language: Language,
        lexicon: &Lexicon,
    ) -> Result<Arc<Vocabulary>, Error> {
        let known = self.known().get(&(language, kind)).cloned();
        if let Some(vocabulary) = known {
            return Ok(vocabulary);
        }
        let pieces = spoken::pieces(kind, language);
        let texts: Vec<&str> = pieces.iter().map(String::as_str).collect();
        let sounds = lexicon.pronounce_all(&texts, language).await?;
        let spoken = pieces
            .iter()
            .zip(sounds)
            .filter_map(|(piece, sound)| match sound {
                Pronunciation::Phones(phones) => Some((piece.clone(), phones)),
                Pronunciation::Unpronounceable { .. } => None,
            });
        let vocabulary = Arc::new(Vocabulary(spoken.collect()));
        self.known().insert((language, kind), vocabulary.clone());
        Ok(vocabulary)
    }

    fn known(&self) -> std::sync::MutexGuard<'_, Known> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Known = HashMap<(Language, SlotKind), Arc<Vocabulary>>;

/// The kinds that are listened for.
fn kinds(expect: Expect) -> Vec<SlotKind> {
    let all = SlotKind::ALL.iter().map(|(_, kind)| *kind);
    match expect {
        Expect::Slot(kind) => vec![kind],
        Expect::Confirm(kinds) => all.filter(|kind| kinds.has(*kind)).collect(),
        _ => Vec::new(),
    }
}

/// Finds the answer that what was heard is most likely.
pub(super) fn find(
    heard: &[Phone],
    language: Language,
    expect: Expect,
    scene: &Scene,
    vocabularies: &[Arc<Vocabulary>],
    matcher: &mut Matcher<'_>,
) -> Option<Answer> {
    let words = vocabularies.iter().flat_map(|vocabulary| &vocabulary.0);
    let words: Vec<&(String, Vec<Phone>)> = words.collect();
    let options = scene.options.iter().map(|(_, phones)| phones.as_slice());
    let pieces: Vec<&[Phone]> = words
        .iter()
        .map(|(_, phones)| phones.as_slice())
        .chain(options)
        .collect();
    let kinds = kinds(expect);
    let mut found: Option<Answer> = None;
    let mut least = 0.0;
    for reading in decoder::read(matcher, heard, &pieces, READINGS) {
        if found.is_some() && reading.cost > least + AS_LIKELY {
            break;
        }
        let mut text: Vec<&str> = Vec::new();
        let mut chosen = Vec::new();
        for piece in &reading.pieces {
            match words.get(*piece) {
                Some((word, _)) => text.push(word),
                None => chosen.push(scene.options[piece - words.len()].0),
            }
        }
        let values = match chosen.as_slice() {
            [] => values(&text.join(" "), language, &kinds, scene),
            [first, more @ ..] if more.iter().all(|other| other == first) => vec![Value::Choice(*first)],
            _ => Vec::new(),
        };
        if values.is_empty() {
            continue;
        }
        let answer = found.get_or_insert_with(|| {
            least = reading.cost;
            let sound = reading.cost - decoder::PIECE * reading.pieces.len() as f32;
            Answer {
                values: Vec::new(),
                distance: (sound.max(0.0) / heard.len() as f32).min(1.0),
                text: text.join(" "),
            }
        });
        for value in values {
            if answer.values.len() < MOST_ASKED && !answer.values.contains(&value) {
                answer.values.push(value);
            }
        }
    }
    found
}

impl Answer {
    /// Says whether one word more would make another answer of it: "quinze heures" may become "quinze heures trente".
    pub(super) fn may_grow(
        &self,
        language: Language,
        expect: Expect,
        scene: &Scene,
        vocabularies: &[Arc<Vocabulary>],
    ) -> bool {
        let kinds = kinds(expect);
        let read = |text: &str| values(text, language, &kinds, scene);
        let words = vocabularies.iter().flat_map(|vocabulary| &vocabulary.0);
        let mut growing = words.filter(|(word, _)| {
            let longer = read(&format!("{} {word}", self.text));
            // What is an answer by itself takes its place and adds nothing.
            !longer.is_empty() && longer != self.values && read(word).is_empty()
        });
        !self.text.is_empty() && growing.next().is_some()
    }

    /// The option that it chooses.
    pub(super) fn choice(&self) -> Option<OptionId> {
        self.values.iter().find_map(|value| match value {
            Value::Choice(option) => Some(*option),
            _ => None,
        })
    }

    /// Says whether it is digits, which have no length of their own.
    pub(super) fn is_of_digits(&self) -> bool {
        let is_of_digits = |value: &Value| matches!(value, Value::Digits(_) | Value::Number(_));
        self.values.iter().any(is_of_digits)
    }
}

/// Reads a text as an answer of the first kind that it is one of. Where moments are asked for, a day or a time alone is one only if
/// it is asked for, too.
pub(crate) fn values(text: &str, language: Language, kinds: &[SlotKind], scene: &Scene) -> Vec<Value> {
    let asks = |kind| kinds.contains(&kind);
    let day = || all(spoken::date(text, language, scene.now.date()), Value::Date);
    let time = || all(spoken::time(text, language), Value::Time);
    let moment = || all(spoken::moment(text, language, &scene.now), Value::Moment);
    let is_moment =
        asks(SlotKind::Moment) && (!asks(SlotKind::Date) || (!day().is_empty() && !time().is_empty()));
    let length = || all(spoken::duration(text, language), Value::Duration);
    let amount = || all(spoken::amount(text, language, scene.currency), Value::Amount);
    let digits = || all(spoken::digits(text, language), Value::Digits);
    let number = || {
        let meaning = spoken::number(text, language, &scene.plan);
        let dialled = meaning.iter().flat_map(Meaning::candidates);
        let numbers = dialled.filter_map(|dialled| match dialled {
            Dialled::Number(number) => Some(Value::Number(number.clone())),
            _ => None,
        });
        numbers.collect()
    };
    let readers: [(bool, &dyn Fn() -> Vec<Value>); 7] = [
        (is_moment, &moment),
        (asks(SlotKind::Time), &time),
        (asks(SlotKind::Date), &day),
        (asks(SlotKind::Duration), &length),
        (asks(SlotKind::Amount), &amount),
        (asks(SlotKind::Number), &number),
        (asks(SlotKind::Digits), &digits),
    ];
    readers
        .into_iter()
        .filter(|(asked, _)| *asked)
        .map(|(_, read)| read())
        .find(|values| !values.is_empty())
        .unwrap_or_default()
}

fn all<T: Clone + PartialEq>(meaning: Option<Meaning<T>>, value: impl Fn(T) -> Value) -> Vec<Value> {
    let candidates = meaning.iter().flat_map(Meaning::candidates);
    candidates.cloned().map(value).take(MOST_ASKED).collect()
}
