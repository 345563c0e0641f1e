//! Contacts: whom a user calls by name.

use serde::{Deserialize, Serialize};

use crate::{
    id::{ContactId, UserId},
    name::Name,
    number::E164,
};

/// One entry of a user's directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Its id.
    pub id: ContactId,
    /// Whose directory it is in.
    pub user: UserId,
    /// The name as it is said.
    pub name: Name,
    /// Where to reach him.
    pub number: E164,
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
