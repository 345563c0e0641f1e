//! Values as people write them on the command line, parsed once.

use std::str::FromStr;

use evatel_core::{
    account::Language,
    caller::Caller,
    calls::LegCause,
    class::NumberClass,
    country::Country,
    holiday::Province,
    money::{Currency, Money},
    number::{Dialled, E164},
    policy::MAX_LEG_LENGTH,
    restriction::{Level, NumberMatch, PrefixMatch},
};

/// A public number, written in any way that a person in Canada writes one.
pub(super) fn public_number(text: &str) -> Result<E164, String> {
    match Dialled::parse(text) {
        Ok(Dialled::Number(number)) => Ok(number),
        Ok(_) => Err(format!(
            "`{text}` is not E.164: write a whole number, such as `+15145550199` or `5145550199`"
        )),
        Err(error) => Err(format!(
            "{}; write it as `+15145550199` or `5145550199`",
            error.as_public()
        )),
    }
}

/// A caller: a public number, or `anonymous` for whoever hides his.
pub(super) fn caller(text: &str) -> Result<Caller, String> {
    if text == "anonymous" {
        return Ok(Caller::Anonymous);
    }
    let number = public_number(text).map(Caller::Number);
    number.map_err(|error| format!("{error}, or `anonymous`"))
}

/// A class of numbers, a country, a service code, or first digits with the lengths that count.
pub(super) fn number_match(text: &str) -> Result<NumberMatch, String> {
    // `411` is the service; `+411` would be somewhere in Switzerland.
    if let Ok(code) = NumberMatch::from_str(&format!("code:{text}")) {
        return Ok(code);
    }
    if text.starts_with(|first: char| first == '+' || first.is_ascii_digit()) {
        return PrefixMatch::from_str(text.strip_prefix('+').unwrap_or(text))
            .map(NumberMatch::Prefix)
            .map_err(|error| error.to_string());
    }
    if let Ok(country) = Country::from_str(text) {
        return Ok(NumberMatch::Country(country));
    }
    let class = NumberClass::from_str(text).map(NumberMatch::Class);
    class.map_err(|error| format!("{error}, or a country such as `FR`, or first digits such as `+33`"))
}

/// A province or territory by its two letters, as a calendar or as Canada Post writes them.
pub(super) fn province(text: &str) -> Result<Province, String> {
    let known = Province::from_str(&text.to_ascii_lowercase());
    known
        .or_else(|_| Province::from_str(text))
        .map_err(|error| error.to_string())
}

/// A country by its two capital letters.
pub(super) fn country(text: &str) -> Result<Country, String> {
    text.parse()
        .map_err(|error: evatel_core::country::InvalidCountry| error.to_string())
}

/// A level of owners.
pub(super) fn level(text: &str) -> Result<Level, String> {
    text.parse()
        .map_err(|error: evatel_core::word::UnknownWord| error.to_string())
}

/// What makes a leg.
pub(super) fn leg_cause(text: &str) -> Result<LegCause, String> {
    text.parse()
        .map_err(|error: evatel_core::word::UnknownWord| error.to_string())
}

/// A number of legs, 0 to 1,000,000.
pub(super) fn count(text: &str) -> Result<u32, String> {
    let count = text.parse().ok().filter(|count| *count <= 1_000_000);
    count.ok_or_else(|| format!("`{}` is no count: 0 to 1000000", text.escape_debug()))
}

/// How long a leg may be, in seconds: 1 to [`MAX_LEG_LENGTH`].
pub(super) fn leg_seconds(text: &str) -> Result<u32, String> {
    let most = MAX_LEG_LENGTH.as_secs();
    let seconds = text.parse().ok();
    let seconds = seconds.filter(|seconds: &u32| (1..=most).contains(&u64::from(*seconds)));
    seconds.ok_or_else(|| format!("`{}` is no length: 1 to {most} seconds", text.escape_debug()))
}

/// An amount that is not below zero, in micro-units: digits, a point, at most six decimals.
pub(super) fn micros(text: &str) -> Result<i64, String> {
    // Routes are all priced in one currency, whichever it is.
    let amount = format!("{text} {}", Currency::CAD.code()).parse::<Money>();
    let amount = amount.ok().filter(|amount| !amount.is_negative());
    let wrong = || format!("`{}` is no amount: write it as `0.012`", text.escape_debug());
    amount.map(Money::micros).ok_or_else(wrong)
}

/// Writes such an amount.
pub(super) fn shown_micros(micros: i64) -> String {
    let amount = Money::from_micros(micros, Currency::CAD).to_string();
    amount
        .split_once(' ')
        .map_or_else(String::new, |(digits, _)| digits.to_owned())
}

/// The price of a minute, in micro-units: 0 to 4294.967295.
pub(super) fn minute_price(text: &str) -> Result<u32, String> {
    let too_much = |_| format!("`{text}` is too much for a minute: at most 4294.967295");
    u32::try_from(micros(text)?).map_err(too_much)
}

/// Writes which numbers a rule or a route is about, as [`number_match`] reads it.
pub(super) fn shown_match(matches: &NumberMatch) -> String {
    match matches {
        NumberMatch::Class(class) => class.to_string(),
        NumberMatch::Code(code) => code.to_string(),
        NumberMatch::Country(country) => country.to_string(),
        NumberMatch::Prefix(prefix) => format!("+{prefix}"),
    }
}

/// `on` or `off`.
pub(super) fn switch(text: &str) -> Result<bool, String> {
    match text {
        "on" => Ok(true),
        "off" => Ok(false),
        _ => Err(format!("`{}` is neither `on` nor `off`", text.escape_debug())),
    }
}

/// `fr` or `en`.
pub(super) fn language(text: &str) -> Result<Language, String> {
    text.parse()
        .map_err(|error: evatel_core::word::UnknownWord| error.to_string())
}

/// A value, or that there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrNone<T>(pub(super) Option<T>);

/// A value of a type that reads itself.
pub(super) fn parsed<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<T, String> {
    text.parse().map_err(|error: T::Err| error.to_string())
}

/// A value, or the word `none`.
pub(super) fn or_none<T>(
    text: &str,
    read: impl FnOnce(&str) -> Result<T, String>,
) -> Result<OrNone<T>, String> {
    if text == "none" {
        return Ok(OrNone(None));
    }
    let value = read(text).map(|value| OrNone(Some(value)));
    value.map_err(|error| format!("{error}, or `none`"))
}

/// A value of a user's own, or that of his account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OrAccount<T>(pub(super) Option<T>);

/// A value, or the word `account`.
pub(super) fn or_account<T: FromStr<Err: std::fmt::Display>>(text: &str) -> Result<OrAccount<T>, String> {
    if text == "account" {
        return Ok(OrAccount(None));
    }
    let own = text.parse().map(|value| OrAccount(Some(value)));
    own.map_err(|error: T::Err| format!("{error}, or `account`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_province_is_known_by_small_and_by_capital_letters() {
        assert_eq!(
            (province("QC"), province("qc")),
            (Ok(Province::Quebec), Ok(Province::Quebec))
        );
        assert!(province("ZZ").unwrap_err().starts_with("`ZZ` is no province"));
    }
}
