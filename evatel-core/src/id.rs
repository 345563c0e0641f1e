//! Ids as types: a raw `String` never crosses a module.
//!
//! An id of up to 23 bytes, as the store mints them, lies where it is kept: to compare two looks nowhere else in memory.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

/// Longest id in bytes; leaves room for our prefixes under Asterisk's 149 characters for a channel id.
pub const MAX_ID_LEN: usize = 64;

/// Refuses what is no id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {kind}: an id is 1 to {MAX_ID_LEN} of the characters a-z, A-Z, 0-9, `-`, `_`, `.`")]
pub struct InvalidId {
    kind: &'static str,
    given: String,
}

fn checked(kind: &'static str, text: &str) -> Result<SmolStr, InvalidId> {
    let fits = (1..=MAX_ID_LEN).contains(&text.len());
    if fits
        && text
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    {
        Ok(text.into())
    } else {
        Err(InvalidId {
            kind,
            given: text.chars().take(MAX_ID_LEN).collect(),
        })
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $kind:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(SmolStr);

        impl $name {
            /// Borrows the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                checked($kind, text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.into()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// A customer: a company or a professional.
    AccountId = "account id";
    /// A key with which a program acts for somebody.
    ApiKeyId = "API key id";
    /// One call, with all its legs.
    CallId = "call id";
    /// One entry of somebody's directory.
    ContactId = "contact id";
    /// A telephone or soft phone.
    DeviceId = "device id";
    /// A number that we answer for (Direct Inward Dialling).
    DidId = "DID id";
    /// A carrier that we buy from: an Internet telephone service provider.
    ItspId = "ITSP id";
    /// Something that the catalogue sells.
    ItemId = "item id";
    /// One leg: one party's side of a call. It is the channel's id on the switch too.
    LegId = "leg id";
    /// A name and a password with which somebody proves who he is.
    LoginId = "login id";
    /// A price that was asked for and may be confirmed.
    QuoteId = "quote id";
    /// Who sells the service.
    ResellerId = "reseller id";
    /// A count that the ledger keeps for one leg.
    ReservationId = "reservation id";
    /// A way out for some numbers, over one trunk.
    RouteId = "route id";
    /// A rule on who may call what.
    RestrictionId = "restriction id";
    /// An entry of a list of callers.
    ScreeningId = "screening id";
    /// One stay of somebody who has proved who he is.
    SessionId = "session id";
    /// What an account pays for.
    SubscriptionId = "subscription id";
    /// A line to a carrier.
    TrunkId = "trunk id";
    /// A person with an account of his own or in a company.
    UserId = "user id";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_with_a_newline_or_a_dial_separator_is_refused_with_its_kind() {
        for bad in ["", "a\nb", "x&PJSIP/y", "é", &"a".repeat(65)] {
            let error = bad.parse::<TrunkId>().unwrap_err();
            assert!(error.to_string().contains("trunk id"), "{error}");
        }
        assert_eq!("trk-1_A".parse::<TrunkId>().unwrap().as_str(), "trk-1_A");
    }
}
