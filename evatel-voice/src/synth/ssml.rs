//! Texts with marks for how they are spoken: a subset of SSML 1.1 (W3C Recommendation, 7 September 2010).
//!
//! | element | what of it |
//! |---|---|
//! | `speak`, `p`, `s` | with `xml:lang` |
//! | `break` | `time` in `ms` or `s`, to 10 s; or `strength` |
//! | `prosody` | `rate`: percent, or a word from `x-slow` to `x-fast` |
//! | `lang` | `xml:lang`: French or English |
//! | `sub` | `alias` is said in place of the text |
//! | `say-as` | `interpret-as`: `characters`, `digits`, `telephone`, `cardinal`, `date` (`2026-11-26`), `time` (`15:30`) |
//!
//! Whatever else stands there is refused, with its place: what would be left out silently might be what the text was written for.

mod filled;
mod said;

use std::time::Duration;

use evatel_core::account::Language;
use roxmltree::{Document, Node, ParsingOptions};

pub use filled::Filling;

use super::{Manner, Pace};

/// Longest text with marks, in bytes.
pub const MAX_SSML_BYTES: usize = 64 * 1024;

/// A text with marks, ready to be spoken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ssml {
    spans: Vec<Span>,
}

/// A part that is spoken in one manner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Nothing is said so long.
    Pause(Duration),
    /// Something is said.
    Text {
        /// What, without any mark.
        text: String,
        /// In which language, where it is not the speaker's own.
        language: Option<Language>,
        /// How fast, beside the pace of all.
        pace: Pace,
    },
}

impl Span {
    /// Gives the manner of a text in whatever is spoken in `all`.
    #[must_use]
    pub fn manner(language: Option<Language>, pace: Pace, all: Manner) -> Manner {
        let language = language.unwrap_or(all.language);
        Manner { language, ..all }.at(pace)
    }
}

/// Why a text with marks cannot be spoken, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {fault}")]
pub struct BadSsml {
    /// Counted from 1.
    pub line: u32,
    /// Counted from 1.
    pub column: u32,
    /// What is wrong there.
    pub fault: Fault,
}

/// What is wrong with a text with marks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// An element, or a value of it, that is not of the subset.
    #[error("`{0}` is not spoken here; known are speak, p, s, break, prosody rate, lang, sub, say-as")]
    NotKnown(String),
    /// An attribute that an element must have.
    #[error("`{element}` needs `{attribute}`")]
    Missing {
        /// Which element.
        element: &'static str,
        /// Which attribute.
        attribute: &'static str,
    },
    /// A value that cannot be read.
    #[error("`{value}` is no {what}")]
    Value {
        /// What stands there.
        value: String,
        /// What should.
        what: &'static str,
    },
    /// What is put in stands where it is not said as it stands.
    #[error("an answer cannot stand here: put it where text is said, and not in `say-as` or an attribute")]
    Place,
    /// Elements within elements, too many.
    #[error("more than {MAX_DEPTH} elements lie in each other")]
    Deep,
    /// It is too long.
    #[error("a text has at most {MAX_SSML_BYTES} bytes")]
    Long,
    /// It is no XML.
    #[error("{0}")]
    Xml(String),
}

/// Most elements in each other.
const MAX_DEPTH: usize = 16;
/// Longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(10);

impl Ssml {
    /// Reads a text with marks, such as `<speak>Un <break time="300ms"/> deux</speak>`. `language` is the speaker's: it says how dates and
    /// times are read where no `xml:lang` does.
    ///
    /// # Errors
    /// The first thing that is no SSML, or not of the subset, with its place.
    pub fn parse(text: &str, language: Language) -> Result<Self, BadSsml> {
        if text.len() > MAX_SSML_BYTES {
            return Err(BadSsml {
                line: 1,
                column: 1,
                fault: Fault::Long,
            });
        }
        let options = ParsingOptions {
            allow_dtd: false,
            nodes_limit: MAX_SSML_BYTES as u32,
            ..ParsingOptions::default()
        };
        let document = Document::parse_with_options(text, options).map_err(|error| BadSsml {
            line: error.pos().row,
            column: error.pos().col,
            fault: Fault::Xml(error.to_string()),
        })?;
        let root = document.root_element();
        let mut reader = Reader { spans: Vec::new() };
        let here = Here {
            language: None,
            spoken: language,
            pace: Pace::USUAL,
            depth: 0,
        };
        match root.tag_name().name() {
            "speak" => reader.element(root, here),
            other => Err(fault(root, Fault::NotKnown(other.to_owned()))),
        }?;
        Ok(Self { spans: reader.spans })
    }

    /// Takes a text without marks.
    #[must_use]
    pub fn plain(text: String) -> Self {
        let (language, pace) = (None, Pace::USUAL);
        Self {
            spans: vec![Span::Text { text, language, pace }],
        }
    }

    /// Gives its parts, in order.
    #[must_use]
    pub fn spans(&self) -> &[Span] {
        &self.spans
    }

