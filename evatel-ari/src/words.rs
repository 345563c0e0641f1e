//! Enums of words on the wire. A word that a newer Asterisk invents is kept and written back as it came.

/// Defines such an enum: `Variant = "word"`, and `Other` for the rest.
macro_rules! words {
    ($($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $variant:ident = $word:literal,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$word_doc])* $variant,)*
            /// A word that has no variant here; empty where Asterisk said nothing.
            Other(String),
        }

        impl $name {
            /// Every word that has a variant of its own.
            pub const KNOWN: &[Self] = &[$(Self::$variant),*];

            /// Gives the word as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(word) => word,
                }
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self::Other(String::new())
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                match word {
                    $($word => Self::$variant,)*
                    other => Self::Other(other.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.as_str() == other
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::text::read(deserializer)
            }
        }
    )*};
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::model::PlaybackState;

    #[test]
    fn an_unknown_word_is_kept_and_written_back() {
        let text = r#"["playing","DONE","skipping",""]"#;
        let states: Vec<PlaybackState> = serde_json::from_str(text).unwrap();
        assert_eq!(
            states,
            [
                PlaybackState::Playing,
                PlaybackState::Other("DONE".into()),
                PlaybackState::Other("skipping".into()),
                PlaybackState::default(),
            ]
        );
        assert_eq!(serde_json::to_string(&states).unwrap(), text);
        assert!(states[0] == *"playing" && PlaybackState::KNOWN.contains(&states[0]));
    }
}
