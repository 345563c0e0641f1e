//! Amounts as people and machines write them.

use std::{fmt, str::FromStr};

use super::{Currency, MICROS_PER_UNIT, Money};
use crate::account::Language;

/// Why a text is no amount.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    /// Not a number in this language.
    #[error("`{given}` is no amount: write it as `{example}`")]
    Form {
        /// What was given, shortened and escaped.
        given: String,
        /// An amount that would be taken.
        example: &'static str,
    },
    /// More than six decimals.
    #[error("`{given}` has more than 6 decimals")]
    Precision {
        /// What was given.
        given: String,
    },
    /// More than can be kept.
    #[error("`{given}` is larger than can be kept: at most 9 million million")]
    TooLarge {
        /// What was given.
        given: String,
    },
    /// No currency that money is paid in.
    #[error("`{given}` is no currency: use an ISO 4217 code such as `CAD` or `USD`")]
    Currency {
        /// What was given.
        given: String,
    },
}

/// Reads the ISO 4217 code of a currency that has coins or cents; metals and test codes are refused.
///
/// # Errors
/// [`InvalidMoney::Currency`].
pub fn currency(code: &str) -> Result<Currency, InvalidMoney> {
    let found =
        Currency::from_code(code).filter(|currency| currency.exponent().is_some_and(|digits| digits <= 6));
    found.ok_or_else(|| InvalidMoney::Currency { given: shorten(code) })
}

impl Money {
    /// Reads an amount as people write it: `1,234.50` in English, `1 234,50` in French, with or without `$` or the
    /// currency's code on either side. Nothing is guessed: `1,5` is no English amount.
    ///
    /// # Errors
    /// [`InvalidMoney`].
    pub fn parse(text: &str, language: Language, currency: Currency) -> Result<Self, InvalidMoney> {
        let refused = || InvalidMoney::Form {
            given: shorten(text),
            example: match language {
                Language::En => "1,234.50",
                Language::Fr => "1 234,50",
            },
        };
        let symbol = currency.symbol().to_string();
        let mut bare = text.trim();
        for mark in [currency.code(), symbol.as_str()] {
            bare = bare.strip_prefix(mark).unwrap_or(bare).trim();
            bare = bare.strip_suffix(mark).unwrap_or(bare).trim();
        }
        let (negative, bare) = match bare.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest.strip_prefix(&symbol).unwrap_or(rest)),
            None => (false, bare),
        };
        let (decimal, group): (&[char], &[char]) = match language {
            Language::En => (&['.'], &[',']),
            Language::Fr => (&[',', '.'], &[' ', '\u{a0}', '\u{202f}']),
        };
        let (whole, fraction) = bare
            .split_once(decimal)
            .map_or((bare, None), |(whole, rest)| (whole, Some(rest)));
        let groups: Vec<&str> = whole.split(group).collect();
        let well_grouped = groups.iter().skip(1).all(|group| group.len() == 3)
            && (groups.len() == 1 || (1..=3).contains(&groups[0].len()));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !well_grouped
            || !groups.iter().all(|group| digits(group))
            || fraction.is_some_and(|text| !digits(text))
        {
            return Err(refused());
        }
        let micros = micros(&groups.concat(), fraction.unwrap_or_default(), text)?;
        Ok(Self::from_micros(
            if negative { -micros } else { micros },
            currency,
        ))
    }

    /// Writes an amount for people: `$1,234.50 CAD` in English, `1 234,50 $ CAD` in French (no-break spaces), with as
    /// many decimals as the amount needs and at least those of the currency.
    pub fn shown(self, language: Language) -> String {
        let (decimal, group) = match language {
            Language::En => (".", ","),
            Language::Fr => (",", "\u{a0}"),
        };
        let (sign, whole, fraction) = parts(self);
        let mut grouped = String::new();
        for (at, digit) in whole.chars().enumerate() {
            if at > 0 && (whole.len() - at).is_multiple_of(3) {
                grouped += group;
            }
            grouped.push(digit);
        }
        if !fraction.is_empty() {
            grouped = format!("{grouped}{decimal}{fraction}");
        }
        let (symbol, code) = (self.currency().symbol().to_string(), self.currency().code());
        match language {
            Language::En => format!("{sign}{symbol}{grouped}\u{a0}{code}"),
            Language::Fr => format!("{sign}{grouped}\u{a0}{symbol}\u{a0}{code}"),
        }
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (sign, whole, fraction) = parts(*self);
        let point = if fraction.is_empty() { "" } else { "." };
        write!(f, "{sign}{whole}{point}{fraction} {}", self.currency().code())
    }
}

impl FromStr for Money {
    type Err = InvalidMoney;

