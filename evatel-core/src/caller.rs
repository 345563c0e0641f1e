//! Who calls, as far as the network tells.

use std::{convert::Infallible, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::number::{Dialled, E164};

/// A caller from outside. What he shows is no proof of who he is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Caller {
    /// He hides his number, or shows something that is no number: filters take both for the same.
    Anonymous,
    /// He shows this number.
    Number(E164),
}

impl Caller {
    /// Gives the number that he shows.
    pub fn number(&self) -> Option<&E164> {
        match self {
            Self::Number(number) => Some(number),
            Self::Anonymous => None,
        }
    }
}

impl FromStr for Caller {
    type Err = Infallible;

    /// Takes what a carrier shows; everything that is no public number (`anonymous`, `Unavailable`, letters) is anonymous.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match Dialled::parse(text) {
            Ok(Dialled::Number(number)) => Self::Number(number),
            _ => Self::Anonymous,
        })
    }
}

impl From<String> for Caller {
    fn from(text: String) -> Self {
        let Ok(caller) = text.parse();
        caller
    }
}

impl From<Caller> for String {
    fn from(caller: Caller) -> String {
        caller.to_string()
    }
}

impl fmt::Display for Caller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anonymous => f.write_str("anonymous"),
            Self::Number(number) => number.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_and_an_impossible_number_are_the_same_caller() {
        for text in [
            "anonymous",
            "Restricted",
            "",
            "+1514555019",
            "5145550199&PJSIP/x",
            "101",
            "911",
            "+911",
        ] {
            assert_eq!(text.parse(), Ok(Caller::Anonymous), "{text}");
        }
        assert_eq!(
            "514 555-0199".parse::<Caller>().unwrap().to_string(),
            "+15145550199"
        );
    }
}
