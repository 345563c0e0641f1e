//! Ids of what lives in Asterisk. We make them ourselves, before the request is sent, so that no event is missed.

use std::{borrow::Borrow, fmt, sync::Arc};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use uuid::Uuid;

use crate::text;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Borrows the id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Borrows what holds the text, so that it can be kept without a copy.
            pub(crate) fn shared(&self) -> &Arc<str> {
                &self.0
            }
        }

        impl From<Arc<str>> for $name {
            fn from(text: Arc<str>) -> Self {
                Self(text)
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.into())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text.into())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0.as_ref().to_owned()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                text::read(deserializer)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
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
    /// The name of an application.
    AppName;
    /// The id of a bridge.
    BridgeId;
    /// The id of a channel, `uniqueid` in Asterisk's own words.
    ChannelId;
    /// The name of a device state, such as `Stasis:door`.
    DeviceName;
    /// The name of an endpoint, technology and resource, such as `PJSIP/alice`.
    EndpointName;
    /// The id of a playback.
    PlaybackId;
    /// The name of a recording, which is its id.
    RecordingName;
}

/// What every id made by one application begins with, so that after a crash it knows its own and leaves others alone.
///
/// Application names hold no `_` ([`crate::Config::new`]), hence `evatel` never takes `evatel-b` for its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(Arc<str>);

impl Mark {
    /// Makes the mark of the application `app`.
    pub fn of(app: &str) -> Self {
        Self(format!("{app}_").into())
    }

    /// Borrows the mark as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Says whether an id carries this mark.
    pub fn is_on(&self, id: &str) -> bool {
        id.starts_with(self.as_str())
    }

    /// Puts the mark before `name`, unless it is there.
    pub fn on(&self, name: &str) -> String {
        if self.is_on(name) {
            name.to_owned()
        } else {
            format!("{}{name}", self.0)
        }
    }

    /// Makes a new unique id, `<mark><kind>-<32 hexadecimal digits>`, in the order of time.
    pub fn fresh(&self, kind: &str) -> String {
        format!("{}{kind}-{}", self.0, Uuid::now_v7().simple())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_application_does_not_take_the_ids_of_one_with_a_longer_name_for_its_own() {
        let other = Mark::of("evatel-b").fresh("leg");
        assert!(!Mark::of("evatel").is_on(&other), "{other}");
        assert!(Mark::of("evatel-b").is_on(&other));
        assert_eq!(Mark::of("evatel").on("evatel_x"), "evatel_x");
    }
}
