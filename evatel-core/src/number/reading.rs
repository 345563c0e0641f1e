//! What a string is as a number, for people and scripts that ask.

use serde::Serialize;

use super::{DialPlan, Dialled, E164, SpecialCode, strip_separators};
use crate::{class::NumberClass, numbering};

/// What a dial plan makes of a string: `evatel number explain`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Reading {
    /// The string.
    pub input: String,
    /// A word of [`NumberClass`], or `crisis`, `emergency` or `extension`; an over-dialled number keeps its class.
    pub class: Option<&'static str>,
    /// The number, where it is a public one that may be dialled.
    pub e164: Option<E164>,
    /// Why it is not taken.
    pub refused: Option<String>,
}

impl Reading {
    /// Reads a string by a dial plan.
    pub fn of(input: &str, plan: &DialPlan) -> Self {
        let reading = |class, e164, refused| Self {
            input: input.to_owned(),
            class,
            e164,
            refused,
        };
        match plan.read(input) {
            Ok(Dialled::Number(number)) => {
                let class = Some(number.class().word());
                match number.check_length() {
                    Ok(()) => reading(class, Some(number), None),
                    Err(error) => reading(class, None, Some(error.to_string())),
                }
            }
            Ok(Dialled::Extension(_)) => reading(Some("extension"), None, None),
            Ok(Dialled::Special(code)) => reading(Some(word(code)), None, None),
            Err(error) => reading(over_dialled(input), None, Some(error.to_string())),
        }
    }
}

fn word(code: SpecialCode) -> &'static str {
    match code {
        SpecialCode::Crisis => "crisis",
        SpecialCode::Emergency | SpecialCode::EmergencyTest => "emergency",
        SpecialCode::Service(_) => NumberClass::ServiceCode.word(),
    }
}

/// Finds the class of digits that are too many for any number: what is dialled beyond changes nothing about it.
fn over_dialled(input: &str) -> Option<&'static str> {
    let plain = strip_separators(input, input).ok()?;
    let digits = plain.strip_prefix('+').or_else(|| plain.strip_prefix("011"))?;
    let class = numbering::of_digits(digits).class;
    (digits.len() > super::MAX_E164_DIGITS && class != NumberClass::Unknown).then(|| class.word())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(input: &str) -> (Option<&'static str>, Option<String>, bool) {
        let reading = Reading::of(input, &DialPlan::default());
        (
            reading.class,
            reading.e164.map(String::from),
            reading.refused.is_some(),
        )
    }

    #[test]
    fn each_string_has_its_class_its_number_or_its_refusal() {
        let number = |text: &str| Some(text.to_owned());
        for (input, expected) in [
            ("(514) 555-0199", (Some("canada"), number("+15145550199"), false)),
            (
                "18765550123",
                (Some("nanp-international"), number("+18765550123"), false),
            ),
            (
                "16585550123",
                (Some("nanp-international"), number("+16585550123"), false),
            ),
            (
                "18095550123",
                (Some("nanp-international"), number("+18095550123"), false),
            ),
            (
                "17875550123",
                (Some("us-territory"), number("+17875550123"), false),
            ),
            ("19005551234", (Some("premium"), number("+19005551234"), false)),
            ("15149761234", (Some("premium"), number("+15149761234"), false)),
            (
                "011 33 1 42 76 49 78",
                (Some("international"), number("+33142764978"), false),
            ),
            ("+88213123456", (Some("satellite"), number("+88213123456"), false)),
            ("+99912345678", (Some("unknown"), number("+99912345678"), false)),
            // France has nine digits: with one too many, or with so many that no number has them.
            ("011 33 1 42 76 49 78 1", (Some("international"), None, true)),
            ("011331427649781234567", (Some("international"), None, true)),
            ("911", (Some("emergency"), None, false)),
            ("933", (Some("emergency"), None, false)),
            ("988", (Some("crisis"), None, false)),
            ("411", (Some("service-code"), None, false)),
            ("101", (Some("extension"), None, false)),
            ("+911", (None, None, true)),
            ("1911", (None, None, true)),
            ("1-800-GO-FEDEX", (None, None, true)),
        ] {
            assert_eq!(read(input), expected, "{input}");
        }
    }
}