    /// Takes `12.5 CAD`: digits, a point, at most six decimals, a space, the code.
    fn from_str(text: &str) -> Result<Self, InvalidMoney> {
        let refused = || InvalidMoney::Form {
            given: shorten(text),
            example: "12.50 CAD",
        };
        let (amount, code) = text.split_once(' ').ok_or_else(refused)?;
        let currency = currency(code)?;
        let (negative, amount) = amount
            .strip_prefix('-')
            .map_or((false, amount), |rest| (true, rest));
        let (whole, fraction) = amount
            .split_once('.')
            .map_or((amount, None), |(whole, rest)| (whole, Some(rest)));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || fraction.is_some_and(|text| !digits(text)) {
            return Err(refused());
        }
        let micros = micros(whole, fraction.unwrap_or_default(), text)?;
        Ok(Self::from_micros(
            if negative { -micros } else { micros },
            currency,
        ))
    }
}

/// Gives how many decimals can be paid.
pub(super) fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(2, |digits| u32::from(digits).min(6))
}

/// Puts digits before and after the point together; both hold ASCII digits only.
fn micros(whole: &str, fraction: &str, given: &str) -> Result<i64, InvalidMoney> {
    if fraction.len() > 6 {
        return Err(InvalidMoney::Precision {
            given: shorten(given),
        });
    }
    let too_large = || InvalidMoney::TooLarge {
        given: shorten(given),
    };
    let whole: i64 = whole.parse().map_err(|_| too_large())?;
    let fraction: i64 = format!("{fraction:0<6}").parse().map_err(|_| too_large())?;
    let micros = whole
        .checked_mul(MICROS_PER_UNIT)
        .and_then(|micros| micros.checked_add(fraction));
    micros.ok_or_else(too_large)
}

/// Gives sign, whole units and the decimals that are needed.
fn parts(money: Money) -> (&'static str, String, String) {
    let micros = money.micros().unsigned_abs();
    let unit = MICROS_PER_UNIT.unsigned_abs();
    let all = format!("{:06}", micros % unit);
    let least = decimals(money.currency()) as usize;
    let needed = all.trim_end_matches('0').len().max(least);
    (
        if money.is_negative() { "-" } else { "" },
        (micros / unit).to_string(),
        all[..needed].to_owned(),
    )
}

fn shorten(text: &str) -> String {
    text.chars().take(40).flat_map(char::escape_debug).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cad(micros: i64) -> Money {
        Money::from_micros(micros, Currency::CAD)
    }

    #[test]
    fn each_language_reads_what_it_writes_and_what_people_write() {
        let amount = cad(1_234_500_000);
        assert_eq!(amount.shown(Language::En), "$1,234.50\u{a0}CAD");
        assert_eq!(amount.shown(Language::Fr), "1\u{a0}234,50\u{a0}$\u{a0}CAD");
        assert_eq!(cad(12_500).shown(Language::Fr), "0,0125\u{a0}$\u{a0}CAD");
        for (text, language) in [
            ("1,234.50", Language::En),
            ("1234.5", Language::En),
            ("$1,234.50 CAD", Language::En),
            ("1 234,50", Language::Fr),
            ("1234,5 $", Language::Fr),
            ("1\u{202f}234,50 CAD", Language::Fr),
            ("1234.50", Language::Fr),
        ] {
            assert_eq!(Money::parse(text, language, Currency::CAD), Ok(amount), "{text}");
        }
    }

    #[test]
    fn what_is_no_amount_is_refused_never_guessed() {
        for text in [
            "",
            "1,5",
            "1,2345.00",
            ",5",
            "1.",
            "--1",
            "1e3",
            "١٢",
            "1 234.50",
            "=1+1",
            "NaN",
            "0x1",
            "12,34,567",
            "1.5 USD",
        ] {
            let read = Money::parse(text, Language::En, Currency::CAD);
            assert!(read.is_err() || text == "{text}: {read:?}");
        }
        assert!(matches!(
            Money::parse("0.1234567", Language::En, Currency::CAD),
            Err(InvalidMoney::Precision { .. })
        ));
        assert!(matches!(
            Money::parse("99999999999999", Language::En, Currency::CAD),
            Err(InvalidMoney::TooLarge { .. })
        ));
        for code in ["XAU", "XXX", "cad", "", "CAD\n"] {
            assert!(currency(code).is_err(), "{code}");
        }
    }

    proptest! {
        #[test]
        fn every_amount_comes_back_from_its_text(micros in -i64::MAX..=i64::MAX) {
            let amount = cad(micros);
            prop_assert_eq!(amount.to_string().parse(), Ok(amount));
            for language in [Language::En, Language::Fr] {
                prop_assert_eq!(Money::parse(&amount.shown(language), language, Currency::CAD), Ok(amount));
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC*") {
            let _ = text.parse::<Money>();
            let _ = Money::parse(&text, Language::Fr, Currency::CAD);
        }
    }
}
