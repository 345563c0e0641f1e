//! Closed lists of words, as the command line and the database write them.

macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident ($what:literal) { $($(#[$vdoc:meta])* $variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $word)] $variant),*
        }

        impl $name {
            /// All values with their words, as the command line and the database write them.
            pub const ALL: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];

            /// Gives the word of this value.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),* }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = crate::word::UnknownWord;
            fn from_str(text: &str) -> Result<Self, crate::word::UnknownWord> {
                Self::ALL.iter().find(|(word, _)| *word == text).map(|(_, value)| *value).ok_or_else(|| {
                    crate::word::UnknownWord {
                        given: text.chars().take(40).flat_map(char::escape_debug).collect(),
                        what: $what,
                        known: concat!($("`", $word, "` "),*),
                    }
                })
            }
        }
    };
}
pub(crate) use word_enum;

/// Refuses a word that is none of a closed list.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is no {what}: use one of {}", known.trim_end())]
pub struct UnknownWord {
    pub(crate) given: String,
    pub(crate) what: &'static str,
    pub(crate) known: &'static str,
}
