//! How a reseller sells and shows itself.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::{name::Name, number::E164, word::word_enum};

word_enum! {
    /// Who writes a reseller's invoices.
    BillingMode ("billing mode") {
        /// The system bills the reseller's customers for it.
        Delegated = "delegated",
        /// The reseller bills them itself.
        SelfBilled = "self-billed",
    }
}

/// Where a reseller is reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResellerProfile {
    /// The person to ask.
    pub contact: Option<Name>,
    /// His mail address.
    pub mail: Option<MailAddress>,
    /// His number.
    pub number: Option<E164>,
    /// Street, city, province and postal code, on one line.
    pub address: Option<Name>,
}

/// White label: what customers of a reseller see instead of ours. Data only; portals and mails read it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Brand {
    /// The product's name.
    pub product: Option<Name>,
    /// The portal's domain; no two resellers have the same.
    pub domain: Option<Domain>,
    /// Where its logo is read.
    pub logo: Option<WebAddress>,
    /// Who mails to customers come from.
    pub mail_from: Option<MailAddress>,
}

/// Refuses a text that is not of its form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {what}: write it as `{example}`")]
pub struct InvalidText {
    given: String,
    what: &'static str,
    example: &'static str,
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident ($what:literal, $example:literal) = $check:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Borrows it as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidText;
            fn from_str(text: &str) -> Result<Self, InvalidText> {
                let check: fn(&str) -> bool = $check;
                if text.len() <= MAX_TEXT_LEN && check(text) {
                    Ok(Self(text.to_owned()))
                } else {
                    Err(InvalidText {
                        given: text.chars().take(60).flat_map(char::escape_debug).collect(),
                        what: $what,
                        example: $example,
                    })
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;
            fn try_from(text: String) -> Result<Self, InvalidText> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> String {
                text.0
            }
        }
    )*};
}

texts! {
    /// A host name of at least two labels, in lower case (RFC 1123 §2.1).
    Domain ("domain", "telephone.example") = is_domain;
    /// A mail address without quoting, comment or non-ASCII local part: what every mail server takes (RFC 5321 §4.1.2).
    MailAddress ("mail address", "info@telephone.example") = is_mail_address;
    /// Where something is read over HTTPS.
    WebAddress ("address of the web", "https://telephone.example/logo.svg") = is_web_address;
}

/// Longest text of these in bytes (RFC 5321 §4.5.3.1.3: a path has 256 with its angle brackets).
const MAX_TEXT_LEN: usize = 254;

fn is_domain(text: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    text.contains('.') && text.split('.').all(label) && text.contains(|c: char| c.is_ascii_lowercase())
}

fn is_mail_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let atom = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_{|}~.".contains(&b);
    (1..=64).contains(&local.len())
        && local.bytes().all(atom)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && is_domain(&domain.to_ascii_lowercase())
}

fn is_web_address(text: &str) -> bool {
    let Some(rest) = text.strip_prefix("https://") else {
        return false;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    is_domain(host)
        && path
            .bytes()
            .all(|b| b.is_ascii_graphic() && !b"\"'<>\\`{}|^".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_reseller_shows_is_of_its_form_or_refused() {
        for good in ["voix.example", "a.b-c.example"] {
            assert!(good.parse::<Domain>().is_ok(), "{good}");
        }
        for bad in [
            "",
            "localhost",
            "Voix.example",
            "-a.example",
            "a..b",
            "192.0.2.1",
            "a.b\n",
        ] {
            assert!(bad.parse::<Domain>().is_err(), "{bad}");
        }
        assert!("luc.roy+ventes@Voix.example".parse::<MailAddress>().is_ok());
        for bad in [
            "luc",
            "@a.b",
            "a b@c.de",
            "a@b",
            ".a@b.cd",
            "a..b@c.de",
            "a@b.cd\r\nBcc: x@y.zz",
        ] {
            assert!(bad.parse::<MailAddress>().is_err(), "{bad}");
        }
        assert!("https://voix.example/logo.svg?v=2".parse::<WebAddress>().is_ok());
        for bad in [
            "http://voix.example",
            "javascript:alert(1)",
            "https://u@voix.example",
            "https://a.b/<x>",
        ] {
            assert!(bad.parse::<WebAddress>().is_err(), "{bad}");
        }
    }
}
