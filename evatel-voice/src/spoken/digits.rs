//! Digits and telephone numbers.

use evatel_core::{
    account::Language,
    number::{DialPlan, Dialled},
};

use super::{
    Meaning,
    leftover::carrying,
    tables::{Digits, Tables},
    words::{self, Word, longest},
};

/// Gives the digits that were said, one by one or in groups, such as `5145550199`, with a `+` before them if one was said. Words that nobody knows may
/// stand before and behind them, but not between: they may have been digits. "Eight hundred five" may be 8005 or 805.
pub fn digits(utterance: &str, language: Language) -> Option<Meaning<String>> {
    let tables = Tables::of(language);
    Meaning::of(in_groups(utterance, &tables.digits).iter().filter_map(|said| {
        let words = words::of(said, language);
        in_a_row(&words, tables)
    }))
}

/// Reads the digits that were said as a number, as if they had been dialled in this plan.
pub fn number(utterance: &str, language: Language, plan: &DialPlan) -> Option<Meaning<Dialled>> {
    let digits = digits(utterance, language)?;
    Meaning::of(
        digits
            .candidates()
            .iter()
            .filter_map(|digits| plan.read(digits).ok()),
    )
}

/// Gives an utterance with commas where a group of hundreds begins, so that "un huit cents deux cent vingt" is 1 800 220 and no 802; and before it, where a
/// digit follows hundreds, one in which it stands by itself: "huit cents, cinq".
fn in_groups(utterance: &str, tables: &Digits) -> Vec<String> {
    let said: Vec<&str> = utterance.split_whitespace().collect();
    let is = |at: usize, all: &[String]| {
        let word = said.get(at).map(|word| word.trim_matches(','));
        word.is_some_and(|word| all.iter().any(|one| one.eq_ignore_ascii_case(word)))
    };
    let begins_hundreds = |at: usize| {
        let is_of_thousands = at > 0 && is(at - 1, &tables.thousands);
        is(at, &tables.units) && is(at + 1, &tables.hundreds) && !is_of_thousands
    };
    let follows_hundreds = |at: usize| at > 0 && is(at - 1, &tables.hundreds) && is(at, &tables.units);
    let with_commas = |before: &dyn Fn(usize) -> bool| {
        let words = said.iter().enumerate().map(|(at, word)| {
            if before(at) {
                format!(", {word}")
            } else {
                (*word).to_owned()
            }
        });
        words.collect::<Vec<_>>().join(" ")
    };
    let apart = with_commas(&|at| begins_hundreds(at) || follows_hundreds(at));
    vec![apart, with_commas(&begins_hundreds)]
}

/// The digits of words; nothing where a word that carries meaning is beside them, or any word is between.
fn in_a_row(words: &[Word], tables: &Tables) -> Option<String> {
    let carries = carrying(words, tables);
    let mut run = String::new();
    let mut is_over = false;
    let mut at = 0;
    while let Some(word) = words.get(at) {
        let rest = &words[at..];
        let (said, taken) = take(rest, run.is_empty(), carries[at], &tables.digits);
        if !said.is_empty() {
            if is_over {
                return None;
            }
            run.push_str(&said);
            at += taken;
            continue;
        }
        let between = longest(&tables.digits.between, rest).max(longest(&tables.light, rest));
        if between > 0 || word.is_mark() {
            at += between.max(1);
            continue;
        }
        if carries[at] || longest(&tables.digits.plus, rest) > 0 {
            return None;
        }
        is_over = !run.is_empty();
        at += 1;
    }
    run.contains(|digit: char| digit.is_ascii_digit()).then_some(run)
}

/// Takes the digits that the words begin with, and says how many words they are.
fn take(words: &[Word], is_first: bool, carries: bool, tables: &Digits) -> (String, usize) {
    let repeats = tables.repeat.iter();
    let repeat = repeats
        .filter(|(said, _)| words.starts_with(said))
        .max_by_key(|(said, _)| said.len());
    if let Some((said, times)) = repeat {
        let one = digit(&words[said.len()..], tables);
        if let Some((one, taken)) = one {
            return (one.repeat(*times), said.len() + taken);
        }
    }
    let plus = longest(&tables.plus, words);
    match words {
        // An article before the number is none of its digits.
        [Word::Number(_), ..] if is_first && !carries => (String::new(), 0),
        [Word::Number(said), ..] => (said.clone(), 1),
        _ if plus > 0 && is_first => ("+".to_owned(), plus),
        _ => {
            let (zero, taken) = digit(words, tables).unwrap_or_default();
            // "Oh, my number is …" is no zero.
            let alone = is_first && digit(&words[taken..], tables).is_none();
            if alone { (String::new(), 0) } else { (zero, taken) }
        }
    }
}

/// One digit, or a word for zero.
fn digit(words: &[Word], tables: &Digits) -> Option<(String, usize)> {
    match words {
        [Word::Number(said), ..] if said.len() == 1 => Some((said.clone(), 1)),
        _ => {
            let zero = longest(&tables.zero, words);
            (zero > 0).then(|| ("0".to_owned(), zero))
        }
    }
}
