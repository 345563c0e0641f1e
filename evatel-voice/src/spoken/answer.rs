//! Yes, no, digits and telephone numbers.

use evatel_core::{
    account::Language,
    number::{DialPlan, Dialled},
};

use super::{
    tables::Tables,
    words::{self, Word},
};

/// Says whether an utterance agrees or refuses; nothing if it does neither, or both.
pub fn yes_no(utterance: &str, language: Language) -> Option<bool> {
    let (words, tables) = (words::of(utterance, language), Tables::of(language));
    let (mut agrees, mut refuses) = (false, false);
    let mut at = 0;
    while at < words.len() {
        let (yes, no) = (
            longest(&tables.yes, &words[at..]),
            longest(&tables.no, &words[at..]),
        );
        // "Pas d'accord" is no agreement.
        agrees |= yes > no;
        refuses |= no > 0 && no >= yes;
        at += yes.max(no).max(1);
    }
    (agrees != refuses).then_some(agrees)
}

/// Gives the digits that were said, one by one or in groups, such as `5145550199`, with a `+` before them if one was said. Of several groups
/// with other words between, the longest counts.
pub fn digits(utterance: &str, language: Language) -> Option<String> {
    let (words, tables) = (words::of(utterance, language), &Tables::of(language).digits);
    let (mut best, mut run) = (String::new(), String::new());
    let mut at = 0;
    while at < words.len() {
        let rest = &words[at..];
        let (zero, twice, plus) = (
            longest(&tables.zero, rest),
            longest(&tables.twice, rest),
            longest(&tables.plus, rest),
        );
        match (&rest[0], rest.get(twice)) {
            (Word::Number(said), _) => {
                run.push_str(said);
                at += 1;
            }
            (_, Some(Word::Number(said))) if twice > 0 && said.len() == 1 => {
                run.push_str(&said.repeat(2));
                at += twice + 1;
            }
            _ if zero > 0 => {
                run.push('0');
                at += zero;
            }
            _ if plus > 0 && run.is_empty() => {
                run.push('+');
                at += plus;
            }
            // A comma or a full stop is a breath.
            (Word::Text(mark), _) if mark == "," || mark == "." => at += 1,
            _ => {
                keep_longer(&mut best, &mut run);
                at += 1;
            }
        }
    }
    keep_longer(&mut best, &mut run);
    best.contains(|digit: char| digit.is_ascii_digit())
        .then_some(best)
}

/// Reads the digits that were said as a number, as if they had been dialled in this plan.
pub fn number(utterance: &str, language: Language, plan: &DialPlan) -> Option<Dialled> {
    plan.read(&digits(utterance, language)?).ok()
}

fn keep_longer(best: &mut String, run: &mut String) {
    if run.len() > best.len() {
        std::mem::swap(best, run);
    }
    run.clear();
}

/// How many words the longest of these phrases takes that the words begin with; 0 if none.
fn longest(phrases: &[Vec<Word>], words: &[Word]) -> usize {
    let fitting = phrases.iter().filter(|phrase| words.starts_with(phrase));
    fitting.map(Vec::len).max().unwrap_or(0)
}
