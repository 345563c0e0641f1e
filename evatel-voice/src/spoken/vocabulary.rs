//! The words that an answer of a kind may be made of, for an ear that compares sounds and writes no text.
//!
//! They come from the same data as what reads them. A number is written in digits, as it is read; whoever looks up how it sounds hears it
//! with the words beside it, so that "deux heures" has its liaison.

use std::collections::BTreeSet;

use evatel_core::{account::Language, dialogue::SlotKind};
use serde::Deserialize;

use super::{
    tables::{EN, FR},
    ways::ways,
};

/// Gives the pieces that answers of this kind are made of, each once.
pub(crate) fn pieces(kind: SlotKind, language: Language) -> Vec<String> {
    let text = match language {
        Language::En => EN,
        Language::Fr => FR,
    };
    let words: Words = toml::from_str(text).expect("our own tables are checked by a test");
    let mut all = Pieces {
        words: &words,
        language,
        found: BTreeSet::new(),
    };
    match kind {
        SlotKind::Amount => all.patterns(&words.amount),
        SlotKind::Date => all.patterns(&words.date),
        SlotKind::Duration => {
            all.patterns(&words.duration);
            all.plain(&words.join.words);
        }
        SlotKind::Moment => {
            all.patterns(&words.date);
            all.times();
            all.patterns(&words.delay);
            all.patterns(&words.duration);
        }
        SlotKind::Time => all.times(),
        SlotKind::Digits | SlotKind::Number => {
            let Digits {
                zero,
                plus,
                between,
                repeat,
            } = &words.digits;
            for said in [zero, plus, between] {
                all.plain(said);
            }
            repeat.iter().for_each(|repeat| all.plain(&repeat.say));
            all.found.extend((0..=999).map(|number: u32| number.to_string()));
        }
        SlotKind::Choice | SlotKind::Message | SlotKind::Name | SlotKind::YesNo => {}
    }
    all.plain(&words.around);
    all.found.into_iter().collect()
}

struct Pieces<'a> {
    words: &'a Words,
    language: Language,
    found: BTreeSet<String>,
}

impl Pieces<'_> {
    fn times(&mut self) {
        self.patterns(&self.words.clock);
        let parts = &self.words.parts;
        for said in [
            &parts.morning,
            &parts.afternoon,
            &parts.evening,
            &parts.night,
            &parts.tonight,
            &parts.before_noon,
            &parts.after_noon,
        ] {
            self.plain(said);
        }
    }

    fn plain(&mut self, said: &[String]) {
        self.found.extend(said.iter().cloned());
    }

    fn patterns(&mut self, rules: &[Rule]) {
        let said = rules.iter().filter(|rule| !rule.written);
        for pattern in said.flat_map(|rule| &rule.say) {
            let ways = ways(pattern).expect("our own tables are checked by a test");
            let mut heard = BTreeSet::new();
            for way in &ways {
                if !heard.insert(self.sounding(way)) {
                    continue;
                }
                for chunk in chunks(way) {
                    self.chunk(chunk.trim());
                }
            }
        }
    }

    /// Fills the one slot of a part of a pattern with all that it may stand for.
    fn chunk(&mut self, chunk: &str) {
        let Some((before, rest)) = chunk.split_once('{') else {
            self.keep(chunk.to_owned());
            return;
        };
        let Some((slot, after)) = rest.split_once('}') else {
            return;
        };
        let fillings: Vec<String> = match slot {
            "month" => self.words.months.clone(),
            "weekday" => self.words.weekdays.clone(),
            "d" => (1..=31).flat_map(|day| self.day(day)).collect(),
            "h" => self.numbers(0, 24),
            "m" => self.numbers(0, 59),
            "c" => self.numbers(1, 99),
            "cc" => self.numbers(10, 99),
            "mm" => self.numbers(10, 59),
            "n" => self.numbers(1, 60),
            "y" => self.numbers(2025, 2035),
            // What else may follow has its own patterns.
            _ => vec![String::new()],
        };
        for filling in fillings {
            self.keep(format!("{before}{filling}{after}"));
        }
    }

    /// What tells a way of saying something from others: the "s" of a plural is silent in French.
    fn sounding(&self, way: &str) -> String {
        let words = way.split(' ').map(|word| match self.language {
            Language::En => word,
            Language::Fr => word.strip_suffix('s').unwrap_or(word),
        });
        words.collect::<Vec<_>>().join(" ")
    }

    /// Numbers; "une" sounds otherwise than "un".
    fn numbers(&self, from: u32, to: u32) -> Vec<String> {
        let feminine = (self.language == Language::Fr && from <= 1).then(|| "une".to_owned());
        (from..=to)
            .map(|number| number.to_string())
            .chain(feminine)
            .collect()
    }

    /// A day of the month, as a number and as people count days.
    fn day(&self, day: u32) -> Vec<String> {
        let ordinal = match (self.language, day) {
            (Language::Fr, 1) => Some("premier".to_owned()),
            (Language::Fr, _) => None,
            (Language::En, 1 | 21 | 31) => Some(format!("{day}st")),
            (Language::En, 2 | 22) => Some(format!("{day}nd")),
            (Language::En, 3 | 23) => Some(format!("{day}rd")),
            (Language::En, _) => Some(format!("{day}th")),
        };
        std::iter::once(day.to_string()).chain(ordinal).collect()
    }

    fn keep(&mut self, text: String) {
        let text = text.trim().to_owned();
        // Marks are written and not said.
        if text.chars().any(char::is_alphanumeric) && !text.contains(['$', ':', ',', '.']) {
            self.found.insert(text);
        }
    }
}

