//! Text on its way to a voice: made harmless, then cut into sentences.

/// A sentence of so many characters is cut at its next gap; after twice as many wherever it is.
const LONGEST_SENTENCE: usize = 400;

/// Removes what an engine could take for an instruction: control characters, `<…>` markup and `[[…]]` phonemes lose
/// their marks; runs of white space become one space.
#[must_use]
pub fn sanitised(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        let letter = match letter {
            '<' | '>' | '[' | ']' | '{' | '}' | '\\' | '|' | '`' => ' ',
            other if other.is_control() || other.is_whitespace() || is_invisible(other) => ' ',
            other => other,
        };
        if letter != ' ' || !clean.ends_with(' ') {
            clean.push(letter);
        }
    }
    clean.trim().to_owned()
}

/// Cuts a text into its sentences, sanitised, none empty; one of more than 400 characters is cut at a gap, or after 800.
#[must_use]
pub fn sentences(text: &str) -> Vec<String> {
    let clean = sanitised(text);
    let mut found = Vec::new();
    let mut current = String::new();
    let mut letters = clean.chars().peekable();
    while let Some(letter) = letters.next() {
        current.push(letter);
        let at_gap = letters.peek().is_none_or(|&next| next == ' ');
        let ends =
            matches!(letter, '.' | '!' | '?' | '…' | ':' | ';') && at_gap && !is_abbreviation(&current);
        let too_long = current.chars().count() >= LONGEST_SENTENCE && letter == ' ';
        if ends || too_long || current.chars().count() >= 2 * LONGEST_SENTENCE {
            push(&mut found, &mut current);
        }
    }
    push(&mut found, &mut current);
    found
}

fn push(found: &mut Vec<String>, current: &mut String) {
    let sentence = current.trim();
    if sentence.chars().any(char::is_alphanumeric) {
        found.push(sentence.to_owned());
    }
    current.clear();
}

/// `M.`, `Dr.`, `J.` do not end a sentence.
fn is_abbreviation(so_far: &str) -> bool {
    let Some(body) = so_far.strip_suffix('.') else {
        return false;
    };
    let word = body.rsplit(' ').next().unwrap_or(body);
    matches!(word, "Dr" | "Mr" | "Ms" | "Mrs" | "St" | "Ste" | "Me")
        || (word.chars().count() == 1 && word.chars().all(char::is_uppercase))
}

/// Zero-width and direction marks: they sound like nothing and confuse engines.
fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_an_engine_could_obey_is_left() {
        let text = "Bonjour [[a'b]] <voice name=\"x\">Marie\u{1}\r\n  &PJSIP/</voice>\u{202e}";
        assert_eq!(
            sanitised(text),
            "Bonjour a'b voice name=\"x\" Marie &PJSIP/ /voice"
        );
    }

    #[test]
    fn sentences_end_at_their_marks_but_not_at_an_abbreviation_or_a_decimal() {
        assert_eq!(
            sentences("Bonjour M. Roy. Vous avez 2.5 minutes! Faites le 1: oui ; le 2: non"),
            [
                "Bonjour M. Roy.",
                "Vous avez 2.5 minutes!",
                "Faites le 1:",
                "oui ;",
                "le 2:",
                "non"
            ]
        );
    }

    #[test]
    fn silence_and_endless_text_are_both_bounded() {
        assert_eq!(sentences(" ... !\n"), Vec::<String>::new());
        let endless = "a".repeat(5000);
        assert!(
            sentences(&endless)
                .iter()
                .all(|sentence| sentence.chars().count() <= 2 * LONGEST_SENTENCE)
        );
        assert_eq!(sentences(&endless).concat(), endless);
    }
}
