//! The words of what was heard, where the engine hears words.

use std::sync::Arc;

use super::PhoneToken;

/// One word that was heard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As the model writes it.
    pub text: Arc<str>,
    /// When it began, in ms on the clock of its phones.
    pub from_ms: u32,
    /// When its last phone began, in ms on the same clock; at least `from_ms`.
    pub to_ms: u32,
}

/// Gives the words that these phones are of, in order; none where the engine hears phones.
#[must_use]
pub fn words(tokens: &[PhoneToken]) -> Vec<Word> {
    let mut words: Vec<Word> = Vec::new();
    for token in tokens {
        let Some(text) = &token.word else {
            continue;
        };
        match words.last_mut() {
            // Phones of one word share it; the same word said again is another.
            Some(last) if Arc::ptr_eq(&last.text, text) => last.to_ms = last.to_ms.max(token.at_ms),
            _ => words.push(Word {
                text: text.clone(),
                from_ms: token.at_ms,
                to_ms: token.at_ms,
            }),
        }
    }
    words
}

/// Gives these words with spaces between; nothing where the engine hears phones.
#[must_use]
pub fn in_words(tokens: &[PhoneToken]) -> String {
    let words = words(tokens);
    let words: Vec<&str> = words.iter().map(|word| &*word.text).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_lasts_from_its_first_phone_to_its_last_and_one_said_twice_is_two() {
        let [first, second] = [Arc::<str>::from("un"), Arc::from("un")];
        let token = |phone: &str, at_ms, word: &Arc<str>| PhoneToken {
            word: Some(word.clone()),
            ..PhoneToken::new(phone, at_ms)
        };
        let tokens = [
            token("oe", 40, &first),
            token("n", 90, &first),
            token("oe", 300, &second),
        ];
        let found: Vec<_> = words(&tokens)
            .into_iter()
            .map(|word| (word.text.to_string(), word.from_ms, word.to_ms))
            .collect();
        assert_eq!(found, [("un".to_owned(), 40, 90), ("un".to_owned(), 300, 300)]);
        assert!(words(&[PhoneToken::new("a", 0)]).is_empty());
    }
}
