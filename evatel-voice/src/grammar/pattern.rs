//! A phrase as it is written: words, `{contact}`, `[what may be left out]`, `(one|of|several)`.

/// Why a phrase cannot be read. Its `Display` says what to do about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PatternError {
    /// A bracket without its other half.
    #[error("`{bracket}` has no other half: brackets come in pairs")]
    Bracket {
        /// Which.
        bracket: char,
    },
    /// Brackets in brackets in brackets.
    #[error("brackets are nested deeper than {MOST_NESTED}: write several phrases")]
    Nested,
    /// `{…}` that is none.
    #[error("`{{{name}}}` is none of what can be said here: write `{{contact}}`")]
    Slot {
        /// What it says.
        name: String,
    },
    /// More than one contact in one way of saying it.
    #[error("`{{contact}}` stands in it more than once: one contact a phrase")]
    Contacts,
    /// There is nothing to say.
    #[error("all of it may be left out: at least one word must be said")]
    Empty,
    /// It is too long.
    #[error("it has more than {LONGEST} letters: write several phrases")]
    Long,
    /// It stands for too much.
    #[error("it stands for more than {MOST_WAYS} phrases: write fewer alternatives in one")]
    Ways,
}

/// Longest phrase as written, in letters.
const LONGEST: usize = 200;
/// How many phrases one may stand for.
const MOST_WAYS: usize = 64;
/// How deep brackets may be nested.
const MOST_NESTED: usize = 4;
/// What stands for a contact's name.
pub(super) const CONTACT: &str = "{contact}";

/// Gives each way of saying a phrase, in the order in which they are written.
pub(super) fn ways(phrase: &str) -> Result<Vec<String>, PatternError> {
    if phrase.chars().count() > LONGEST {
        return Err(PatternError::Long);
    }
    let letters: Vec<char> = phrase.chars().collect();
    let mut reader = Reader {
        letters: &letters,
        at: 0,
    };
    let mut ways: Vec<String> = Vec::new();
    for way in reader.alternatives(None, 0)? {
        let way = way.split_whitespace().collect::<Vec<_>>().join(" ");
        if way.is_empty() {
            return Err(PatternError::Empty);
        }
        if way.matches(CONTACT).count() > 1 {
            return Err(PatternError::Contacts);
        }
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    Ok(ways)
}

struct Reader<'a> {
    letters: &'a [char],
    at: usize,
}

impl Reader<'_> {
    /// Reads up to the closing bracket, or the end: alternatives with `|` between.
    fn alternatives(&mut self, open: Option<char>, depth: usize) -> Result<Vec<String>, PatternError> {
        if depth > MOST_NESTED {
            return Err(PatternError::Nested);
        }
        let close = open.map(|open| if open == '[' { ']' } else { ')' });
        let mut all = Vec::new();
        let mut ways = vec![String::new()];
        while let Some(&letter) = self.letters.get(self.at) {
            self.at += 1;
            match letter {
                _ if Some(letter) == close => {
                    all.append(&mut ways);
                    return few(all);
                }
                '|' if open.is_some() => all.append(&mut ways),
                '|' | ']' | ')' | '}' => return Err(PatternError::Bracket { bracket: letter }),
                '(' | '[' => {
                    let mut inner = self.alternatives(Some(letter), depth + 1)?;
                    if letter == '[' {
                        inner.insert(0, String::new());
                    }
                    ways = joined(&ways, &inner)?;
                }
                '{' => {
                    let slot = self.slot()?;
                    ways.iter_mut().for_each(|way| way.push_str(slot));
                }
                letter => ways.iter_mut().for_each(|way| way.push(letter)),
            }
            if ways.is_empty() {
                ways.push(String::new());
            }
        }
        if let Some(bracket) = open {
            return Err(PatternError::Bracket { bracket });
        }
        all.append(&mut ways);
        few(all)
    }

    fn slot(&mut self) -> Result<&'static str, PatternError> {
        let rest = &self.letters[self.at..];
        let Some(length) = rest.iter().position(|letter| *letter == '}') else {
            return Err(PatternError::Bracket { bracket: '{' });
        };
        let name: String = rest[..length].iter().collect();
        self.at += length + 1;
        if name.trim() == "contact" {
            return Ok(CONTACT);
        }
        Err(PatternError::Slot { name })
    }
}

fn joined(ways: &[String], inner: &[String]) -> Result<Vec<String>, PatternError> {
    if ways.len() * inner.len() > MOST_WAYS {
        return Err(PatternError::Ways);
    }
    let each = ways
        .iter()
        .flat_map(|way| inner.iter().map(move |inner| format!("{way}{inner}")));
    Ok(each.collect())
}

fn few(ways: Vec<String>) -> Result<Vec<String>, PatternError> {
    if ways.len() > MOST_WAYS {
        return Err(PatternError::Ways);
    }
    Ok(ways)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_stands_for_each_way_of_saying_it() {
        for (phrase, all) in [
            ("au revoir", &["au revoir"][..]),
            (
                "[s'il te plaît] aide-moi",
                &["aide-moi", "s'il te plaît aide-moi"],
            ),
            (
                "(appelle|appelez) {contact}",
                &["appelle {contact}", "appelez {contact}"],
            ),
            (
                "[[je veux] laisser un|un] message",
                &[
                    "message",
                    "laisser un message",
                    "je veux laisser un message",
                    "un message",
                ],
            ),
            ("répéte[z|r]", &["répéte", "répétez", "répéter"]),
            ("({contact}|c'est {contact})", &["{contact}", "c'est {contact}"]),
            ("oui (|oui)", &["oui", "oui oui"]),
        ] {
            assert_eq!(ways(phrase).unwrap(), all, "{phrase}");
        }
    }

    #[test]
    fn what_cannot_be_read_says_what_to_do() {
        for (phrase, told) in [
            ("[aide", "`[` has no other half"),
            ("aide]", "`]` has no other half"),
            ("(a|b", "`(` has no other half"),
            ("a|b", "`|` has no other half"),
            ("appelle {contact", "`{` has no other half"),
            (
                "appelle {nom}",
                "`{nom}` is none of what can be said here: write `{contact}`",
            ),
            ("{contact} et {contact}", "more than once"),
            ("[aide]", "at least one word"),
            ("[[[[[a]]]]]", "nested deeper than 4"),
            ("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "more than 64 phrases"),
        ] {
            let error = ways(phrase).unwrap_err().to_string();
            assert!(error.contains(told), "{phrase}: {error}");
        }
        assert_eq!(ways(&"a".repeat(201)), Err(PatternError::Long));
    }
}
