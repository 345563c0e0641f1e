//! A file of phrases: for each language, what may be said for each intent. Ours are two of them, an operator's adds to them.

use std::collections::BTreeMap;

use evatel_core::{account::Language, dialogue::SlotKind};
use serde::Deserialize;
use toml::Spanned;

use super::{
    kind::{Kind, SLOTS, Skilled},
    pattern::{self, PatternError},
};

/// A file of phrases that can be read.
///
/// ```
/// use evatel_voice::grammar::PhraseFile;
///
/// let text = r#"
/// [fr]
/// call-contact = ["passe-moi {contact} [tout de suite]"]
/// end = ["à la (prochaine|revoyure)"]
/// "#;
/// assert_eq!(PhraseFile::parse("phrases.toml", text)?.len(), 2);
/// # Ok::<(), evatel_voice::grammar::FileError>(())
/// ```
#[derive(Clone, Debug)]
pub struct PhraseFile {
    pub(super) name: String,
    pub(super) phrases: Vec<Phrase>,
}

/// A phrase of a file.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    pub(super) language: Language,
    pub(super) kind: Kind,
    /// The skill that it orders, where it does.
    pub(super) skilled: Option<Skilled>,
    /// Counted from 1.
    pub(super) line: usize,
    /// Each way of saying it.
    pub(super) ways: Vec<String>,
}

/// What is wrong with a file of phrases, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{file}` line {line}: {fault}")]
pub struct FileError {
    /// The file's name.
    pub file: String,
    /// Which line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub fault: Fault,
}

/// What is wrong with a file of phrases. Its `Display` says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// It is too large.
    #[error("the file has more than {LARGEST} bytes: take phrases away")]
    Large,
    /// There are too many phrases in it.
    #[error("the file has more than {MOST_PHRASES} phrases, each way of saying one counted: take some away")]
    Many,
    /// It is not TOML of this form.
    #[error("{0}")]
    Malformed(String),
    /// Something stands in braces that the intent has no use for.
    #[error("`{phrase}` has a `{{{slot}}}`, and `{intent}` needs none: take it out")]
    NeedsNoSlot {
        /// The phrase.
        phrase: String,
        /// What stands in braces.
        slot: &'static str,
        /// The intent's word.
        intent: &'static str,
    },
    /// A name or a number is missing where somebody is called.
    #[error("`{phrase}` has no `{{{slot}}}`, and `{intent}` needs one: write it where it is said")]
    NeedsSlot {
        /// The phrase.
        phrase: String,
        /// What is missing.
        slot: &'static str,
        /// The intent's word.
        intent: &'static str,
    },
    /// A phrase cannot be read.
    #[error("`{phrase}`: {why}")]
    Phrase {
        /// The phrase.
        phrase: String,
        /// Why not.
        why: PatternError,
    },
    /// A phrase with several answers in it.
    #[error("`{phrase}` has several answers in braces: write one in a phrase, and have the others asked for")]
    SeveralSlots {
        /// The phrase.
        phrase: String,
    },
    /// An answer that is not heard within a phrase.
    #[error("`{phrase}` has a {kind} in braces, which is not heard within a phrase: have it asked for")]
    SlotKind {
        /// The phrase.
        phrase: String,
        /// Of which kind the answer is.
        kind: SlotKind,
    },
    /// A phrase has no sound.
    #[error("`{phrase}` cannot be pronounced ({reason}): write it with words that can")]
    Unpronounceable {
        /// The phrase.
        phrase: String,
        /// Why not.
        reason: String,
    },
    /// There is no such intent.
    #[error("there is no intent `{word}`: write one of {}", Kind::words().join(", "))]
    UnknownIntent {
        /// What stands there.
        word: String,
    },
}

/// Largest file, in bytes.
pub const LARGEST: usize = 64 * 1024;
/// Most phrases of a file, each way of saying one counted.
pub const MOST_PHRASES: usize = 2_000;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    en: Intents,
    #[serde(default)]
    fr: Intents,
}

type Intents = BTreeMap<Spanned<String>, Vec<Spanned<String>>>;

