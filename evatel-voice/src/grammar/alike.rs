//! Phrases that sound alike and mean different things: whoever says one may be taken to have said the other.

use evatel_core::{account::Language, dialogue::SlotKind, flow::Expect};

use super::{
    Grammar,
    kind::NUMBER,
    phrases::{Sound, Template},
};
use crate::{lexicon::Phone, matcher::Matcher};

/// Two phrases of different intents that may be said at the same place and are too near to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct Alike {
    /// In which language.
    pub language: Language,
    /// Where both may be said.
    pub expect: Expect,
    /// One.
    pub one: Place,
    /// The other.
    pub other: Place,
    /// How far the two are from each other: 0 is the same sound.
    pub distance: f32,
    /// Neither is ever understood there: the distance is below the margin that the grammar asks for.
    pub never_understood: bool,
}

/// A phrase and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The phrase.
    pub phrase: String,
    /// What it means.
    pub intent: &'static str,
    /// The file's name.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
}

/// Phrases of different intents that are nearer than this are told: a word or two of noise is enough to confuse them.
pub const NEAR: f32 = 0.2;

/// Where something may be said.
const PLACES: [Expect; 6] = [
    Expect::AcceptRefuse,
    Expect::AfterFailure,
    Expect::Command,
    Expect::Name,
    Expect::Slot(SlotKind::YesNo),
    Expect::YesNo,
];

impl Grammar {
    /// Compares all phrases that may be said at one place and mean different things, and gives those nearer than [`NEAR`], the nearest
    /// first. Of contacts there is one only, whose name resembles no phrase.
    #[must_use]
    pub fn alike(&self) -> Vec<Alike> {
        let mut matcher = Matcher::new(self.lexicon.phones());
        let mut all = Vec::new();
        for language in [Language::En, Language::Fr] {
            for expect in PLACES {
                let entries: Vec<(&Template, Vec<Phone>)> = self
                    .templates(language, expect)
                    // A number is too long to sound like something else, and so is an answer.
                    .filter(|template| template.kind.slot() != Some(NUMBER))
                    .filter(|template| template.skilled.is_none_or(|skilled| skilled.slot.is_none()))
                    .map(|template| (template, self.with_somebody(template)))
                    .collect();
                for (index, (one, sound)) in entries.iter().enumerate() {
                    for (other, near) in &entries[index + 1..] {
                        if one.kind.merged() == other.kind.merged() && one.skilled == other.skilled {
                            continue;
                        }
                        let distance = matcher.distance(sound, near).min(matcher.distance(near, sound));
                        if distance < NEAR {
                            all.push(Alike {
                                language,
                                expect,
                                one: place(one),
                                other: place(other),
                                distance,
                                never_understood: distance < self.limits.margin,
                            });
                        }
                    }
                }
            }
        }
        all.sort_by(|left, right| left.distance.total_cmp(&right.distance));
        all
    }

    /// The sound of a phrase with a name in it that no phrase resembles.
    fn with_somebody(&self, template: &Template) -> Vec<Phone> {
        match &template.sound {
            Sound::Words(phones) => phones.clone(),
            Sound::Around { before, after } => {
                let name = self.lexicon.phones().parse_tokens(SOMEBODY);
                [before.as_slice(), &name, after].concat()
            }
        }
    }
}

/// "Zoé Beauchemin", in phones of the model.
const SOMEBODY: &str = "z o e b o S m in";

fn place(template: &Template) -> Place {
    Place {
        phrase: template.text.clone(),
        intent: template.kind.word(),
        file: template.file.clone(),
        line: template.line,
    }
}
