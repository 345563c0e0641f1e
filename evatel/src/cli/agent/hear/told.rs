//! What was heard, as documents and rows.

use std::time::Duration;

use evatel_core::{
    dialogue::{self, OptionId},
    flow::SpokenOption,
    intent::Intent,
    skill::{Order, Skills},
};
use evatel_voice::{
    agent::{HeardTurn, Question},
    progress::ProgressEvent,
    transcribe::{Partial, PhoneToken, Word},
};
use serde_json::{Value, json};

use super::super::super::desk::Desk;

/// What turns are told by.
pub(super) struct Teller<'a> {
    pub(super) question: &'a Question,
    pub(super) skills: &'a Skills,
    pub(super) options: &'a [SpokenOption],
}

impl Teller<'_> {
    pub(super) fn document(&self, turn: &HeardTurn, with_partials: bool) -> Value {
        let rounded = |value: f32| f64::from((value * 1000.0).round()) / 1000.0;
        let mut document = json!({
            "from": seconds(turn.utterance.from),
            "to": seconds(turn.utterance.to),
            "pause": seconds(turn.utterance.pause),
            "end": turn.utterance.end.word(),
            "heard": turn.understood.heard,
            "words": timed_words(&turn.understood.words),
            "phones": timed(&turn.tokens),
            "intent": turn.understood.intent.word(),
            "slots": self.slots(&turn.understood.intent),
            "distance": turn.understood.score.map(|score| rounded(score.distance)),
            "margin": turn.understood.score.map(|score| rounded(score.margin)),
        });
        if with_partials {
            let partial =
                |partial: &Partial| json!({"stable": timed(partial.stable()), "open": timed(partial.open())});
            document["partials"] = turn.partials.iter().map(partial).collect();
        }
        document
    }

    pub(super) fn row(&self, file: &str, turn: &HeardTurn) -> [String; 8] {
        let intent = &turn.understood.intent;
        let values: Vec<String> = match intent {
            Intent::Told(values) => values.iter().map(|value| self.typed(value)).collect(),
            Intent::Run(order) => {
                let told = self.ordered(order).into_iter();
                told.map(|(name, values)| format!("{name}: {}", values.join(" / ")))
                    .collect()
            }
            intent => self.named(intent).into_iter().map(str::to_owned).collect(),
        };
        let score = |value: Option<f32>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
        [
            file.to_owned(),
            format!("{:.2}", turn.utterance.from.as_secs_f32()),
            format!("{:.2}", turn.utterance.to.as_secs_f32()),
            intent.word().to_owned(),
            if values.is_empty() {
                "-".to_owned()
            } else {
                values.join(" / ")
            },
            score(turn.understood.score.map(|score| score.distance)),
            score(turn.understood.score.map(|score| score.margin)),
            turn.understood.heard.clone(),
        ]
    }

    /// The slots by name: a contact, or an answer by its kind; `…_one_of` where it may be any of several, which a dialogue would ask.
    fn slots(&self, intent: &Intent) -> Value {
        let mut slots = serde_json::Map::new();
        match intent {
            Intent::Told(values) => {
                let kind = values.first().map(|value| value.kind().to_string());
                let typed: Vec<String> = values.iter().map(|value| self.typed(value)).collect();
                match (kind, &typed[..]) {
                    (Some(kind), [one]) => _ = slots.insert(kind, json!(one)),
                    (Some(kind), several) => _ = slots.insert(format!("{kind}_one_of"), json!(several)),
                    (None, _) => {}
                }
            }
            Intent::Run(order) => {
                for (name, mut values) in self.ordered(order) {
                    match values.len() {
                        1 => _ = slots.insert(name, json!(values.remove(0))),
                        _ => _ = slots.insert(format!("{name}_one_of"), json!(values)),
                    }
                }
            }
            intent => match self.named(intent)[..] {
                [] => {}
                [name] => _ = slots.insert("contact".to_owned(), name.into()),
                ref several => _ = slots.insert("contacts".to_owned(), json!(several)),
            },
        }
        slots.into()
    }

    /// The skill that is ordered, and what was told with it: what each may be.
    fn ordered(&self, order: &Order) -> Vec<(String, Vec<String>)> {
        let language = self.question.language;
        let skill = self.skills.get(order.skill);
        let Some((skill, ordered)) = skill.and_then(|skill| Some((skill, skill.ordered(language)?))) else {
            return Vec::new();
        };
        let dialogue = &ordered.dialogue;
        let told = order.told.iter().map(|(slot, values)| {
            let written = values.iter().map(|value| match value {
                dialogue::Value::Choice(OptionId(id)) => dialogue.options[usize::from(*id)].name.clone(),
                value => value.written(),
            });
            (dialogue.slots[*slot].name.clone(), written.collect())
        });
        [("skill".to_owned(), vec![skill.name.clone()])]
            .into_iter()
            .chain(told)
            .collect()
    }

    /// An answer as a program reads it: an option by its first phrase.
    fn typed(&self, value: &dialogue::Value) -> String {
        match value {
            dialogue::Value::Choice(chosen) => {
                let option = self.options.iter().find(|option| option.id == *chosen);
                option
                    .and_then(|option| option.phrases.first())
                    .cloned()
                    .unwrap_or_default()
            }
            value => value.written(),
        }
    }

    /// Who was named; several where it may have been any of them.
    fn named(&self, intent: &Intent) -> Vec<&str> {
        let all = &self.question.contacts.spoken;
        let named = intent.contacts().iter();
        let spoken = named.filter_map(|id| all.iter().find(|spoken| spoken.id == *id));
        spoken.map(|spoken| &*spoken.name).collect()
    }
}

