//! Digits, numbers, dates and times as people say them, for a voice that reads letters.

use std::sync::LazyLock;

use evatel_core::{
    account::Language,
    jiff::civil::{Date, Time},
};

use super::Fault;
use crate::catalogue::Catalogue;

/// Says a text as what `kind` (SSML's `interpret-as`) names.
pub(super) fn as_kind(kind: &str, text: &str, language: Language) -> Result<String, Fault> {
    let no = |what| Fault::Value {
        value: text.chars().take(40).collect(),
        what,
    };
    match kind {
        "characters" | "spell-out" => Ok(one_by_one(text)),
        "digits" => digits(text)
            .map(|digits| one_by_one(&digits))
            .ok_or_else(|| no("row of digits")),
        "telephone" => telephone(text).ok_or_else(|| no("telephone number")),
        "cardinal" => {
            let number: Option<i64> = text.parse().ok();
            number
                .map(|number| number.to_string())
                .ok_or_else(|| no("whole number"))
        }
        "date" => {
            let date: Date = text.parse().map_err(|_| no("date: write `2026-11-26`"))?;
            Ok(TEXTS.date(language, date))
        }
        "time" => {
            let time: Time = text.parse().map_err(|_| no("time of day: write `15:30`"))?;
            Ok(TEXTS.clock(language, time))
        }
        other => Err(Fault::NotKnown(format!("say-as {other}"))),
    }
}

static TEXTS: LazyLock<Catalogue> = LazyLock::new(Catalogue::new);

/// Says each letter or digit by itself.
fn one_by_one(text: &str) -> String {
    let letters = text.chars().filter(|letter| letter.is_alphanumeric());
    letters.map(String::from).collect::<Vec<_>>().join(" ")
}

/// Says a number in the groups that North Americans say, with a breath between: area, exchange, line; others by two and three.
fn telephone(text: &str) -> Option<String> {
    let digits = digits(text)?;
    let groups: &[usize] = match digits.len() {
        3 | 4 => &[4],
        7 => &[3, 4],
        10 => &[3, 3, 4],
        11 if digits.starts_with('1') => &[1, 3, 3, 4],
        5..=15 => &[2, 3, 2, 3, 2, 3],
        _ => return None,
    };
    let mut rest = digits.as_str();
    let mut said = Vec::new();
    for length in groups {
        let (group, after) = rest.split_at((*length).min(rest.len()));
        if !group.is_empty() {
            said.push(one_by_one(group));
        }
        rest = after;
    }
    Some(said.join(", "))
}

/// Gives the digits of a row that has nothing else but what people write between them.
fn digits(text: &str) -> Option<String> {
    let between = |letter: char| matches!(letter, ' ' | '-' | '.' | '(' | ')' | '+' | '\u{a0}');
    let whole = text
        .chars()
        .all(|letter| letter.is_ascii_digit() || between(letter));
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (whole && !digits.is_empty()).then_some(digits)
}