/// Cuts a pattern so that each part has one slot at most. A number that may be any is alone with the word behind it, so that "2 heures" is one piece
/// and not one for each pattern.
fn chunks(pattern: &str) -> Vec<&str> {
    let mut cuts = Vec::new();
    for (nth, (open, _)) in pattern.match_indices('{').enumerate() {
        let close = pattern[open..]
            .find('}')
            .map_or(pattern.len(), |length| open + length);
        let is_any = ANY.contains(&&pattern[open + 1..close]);
        if nth > 0 || is_any {
            cuts.push(open);
        }
        let behind = pattern[close..].match_indices(' ').nth(1);
        if let Some((length, _)) = behind.filter(|_| is_any) {
            cuts.push(close + length);
        }
    }
    cuts.push(pattern.len());
    cuts.sort_unstable();
    cuts.dedup();
    let mut from = 0;
    cuts.into_iter()
        .map(|to| &pattern[std::mem::replace(&mut from, to)..to])
        .collect()
}

/// The slots of numbers that may be any.
const ANY: [&str; 5] = ["c", "cc", "m", "mm", "n"];

#[derive(Deserialize)]
struct Words {
    /// What is said around an answer and means nothing.
    around: Vec<String>,
    months: Vec<String>,
    weekdays: Vec<String>,
    parts: Parts,
    clock: Vec<Rule>,
    date: Vec<Rule>,
    duration: Vec<Rule>,
    amount: Vec<Rule>,
    delay: Vec<Rule>,
    join: Join,
    digits: Digits,
}

#[derive(Deserialize)]
struct Parts {
    morning: Vec<String>,
    afternoon: Vec<String>,
    evening: Vec<String>,
    night: Vec<String>,
    tonight: Vec<String>,
    #[serde(default)]
    before_noon: Vec<String>,
    #[serde(default)]
    after_noon: Vec<String>,
}

#[derive(Deserialize)]
struct Rule {
    say: Vec<String>,
    /// Met in texts, not said.
    #[serde(default)]
    written: bool,
}

#[derive(Deserialize)]
struct Join {
    words: Vec<String>,
}

#[derive(Deserialize)]
struct Digits {
    zero: Vec<String>,
    plus: Vec<String>,
    between: Vec<String>,
    repeat: Vec<Repeat>,
}

#[derive(Deserialize)]
struct Repeat {
    say: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_piece_has_one_number_or_name_at_most_with_the_words_beside_it() {
        assert_eq!(
            chunks("{weekday} le {d} {month}"),
            ["{weekday} le ", "{d} ", "{month}"]
        );
        assert_eq!(chunks("midi et quart"), ["midi et quart"]);
        assert_eq!(
            chunks("{n} dollars and {c} cents"),
            ["", "{n} dollars", " and ", "{c} cents"]
        );
        let times = pieces(SlotKind::Time, Language::Fr);
        for piece in [
            "midi et quart",
            "15 heures",
            "9 heures moins le quart",
            "30",
            "du matin",
            "euh",
        ] {
            assert!(times.iter().any(|time| time == piece), "{piece}: {times:?}");
        }
        let dates = pieces(SlotKind::Date, Language::En);
        for piece in ["tomorrow", "next tuesday", "23rd", "march"] {
            assert!(
                dates.iter().any(|date| date.eq_ignore_ascii_case(piece)),
                "{piece}: {dates:?}"
            );
        }
    }

    #[test]
    fn no_kind_has_more_pieces_than_are_compared_within_a_moment() {
        for (_, kind) in SlotKind::ALL {
            for language in [Language::En, Language::Fr] {
                let count = pieces(*kind, language).len();
                assert!(count < 4_000, "{kind} {language}: {count}");
            }
        }
    }
}
