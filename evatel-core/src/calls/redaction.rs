//! Numbers out of what is kept of a call: telephone numbers, PINs, cards.

/// What stands in the place of a number.
pub const REDACTED: &str = "[…]";

/// Digits that are a number to be hidden; fewer are an hour, a floor, a choice. 911 and 988 have three.
const HIDDEN_FROM: usize = 4;

/// Gives a text with each run of 4 or more digits hidden, whatever is written between them: spaces, hyphens, dots, commas, brackets, a
/// plus before them.
#[must_use]
pub fn redacted(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(begin) = rest.find(|c: char| c.is_numeric() || c == '+') {
        let (before, from) = rest.split_at(begin);
        kept.push_str(before);
        let run = run(from);
        let (number, after) = from.split_at(run.end);
        kept.push_str(if run.digits >= HIDDEN_FROM {
            REDACTED
        } else {
            number
        });
        rest = after;
    }
    kept.push_str(rest);
    kept
}

struct Run {
    /// Behind its last digit.
    end: usize,
    digits: usize,
}

/// Measures the run of digits at the beginning of a text.
fn run(text: &str) -> Run {
    // A plus alone is no number; it is passed over.
    let mut run = Run {
        end: text.chars().next().map_or(0, char::len_utf8),
        digits: 0,
    };
    for (at, c) in text.char_indices() {
        if c.is_numeric() {
            run.digits += 1;
            run.end = at + c.len_utf8();
        } else if !matches!(
            c,
            ' ' | '\u{a0}' | '\u{202f}' | '-' | '\u{2011}' | '.' | ',' | '(' | ')' | '/' | '+'
        ) {
            break;
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("call +15145550142 now", "call […] now")]
    #[case("au 514 555-0142, merci", "au […], merci")]
    #[case("(514) 555.0142", "([…]")]
    #[case("5, 1, 4, 5, 5, 5, 0, 1, 4, 2.", "[…].")]
    #[case("PIN 4711", "PIN […]")]
    #[case("à 15 h 30", "à 15 h 30")]
    #[case("911", "911")]
    #[case("1 + 1", "1 + 1")]
    #[case("++", "++")]
    #[case("٠١٢٣٤", "[…]")]
    #[case("Marie Tremblay", "Marie Tremblay")]
    #[case("", "")]
    fn numbers_are_hidden_and_nothing_else(#[case] text: &str, #[case] kept: &str) {
        assert_eq!(redacted(text), kept);
    }
}