    /// Gives what is said, without marks.
    #[must_use]
    pub fn text(&self) -> String {
        let texts = self.spans.iter().filter_map(|span| match span {
            Span::Text { text, .. } => Some(text.trim()),
            Span::Pause(_) => None,
        });
        texts
            .filter(|text| !text.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }
}

/// What holds at a place of the document.
#[derive(Clone, Copy)]
struct Here {
    language: Option<Language>,
    /// The language that is spoken here.
    spoken: Language,
    pace: Pace,
    depth: usize,
}

struct Reader {
    spans: Vec<Span>,
}

impl Reader {
    fn element(&mut self, node: Node<'_, '_>, here: Here) -> Result<(), BadSsml> {
        if here.depth > MAX_DEPTH {
            return Err(fault(node, Fault::Deep));
        }
        let here = Here {
            depth: here.depth + 1,
            ..here
        };
        match node.tag_name().name() {
            "break" => {
                self.spans.push(Span::Pause(pause(node)?));
                Ok(())
            }
            "lang" if language_of(node)?.is_none() => Err(missing(node, "lang", "xml:lang")),
            "speak" | "p" | "s" | "lang" => self.children(node, with_language(node, here)?),
            "prosody" => {
                let pace = here.pace.times(rate(node)?);
                self.children(node, Here { pace, ..here })
            }
            "sub" => {
                let alias = node
                    .attribute("alias")
                    .ok_or_else(|| missing(node, "sub", "alias"))?;
                self.say(alias, here);
                Ok(())
            }
            "say-as" => {
                let kind = node
                    .attribute("interpret-as")
                    .ok_or_else(|| missing(node, "say-as", "interpret-as"))?;
                let said = said::as_kind(kind, node.text().unwrap_or_default().trim(), here.spoken);
                self.say(&said.map_err(|wrong| fault(node, wrong))?, here);
                Ok(())
            }
            other => Err(fault(node, Fault::NotKnown(other.to_owned()))),
        }
    }

    fn children(&mut self, node: Node<'_, '_>, here: Here) -> Result<(), BadSsml> {
        for child in node.children() {
            if child.is_element() {
                self.element(child, here)?;
            } else if let Some(text) = child.text().filter(|_| child.is_text()) {
                self.say(text, here);
            }
        }
        Ok(())
    }

    fn say(&mut self, text: &str, here: Here) {
        if text.trim().is_empty() {
            return;
        }
        let Here { language, pace, .. } = here;
        match self.spans.last_mut() {
            Some(Span::Text {
                text: before,
                language: same,
                pace: as_fast,
            }) if (*same, *as_fast) == (language, pace) => {
                before.push_str(text);
            }
            _ => self.spans.push(Span::Text {
                text: text.to_owned(),
                language,
                pace,
            }),
        }
    }
}

fn with_language(node: Node<'_, '_>, here: Here) -> Result<Here, BadSsml> {
    let language = language_of(node)?;
    Ok(Here {
        language: language.or(here.language),
        spoken: language.unwrap_or(here.spoken),
        ..here
    })
}

fn language_of(node: Node<'_, '_>) -> Result<Option<Language>, BadSsml> {
    let Some(tag) = node.attribute((XML, "lang")) else {
        return Ok(None);
    };
    match tag.split('-').next() {
        Some("en") => Ok(Some(Language::En)),
        Some("fr") => Ok(Some(Language::Fr)),
        _ => Err(value(
            node,
            tag,
            "language that is spoken here: `fr` or `en`, with or without a region",
        )),
    }
}

/// Reads how long a `break` lasts.
fn pause(node: Node<'_, '_>) -> Result<Duration, BadSsml> {
    if let Some(time) = node.attribute("time") {
        let length = match time.strip_suffix("ms") {
            Some(number) => number.parse::<f64>().map(|number| number / 1e3),
            None => time.strip_suffix('s').unwrap_or_default().parse(),
        };
        let length = length
            .ok()
            .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
        return length
            .filter(|length| *length <= MAX_PAUSE)
            .ok_or_else(|| value(node, time, "pause: write `300ms` or `1.5s`, at most 10 s"));
    }
    let ms = match node.attribute("strength").unwrap_or("medium") {
        "none" => 0,
        "x-weak" => 100,
        "weak" => 200,
        "medium" => 400,
        "strong" => 700,
        "x-strong" => 1_000,
        other => {
            return Err(value(
                node,
                other,
                "strength: none, x-weak, weak, medium, strong, x-strong",
            ));
        }
    };
    Ok(Duration::from_millis(ms))
}

/// Reads how fast a `prosody` is spoken.
fn rate(node: Node<'_, '_>) -> Result<Pace, BadSsml> {
    if let Some(other) = node.attributes().find(|attribute| attribute.name() != "rate") {
        return Err(fault(node, Fault::NotKnown(format!("prosody {}", other.name()))));
    }
    let rate = node
        .attribute("rate")
        .ok_or_else(|| missing(node, "prosody", "rate"))?;
    let percent = match rate {
        "x-slow" => Some(50),
        "slow" => Some(75),
        "medium" | "default" => Some(100),
        "fast" => Some(130),
        "x-fast" => Some(170),
        _ => rate.strip_suffix('%').and_then(|percent| percent.parse().ok()),
    };
    let percent = percent.filter(|percent| (50..=200).contains(percent));
    percent.map(Pace::of_percent).ok_or_else(|| {
        value(
            node,
            rate,
            "rate: `50%` to `200%`, or x-slow, slow, medium, fast, x-fast",
        )
    })
}

fn missing(node: Node<'_, '_>, element: &'static str, attribute: &'static str) -> BadSsml {
    fault(node, Fault::Missing { element, attribute })
}

fn value(node: Node<'_, '_>, value: &str, what: &'static str) -> BadSsml {
    fault(
        node,
        Fault::Value {
            value: value.chars().take(40).collect(),
            what,
        },
    )
}

fn fault(node: Node<'_, '_>, fault: Fault) -> BadSsml {
    let at = node.document().text_pos_at(node.range().start);
    BadSsml {
        line: at.row,
        column: at.col,
        fault,
    }
}

/// The namespace of `xml:lang`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

#[cfg(test)]
mod tests;
