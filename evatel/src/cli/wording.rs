//! What errors say, in French.
//!
//! The library says in English why something is refused, so that logs are of one language, and much of it comes to us as
//! a sentence only: out of a JSON document, or from a cell of a file. Each sentence stands once more in
//! `locales/en/errors.ftl`, with what varies in it as variables, and under the same id in French. As with gettext, the
//! English finds the French: the sentence of which most fixed words are there gives the id, and what stands between
//! them are the values. A value may be such a sentence itself, unless it stands in backticks: then it is somebody's own.
//! What no sentence fits stays as it is. The words of the library's lists stand in `locales/fr/words.ftl`.
//!
//! The tests hold both files against each other and against every `#[error]` of the crates whose errors come here.

#[cfg(test)]
mod tests;

use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, PatternElement};

use super::text_file::TextFile;

/// The sentences of errors.
pub(super) struct Wording {
    sentences: Vec<Sentence>,
    french: TextFile,
    words: TextFile,
}

/// A sentence in English.
struct Sentence {
    id: String,
    parts: Vec<Part>,
}

enum Part {
    Fixed(String),
    Open {
        name: String,
        /// It stands in backticks.
        is_own: bool,
    },
}

/// A value of a sentence.
struct Value<'a> {
    name: &'a str,
    text: &'a str,
    is_own: bool,
}

impl Wording {
    pub(super) fn read() -> Self {
        Self {
            sentences: sentences(ENGLISH),
            french: TextFile::read("fr-CA", FRENCH),
            words: TextFile::read("fr-CA", WORDS),
        }
    }

    /// Gives the French of a word out of one of the library's lists, or of several with commas between; what is no such
    /// word stays as it is.
    pub(super) fn word(&self, english: &str) -> String {
        let of = |word: &str| self.known_word(word).unwrap_or_else(|| word.to_owned());
        let words = english.split(',').map(|word| of(word.trim()));
        words.collect::<Vec<_>>().join(", ")
    }

    /// Gives the French of the name of a rule, such as `class-closed:premium`.
    pub(super) fn rule(&self, english: &str) -> String {
        let parts = english.split(':').map(|part| self.word(part));
        parts.collect::<Vec<_>>().join(" : ")
    }

    /// Gives the French of what a step of an explanation is about.
    pub(super) fn about(&self, english: &str) -> String {
        self.sentence(english).unwrap_or_else(|| self.word(english))
    }

    fn known_word(&self, word: &str) -> Option<String> {
        self.words.find(word, None, &[])
    }

    /// Says in French what an error says.
    pub(super) fn in_french(&self, english: &str) -> String {
        self.sentence(english).unwrap_or_else(|| english.to_owned())
    }

    fn sentence(&self, english: &str) -> Option<String> {
        if english.len() > LONGEST {
            return None;
        }
        let fitting = self.sentences.iter().filter_map(|sentence| {
            let values = sentence.values_in(english)?;
            Some((sentence, values))
        });
        // A value that would reach from one pair of backticks into the next is of another sentence, if there is one.
        let key = |(sentence, values): &(&Sentence, Vec<Value<'_>>)| {
            let reaches = values
                .iter()
                .any(|value| value.is_own && value.text.contains('`'));
            (!reaches, sentence.fixed_bytes())
        };
        let (sentence, values) = fitting.max_by_key(key)?;
        let french: Vec<(&str, String)> = values
            .iter()
            .map(|value| (value.name, self.value(value)))
            .collect();
        let french: Vec<(&str, &str)> = french.iter().map(|(name, text)| (*name, text.as_str())).collect();
        self.french.find(&sentence.id, None, &french)
    }

    /// Gives the French of what stands in a sentence: one itself, or a word.
    fn part(&self, english: &str) -> Option<String> {
        self.sentence(english).or_else(|| self.known_word(english))
    }

    fn value(&self, value: &Value<'_>) -> String {
        let whole = || self.part(value.text);
        let listed = || {
            let (between, words) = ([", ", " or "].into_iter())
                .map(|between| (between, value.text.split(between).collect::<Vec<_>>()))
                .find(|(_, words)| words.len() > 1)?;
            let french: Option<Vec<String>> = words.iter().map(|word| self.part(word)).collect();
            Some(french?.join(if between == " or " { " ou " } else { between }))
        };
        let french = if value.is_own {
            None
        } else {
            whole().or_else(listed)
        };
        french.unwrap_or_else(|| value.text.to_owned())
    }
}

impl Sentence {
    /// Finds what stands between the fixed words, where all of them are there and nothing is left over.
    fn values_in<'a>(&'a self, text: &'a str) -> Option<Vec<Value<'a>>> {
        let (mut rest, mut values, mut open) = (text, Vec::new(), None);
        for (at, part) in self.parts.iter().enumerate() {
            let words = match part {
                Part::Open { name, is_own } => {
                    open = Some((name, *is_own));
                    continue;
                }
                Part::Fixed(words) => words,
            };
            let Some((name, is_own)) = open.take() else {
                rest = rest.strip_prefix(words.as_str())?;
                continue;
            };
            let is_last = at + 1 == self.parts.len();
            let length = if is_last {
                rest.strip_suffix(words.as_str())?.len()
            } else {
                rest.find(words.as_str())?
            };
            let text = &rest[..length];
            values.push(Value { name, text, is_own });
            rest = &rest[length + words.len()..];
        }
        match open {
            Some((name, is_own)) => values.push(Value {
                name,
                text: rest,
                is_own,
            }),
            None if !rest.is_empty() => return None,
            None => {}
        }
        Some(values)
    }

    fn fixed_bytes(&self) -> usize {
        let fixed = self.parts.iter().map(|part| match part {
            Part::Fixed(words) => words.len(),
            Part::Open { .. } => 0,
        });
        fixed.sum()
    }
}

/// Takes a catalogue apart.
fn sentences(source: &str) -> Vec<Sentence> {
    let resource = FluentResource::try_new(source.to_owned()).expect("the catalogue is checked by a test");
    let messages = resource.entries().filter_map(|entry| match entry {
        Entry::Message(message) => Some((message.id.name, message.value.as_ref()?)),
        _ => None,
    });
    messages
        .map(|(id, pattern)| Sentence {
            id: id.to_owned(),
            parts: parts(&pattern.elements),
        })
        .collect()
}

fn parts(elements: &[PatternElement<&str>]) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut is_own = false;
    for element in elements {
        let fixed = match element {
            PatternElement::TextElement { value } => value,
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::StringLiteral { value }),
            } => value,
            PatternElement::Placeable {
                expression: Expression::Inline(InlineExpression::VariableReference { id }),
            } => {
                let name = id.name.to_owned();
                parts.push(Part::Open { name, is_own });
                continue;
            }
            PatternElement::Placeable { .. } => unreachable!("the catalogue is checked by a test"),
        };
        is_own ^= fixed.matches('`').count() % 2 == 1;
        match parts.last_mut() {
            Some(Part::Fixed(words)) => words.push_str(fixed),
            _ => parts.push(Part::Fixed((*fixed).to_owned())),
        }
    }
    parts
}

/// Longer than any sentence of ours with its values, in bytes.
const LONGEST: usize = 4 * 1024;

const ENGLISH: &str = include_str!("../../locales/en/errors.ftl");
const FRENCH: &str = include_str!("../../locales/fr/errors.ftl");
const WORDS: &str = include_str!("../../locales/fr/words.ftl");
