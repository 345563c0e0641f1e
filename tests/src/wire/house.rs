//! The house of a scenario as a world, and the voices of its callers.

use std::{collections::BTreeMap, path::PathBuf};

use evatel_core::account::Language;
use evatel_voice::scenario::{CallerVoice, NOW, Scenario};

use super::log;
use crate::{
    sipp::Behaviour,
    world::{DID, Known, Options},
};

/// Who always lives in a scenario's house.
const OWNER: &str = "Luc Roy";
const CONTACTS: [(&str, &str); 3] = [
    ("Marie Tremblay", "+15145550142"),
    ("Mario Roy", "+15145550143"),
    ("Pierre Dupont", "+33142764978"),
];

/// Voices that were never in the recogniser's training, in turn; very low and very high ones are left out.
const FRENCH: [&str; 3] = ["fr+m3", "fr+f2", "fr+m7"];
const ENGLISH: [&str; 3] = ["en-us+m3", "en-us+f2", "en-us+m7"];

/// What sets one scenario's house apart from another's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct House {
    language: &'static str,
    pin: Option<String>,
    records_calls: bool,
    own: Vec<(String, String, Vec<String>)>,
    /// What answers the number in place of the assistant.
    dialogue: Option<PathBuf>,
    /// Where a PIN is tried, what was tried before would count.
    alone: Option<String>,
}

impl House {
    pub(super) fn of(scenario: &Scenario) -> Self {
        let own = scenario.contacts.iter().map(|contact| {
            let nicknames = contact.nicknames.iter().map(ToString::to_string).collect();
            (contact.name.to_string(), contact.number.to_string(), nicknames)
        });
        Self {
            language: word(scenario.language),
            pin: scenario.pin.clone(),
            records_calls: scenario.records_calls,
            own: own.collect(),
            dialogue: scenario.dialogue.clone(),
            alone: scenario.pin.as_ref().map(|_| scenario.title.clone()),
        }
    }

    pub(super) fn options(&self) -> Options {
        let own = self.own.iter().map(|(name, number, nicknames)| Known {
            name: name.clone(),
            number: number.clone(),
            nicknames: nicknames.clone(),
        });
        let dialogue = |file: &PathBuf| format!("\n[[calls.dialogues]]\nnumber = {DID:?}\nfile = {file:?}\n");
        Options {
            language: self.language,
            records_calls: self.records_calls,
            phone: Behaviour::Ring,
            owner: OWNER.to_owned(),
            pin: self.pin.clone(),
            contacts: CONTACTS.map(Known::new).into_iter().chain(own).collect(),
            closes_abroad: false,
            log: Some(log::FILTER),
            settings: self.dialogue.as_ref().map(dialogue).unwrap_or_default(),
            now: self.dialogue.as_ref().map(|_| NOW),
            ..Options::default()
        }
    }

    /// Gives the name by which a scenario knows a number.
    pub(super) fn name_of(&self, number: &str) -> String {
        let digits = |text: &str| text.trim_start_matches("+1").trim_start_matches('+').to_owned();
        let wanted = digits(number);
        let own = self
            .own
            .iter()
            .map(|(name, number, _)| (name.as_str(), number.as_str()));
        let mut known = CONTACTS.into_iter().chain(own).chain([(OWNER, DID)]);
        match known.find(|(_, number)| wanted == digits(number) || wanted.ends_with(&digits(number))) {
            Some((name, _)) => name.to_owned(),
            None if wanted.len() == 10 => format!("+1{wanted}"),
            None => wanted,
        }
    }

    pub(super) fn owner() -> &'static str {
        OWNER
    }
}

/// Gives each scenario that names no voice one of the list, in turn.
#[derive(Debug, Default)]
pub(super) struct Voices(BTreeMap<&'static str, usize>);

impl Voices {
    pub(super) fn give(&mut self, scenario: &mut Scenario) -> String {
        if let Some(voice) = &scenario.voice {
            return voice.name.clone();
        }
        let list = match scenario.language {
            Language::Fr => FRENCH,
            Language::En => ENGLISH,
        };
        let turn = self.0.entry(word(scenario.language)).or_default();
        let name = list[*turn % list.len()].to_owned();
        *turn += 1;
        scenario.voice = Some(CallerVoice {
            name: name.clone(),
            speed: 155,
            pitch: 50,
        });
        name
    }
}

fn word(language: Language) -> &'static str {
    match language {
        Language::En => "en",
        Language::Fr => "fr",
    }
}
