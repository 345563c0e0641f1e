//! Texts with marks into which something is put that has none, such as a caller's answer.
//!
//! Only the marks are read as such. For what is put in a sign stands that means nothing in XML; its text takes the sign's place once all was
//! read, so that no text, whatever it is, can become a mark.

use evatel_core::account::Language;

use super::{BadSsml, Fault, Span, Ssml};

/// A part of a text with marks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filling<'a> {
    /// A part of the text with its marks, as it is written.
    Marks(&'a str),
    /// What is put in: it is said as it stands.
    Plain(String),
}

/// The first of the signs: Unicode's private use area, whose signs are no text.
const FIRST: u32 = 0xE000;
/// The last of them.
const LAST: u32 = 0xF8FF;

impl Ssml {
    /// Reads a text with marks of which parts are put in, as [`Ssml::parse`].
    ///
    /// ```
    /// use evatel_core::account::Language;
    /// use evatel_voice::synth::ssml::{Filling, Ssml};
    ///
    /// let parts = [
    ///     Filling::Marks("<speak>Vous êtes "),
    ///     Filling::Plain("<break time='10s'/>Luc".to_owned()),
    ///     Filling::Marks(".</speak>"),
    /// ];
    /// assert_eq!(Ssml::filled(&parts, Language::Fr)?.text(), "Vous êtes <break time='10s'/>Luc.");
    /// # Ok::<(), evatel_voice::synth::ssml::BadSsml>(())
    /// ```
    ///
    /// # Errors
    /// As [`Ssml::parse`], with one letter for each part that is put in; and where such a part stands at a place whose text is not said as it
    /// stands, as within `say-as`.
    pub fn filled(parts: &[Filling<'_>], language: Language) -> Result<Self, BadSsml> {
        let mut text = String::new();
        let mut plain = Vec::new();
        for part in parts {
            match part {
                Filling::Marks(marks) => {
                    text.push_str(marks);
                    if let Some(sign) = marks.chars().find(|letter| is_sign(*letter)) {
                        let at = text.rfind(sign).unwrap_or_default();
                        let value = sign.escape_unicode().to_string();
                        let what = "letter that can be said: take it away";
                        return Err(misplaced(&text, at, Fault::Value { value, what }));
                    }
                }
                Filling::Plain(put_in) => {
                    let sign = u32::try_from(plain.len())
                        .ok()
                        .and_then(|index| FIRST.checked_add(index));
                    let sign = sign.filter(|sign| *sign <= LAST).and_then(char::from_u32);
                    let Some(sign) = sign else {
                        return Err(misplaced(&text, text.len(), Fault::Long));
                    };
                    text.push(sign);
                    plain.push(put_in.as_str());
                }
            }
        }
        let mut document = Self::parse(&text, language)?;
        let mut said = vec![false; plain.len()];
        for span in &mut document.spans {
            if let Span::Text { text, .. } = span {
                *text = put_in(text, &plain, &mut said);
            }
        }
        match said.iter().position(|said| !said) {
            None => Ok(document),
            Some(index) => {
                let sign = char::from_u32(FIRST + index as u32).and_then(|sign| text.find(sign));
                Err(misplaced(&text, sign.unwrap_or_default(), Fault::Place))
            }
        }
    }
}

fn is_sign(letter: char) -> bool {
    (FIRST..=LAST).contains(&u32::from(letter))
}

/// Puts each text in the place of its sign, and notes it.
fn put_in(text: &str, plain: &[&str], said: &mut [bool]) -> String {
    let mut whole = String::with_capacity(text.len());
    for letter in text.chars() {
        let index = u32::from(letter).checked_sub(FIRST).map(|index| index as usize);
        match index.and_then(|index| Some((index, plain.get(index)?))) {
            Some((index, text)) => {
                said[index] = true;
                whole.push_str(text);
            }
            None => whole.push(letter),
        }
    }
    whole
}

/// What is wrong at a byte of a text.
fn misplaced(text: &str, at: usize, fault: Fault) -> BadSsml {
    let before = &text[..at];
    let begins = before.rfind('\n').map_or(0, |newline| newline + 1);
    BadSsml {
        line: 1 + before.matches('\n').count() as u32,
        column: 1 + before[begins..].chars().count() as u32,
        fault,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(before: &str, plain: &str, after: &str) -> Result<Ssml, BadSsml> {
        let parts = [
            Filling::Marks(before),
            Filling::Plain(plain.to_owned()),
            Filling::Marks(after),
        ];
        Ssml::filled(&parts, Language::Fr)
    }

    #[test]
    fn nothing_that_is_put_in_becomes_a_mark() {
        for hostile in [
            "<break time='10s'/>",
            "</speak><speak>",
            "&lt;break/&gt;",
            "]]><audio src='x'/>",
            "<!-- ",
            "&#60;break/&#62;",
            "\u{e000}\u{e001}",
            "",
        ] {
            let document = filled(
                "<speak>Vous dites <prosody rate='slow'>",
                hostile,
                "</prosody>.</speak>",
            );
            let document = document.unwrap();
            let pauses = document
                .spans()
                .iter()
                .filter(|span| matches!(span, Span::Pause(_)));
            assert_eq!(pauses.count(), 0, "{hostile}");
            let texts = document.spans().iter().filter_map(|span| match span {
                Span::Text { text, .. } => Some(text.as_str()),
                Span::Pause(_) => None,
            });
            assert_eq!(texts.collect::<Vec<_>>(), ["Vous dites ", hostile, "."]);
        }
    }

    #[test]
    fn what_is_put_in_stands_where_text_is_said_as_it_stands() {
        for (before, after) in [
            ("<speak><say-as interpret-as='characters'>", "</say-as></speak>"),
            ("<speak><!--", "--></speak>"),
            ("<speak><lang xml:lang='fr'><break x='", "'/></lang></speak>"),
        ] {
            let error = filled(before, "x", after).unwrap_err();
            assert_eq!(error.fault, Fault::Place, "{before}");
            assert_eq!((error.line, error.column as usize), (1, before.len() + 1));
        }
        let alias = filled("<speak><sub alias='", "douze", "'>12</sub></speak>").unwrap();
        assert_eq!(alias.text(), "douze");
    }

    #[test]
    fn a_sign_of_the_marks_own_is_refused() {
        let error = filled("<speak>a\n\u{e000}", "x", "</speak>").unwrap_err();
        assert_eq!((error.line, error.column), (2, 1));
        assert!(matches!(error.fault, Fault::Value { .. }));
    }
}