pub(super) fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}

pub(super) fn progress_document(event: &ProgressEvent) -> Value {
    match *event {
        ProgressEvent::Decided { who, at } => json!({"who": who.word(), "at": seconds(at)}),
        ProgressEvent::Beep { at, hz } => json!({"beep": hz, "at": seconds(at)}),
        _ => Value::Null,
    }
}

pub(super) fn progress_row(file: &str, event: &ProgressEvent, desk: &Desk<'_>) -> [String; 3] {
    let (at, what) = match *event {
        ProgressEvent::Decided { who, at } => (at, desk.say(&format!("answered-{}", who.word()), &[])),
        ProgressEvent::Beep { at, hz } => (at, desk.say("answered-beep", &[("hz", &hz.to_string())])),
        _ => (Duration::ZERO, String::new()),
    };
    [file.to_owned(), format!("{:.2}", at.as_secs_f32()), what]
}

pub(super) fn partial_row(file: &str, partial: &Partial) -> [String; 4] {
    let last = partial.tokens.last().map_or(0, |token| token.at_ms);
    [
        file.to_owned(),
        format!("{:.2}", Duration::from_millis(last.into()).as_secs_f32()),
        in_a_row(partial.stable()),
        in_a_row(partial.open()),
    ]
}

/// Words, each with when it began and when its last sound did, in the file.
fn timed_words(words: &[Word]) -> Value {
    let words = words.iter().map(|word| {
        let at = |ms: u32| seconds(Duration::from_millis(ms.into()));
        json!({"word": &*word.text, "from": at(word.from_ms), "to": at(word.to_ms)})
    });
    words.collect()
}

/// Phones, each with its time in the file.
fn timed(tokens: &[PhoneToken]) -> Value {
    let tokens = tokens.iter().map(|token| {
        let at = Duration::from_millis(token.at_ms.into());
        json!({"phone": token.phone, "at": seconds(at)})
    });
    tokens.collect()
}

fn in_a_row(tokens: &[PhoneToken]) -> String {
    let phones: Vec<&str> = tokens.iter().map(|token| token.phone.as_str()).collect();
    phones.join(" ")
}
