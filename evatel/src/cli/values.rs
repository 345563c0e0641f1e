//! Values as people write them on the command line, parsed once.

use std::str::FromStr;

use evatel_core::{
    account::Language,
    calls::LegCause,
    class::NumberClass,
    country::Country,
    name::Name,
    number::{Dialled, E164},
    restriction::{Level, NumberMatch, PrefixMatch},
};

/// A public number, written in any way that a person in Canada writes one.
pub(super) fn public_number(text: &str) -> Result<E164, String> {
    match Dialled::parse(text) {
        Ok(Dialled::Number(number)) => Ok(number),
        Ok(_) => Err(format!(
            "`{text}` is not E.164: write a whole number, such as `+15145550199` or `5145550199`"
        )),
        Err(error) => Err(format!("{error}; write it as `+15145550199` or `5145550199`")),
    }
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

/// A country by its two capital letters.
pub(super) fn country(text: &str) -> Result<Country, String> {
    text.parse()
        .map_err(|error: evatel_core::country::InvalidCountry| error.to_string())
}

/// A level of owners.
pub(super) fn level(text: &str) -> Result<Level, String> {
    text.parse()
        .map_err(|error: evatel_core::account::UnknownWord| error.to_string())
}

/// What makes a leg.
pub(super) fn leg_cause(text: &str) -> Result<LegCause, String> {
    text.parse()
        .map_err(|error: evatel_core::account::UnknownWord| error.to_string())
}

/// Two capital letters: a province or territory.
pub(super) fn province(text: &str) -> Result<Name, String> {
    let wrong = || {
        format!(
            "`{}` is no province: two letters such as `QC` or `ON`",
            text.escape_debug()
        )
    };
    if text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        text.to_ascii_uppercase().parse().map_err(|_| wrong())
    } else {
        Err(wrong())
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
        .map_err(|error: evatel_core::account::UnknownWord| error.to_string())
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
