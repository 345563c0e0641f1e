//! Contacts: whom a user calls by name.

mod export;
pub mod import;

pub use export::{to_csv, to_vcards};

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, ContactId, UserId},
    name::Name,
    number::E164,
};

/// Somebody whom one calls by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Whose it is.
    pub owner: ContactOwner,
    /// The name as it is written.
    pub name: Name,
    /// The name as it would be written if it were written as it is said, such as `Jou-benne` for `Joubin`.
    pub pronunciation: Option<Name>,
    /// Other names by which one may ask for him.
    pub nicknames: Vec<Name>,
    /// Where he is called.
    pub number: E164,
    /// From where he may call, too.
    pub other_numbers: Vec<E164>,
}

/// Whose a contact is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "level", content = "id", rename_all = "kebab-case")]
pub enum ContactOwner {
    /// Shared by the users of an account.
    Account(AccountId),
    /// One user's own.
    User(UserId),
}

impl fmt::Display for ContactOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account(id) => write!(f, "account:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

impl Contact {
    /// Makes a contact with one name and one number.
    pub fn new(id: ContactId, owner: ContactOwner, name: Name, number: E164) -> Self {
        Self {
            id,
            owner,
            name,
            pronunciation: None,
            nicknames: Vec::new(),
            number,
            other_numbers: Vec::new(),
        }
    }

    /// Gives the name to say aloud.
    pub fn spoken_name(&self) -> &Name {
        self.pronunciation.as_ref().unwrap_or(&self.name)
    }

    /// Lists every name by which one may ask for him, each to be read aloud as it is written.
    pub fn spoken_names(&self) -> impl Iterator<Item = &Name> {
        std::iter::once(self.spoken_name()).chain(&self.nicknames)
    }

    /// Says whether he calls with this number.
    pub fn has_number(&self, number: &E164) -> bool {
        self.number == *number || self.other_numbers.contains(number)
    }
}

/// Spells a name on a telephone keypad (ITU-T E.161): accents fall away, what has no key is left out.
///
/// `Zoé Roy` becomes `963769`.
pub fn keypad_spelling(name: &str) -> String {
    name.chars().filter_map(key_of).collect()
}

fn key_of(letter: char) -> Option<char> {
    let plain = match letter.to_lowercase().next()? {
        'à' | 'â' | 'ä' | 'á' | 'ã' | 'å' | 'æ' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' | 'í' | 'ì' => 'i',
        'ñ' => 'n',
        'ô' | 'ö' | 'ó' | 'ò' | 'õ' | 'ø' | 'œ' => 'o',
        'ù' | 'û' | 'ü' | 'ú' => 'u',
        'ÿ' | 'ý' => 'y',
        other => other,
    };
    Some(match plain {
        'a'..='c' => '2',
        'd'..='f' => '3',
        'g'..='i' => '4',
        'j'..='l' => '5',
        'm'..='o' => '6',
        'p'..='s' => '7',
        't'..='v' => '8',
        'w'..='z' => '9',
        '0'..='9' => plain,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_and_spaces_do_not_change_the_keys() {
        assert_eq!(keypad_spelling("Zoé Roy"), "963769");
        assert_eq!(keypad_spelling("ZOE-ROY"), "963769");
    }
}