impl PhraseFile {
    /// Reads a file; `name` is for what is told of it.
    ///
    /// # Errors
    /// With the line of the first thing that is wrong.
    pub fn parse(name: &str, text: &str) -> Result<Self, FileError> {
        let fault = |at: usize, fault| FileError {
            file: name.to_owned(),
            line: line(text, at),
            fault,
        };
        if text.len() > LARGEST {
            return Err(fault(0, Fault::Large));
        }
        let document: Document = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            fault(at, Fault::Malformed(error.message().to_owned()))
        })?;
        let mut phrases = Vec::new();
        let mut many = 0;
        for (language, intents) in [(Language::En, document.en), (Language::Fr, document.fr)] {
            for (intent, written) in intents {
                let kind = Kind::named(intent.get_ref()).ok_or_else(|| {
                    let word = intent.get_ref().clone();
                    fault(intent.span().start, Fault::UnknownIntent { word })
                })?;
                for phrase in written {
                    let at = phrase.span().start;
                    let ways = read(phrase.get_ref(), kind).map_err(|why| fault(at, why))?;
                    many += ways.len();
                    if many > MOST_PHRASES {
                        return Err(fault(at, Fault::Many));
                    }
                    phrases.push(Phrase {
                        language,
                        kind,
                        skilled: None,
                        line: line(text, at),
                        ways,
                    });
                }
            }
        }
        Ok(Self {
            name: name.to_owned(),
            phrases,
        })
    }

    /// Gives the files that are built in.
    pub(super) fn built_in() -> Vec<Self> {
        let files = [
            ("grammar/en.toml", include_str!("../../grammar/en.toml")),
            ("grammar/fr.toml", include_str!("../../grammar/fr.toml")),
            (
                "grammar/listening.toml",
                include_str!("../../grammar/listening.toml"),
            ),
        ];
        let read = |(name, text)| Self::parse(name, text).expect("our own phrases are checked by a test");
        files.into_iter().map(read).collect()
    }

    /// How many phrases are in it, as they are written.
    #[must_use]
    pub fn len(&self) -> usize {
        self.phrases.len()
    }

    /// Says whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.phrases.is_empty()
    }
}

fn read(phrase: &str, kind: Kind) -> Result<Vec<String>, Fault> {
    let ways = pattern::ways(phrase, &SLOTS).map_err(|why| Fault::Phrase {
        phrase: phrase.to_owned(),
        why,
    })?;
    for way in &ways {
        for slot in SLOTS {
            let (phrase, intent) = (way.clone(), kind.word());
            match (way.contains(&format!("{{{slot}}}")), kind.slot() == Some(slot)) {
                (true, false) => return Err(Fault::NeedsNoSlot { phrase, slot, intent }),
                (false, true) => return Err(Fault::NeedsSlot { phrase, slot, intent }),
                _ => {}
            }
        }
    }
    Ok(ways)
}

/// The line of a place in a text, from 1.
fn line(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())]
        .iter()
        .filter(|byte| **byte == b'\n')
        .count()
        + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_files_have_phrases_for_every_intent_in_both_languages() {
        let files = PhraseFile::built_in();
        for language in [Language::En, Language::Fr] {
            for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Run) {
                let of_kind = |phrase: &Phrase| phrase.kind == kind && phrase.language == language;
                let mut phrases = files.iter().flat_map(|file| &file.phrases);
                assert!(phrases.any(of_kind), "{language} {}", kind.word());
            }
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line_and_what_to_do() {
        for (text, line, told) in [
            (
                "[fr]\nyes = [\"oui\",\n  \"[ouais\"]",
                3,
                "`[` has no other half: brackets come in pairs",
            ),
            (
                "[fr]\n\nyess = [\"oui\"]",
                3,
                "there is no intent `yess`: write one of accept, ",
            ),
            (
                "[fr]\nend = [\"bye {contact}\"]",
                2,
                "has a `{contact}`, and `end` needs none",
            ),
            (
                "[en]\ncall-contact = [\"call\"]",
                2,
                "has no `{contact}`, and `call-contact` needs one",
            ),
            (
                "[en]\ncall-number = [\"call {contact}\"]",
                2,
                "has a `{contact}`, and `call-number` needs none",
            ),
            ("[de]\nyes = [\"ja\"]", 1, "unknown field `de`"),
            ("[fr]\nyes = \"oui\"", 2, "invalid type"),
            ("[fr]\nyes = [\"oui\"", 2, ""),
            ("[fr]\nyes = []\nyes = []", 3, "duplicate key"),
        ] {
            let error = PhraseFile::parse("phrases.toml", text).unwrap_err();
            assert_eq!(error.line, line, "{error}");
            let shown = error.to_string();
            assert!(
                shown.starts_with("`phrases.toml` line ") && shown.contains(told),
                "{shown}"
            );
        }
    }

    #[test]
    fn a_file_has_limits() {
        let large = format!("# {}", "x".repeat(LARGEST));
        assert_eq!(PhraseFile::parse("f", &large).unwrap_err().fault, Fault::Large);
        let many = format!("[fr]\nyes = [{}]", "\"(a|b|c|d|e) (a|b|c|d|e)\",".repeat(81));
        assert_eq!(PhraseFile::parse("f", &many).unwrap_err().fault, Fault::Many);
    }
}
