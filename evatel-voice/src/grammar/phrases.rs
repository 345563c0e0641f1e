//! The phrases of grammar/*.toml as phones.

use evatel_core::account::Language;
use serde::Deserialize;

use crate::lexicon::{Error, Lexicon, Phone, Pronunciation};

/// What a phrase is for: one key of the grammar files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Accept,
    CallContact,
    CallEmergency,
    ContactAlone,
    End,
    Help,
    Message,
    NameTold,
    No,
    NotThatBut,
    Refuse,
    Repeat,
    TryAgain,
    Yes,
}

impl Kind {
    /// A name alone is the same wish as an order with that name: no tie between them.
    pub(super) fn merged(self) -> Self {
        if self == Kind::ContactAlone {
            Kind::CallContact
        } else {
            self
        }
    }
}

/// A phrase as phones.
#[derive(Clone, Debug)]
pub(super) enum Template {
    /// With a contact's name in the middle.
    Around { before: Vec<Phone>, after: Vec<Phone> },
    /// As it stands.
    Words(Vec<Phone>),
}

/// All phrases of one language.
#[derive(Debug)]
pub(super) struct Phrases {
    templates: Vec<(Kind, Vec<Template>)>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
struct File {
    accept: Vec<String>,
    call_contact: Vec<String>,
    call_emergency: Vec<String>,
    contact_alone: Vec<String>,
    end: Vec<String>,
    help: Vec<String>,
    message: Vec<String>,
    name_told: Vec<String>,
    no: Vec<String>,
    not_that_but: Vec<String>,
    refuse: Vec<String>,
    repeat: Vec<String>,
    try_again: Vec<String>,
    yes: Vec<String>,
}

impl File {
    fn by_kind(self) -> [(Kind, Vec<String>); 14] {
        [
            (Kind::Accept, self.accept),
            (Kind::CallContact, self.call_contact),
            (Kind::CallEmergency, self.call_emergency),
            (Kind::ContactAlone, self.contact_alone),
            (Kind::End, self.end),
            (Kind::Help, self.help),
            (Kind::Message, self.message),
            (Kind::NameTold, self.name_told),
            (Kind::No, self.no),
            (Kind::NotThatBut, self.not_that_but),
            (Kind::Refuse, self.refuse),
            (Kind::Repeat, self.repeat),
            (Kind::TryAgain, self.try_again),
            (Kind::Yes, self.yes),
        ]
    }
}

impl Phrases {
    pub(super) async fn load(language: Language, lexicon: &Lexicon) -> Result<Self, Error> {
        let (name, text) = source(language);
        let malformed = |line, reason| Error::Malformed {
            file: name,
            line,
            reason,
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].lines().count().max(1));
            malformed(line, error.message().to_owned())
        })?;
        let by_kind = file.by_kind();
        let parts: Vec<&str> = by_kind
            .iter()
            .flat_map(|(_, phrases)| phrases)
            .flat_map(|phrase| halves(phrase))
            .collect();
        let spoken: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        let mut found = lexicon.pronounce_all(&spoken, language).await?.into_iter();
        let mut sound = |part: &str| -> Result<Vec<Phone>, Error> {
            if part.is_empty() {
                return Ok(Vec::new());
            }
            match found.next() {
                Some(Pronunciation::Phones(phones)) => Ok(phones),
                Some(Pronunciation::Unpronounceable { reason }) => {
                    Err(malformed(1, format!("`{part}`: {reason}")))
                }
                None => Err(malformed(1, format!("`{part}` was not looked up"))),
            }
        };
        let mut templates = Vec::new();
        for (kind, phrases) in &by_kind {
            let mut of_kind = Vec::new();
            for phrase in phrases {
                let mut sounds = halves(phrase).map(&mut sound);
                let first = sounds.next().transpose()?.unwrap_or_default();
                of_kind.push(match sounds.next().transpose()? {
                    Some(after) => Template::Around { before: first, after },
                    None => Template::Words(first),
                });
            }
            templates.push((*kind, of_kind));
        }
        Ok(Self { templates })
    }

    pub(super) fn of(&self, kind: Kind) -> &[Template] {
        self.templates
            .iter()
            .find(|(of, _)| *of == kind)
            .map_or(&[], |(_, templates)| templates)
    }
}

/// One part, or the two parts around a contact's name.
fn halves(phrase: &str) -> impl Iterator<Item = &str> {
    phrase.splitn(2, "{contact}").map(str::trim)
}

fn source(language: Language) -> (&'static str, &'static str) {
    match language {
        Language::En => ("grammar/en.toml", include_str!("../../grammar/en.toml")),
        Language::Fr => ("grammar/fr.toml", include_str!("../../grammar/fr.toml")),
    }
}
