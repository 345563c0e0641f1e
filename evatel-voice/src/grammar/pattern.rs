//! A phrase as it is written: words, `{slot}`, `[what may be left out]`, `(one|of|several)`.

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
    #[error("`{{{name}}}` is none of what can be said here: write {known}")]
    Slot {
        /// What it says.
        name: String,
        /// What there is.
        known: String,
    },
    /// The same more than once in one way of saying it.
    #[error("`{{{name}}}` stands in it more than once: write it once a phrase")]
    Twice {
        /// What.
        name: String,
    },
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

/// Gives each way of saying a phrase, in the order in which they are written; `slots` are the names that may stand in braces.
pub(super) fn ways(phrase: &str, slots: &[&str]) -> Result<Vec<String>, PatternError> {
    if phrase.chars().count() > LONGEST {
        return Err(PatternError::Long);
    }
    let letters: Vec<char> = phrase.chars().collect();
    let mut reader = Reader {
        letters: &letters,
        slots,
        at: 0,
    };
    let mut ways: Vec<String> = Vec::new();
    for way in reader.alternatives(None, 0)? {
        let way = way.split_whitespace().collect::<Vec<_>>().join(" ");
        if way.is_empty() {
            return Err(PatternError::Empty);
        }
        let is_twice = |slot: &&&str| way.matches(&format!("{{{slot}}}")).count() > 1;
        if let Some(slot) = slots.iter().find(is_twice) {
            let name = (*slot).to_owned();
            return Err(PatternError::Twice { name });
        }
        if !ways.contains(&way) {
            ways.push(way);
        }
    }
    Ok(ways)
}

struct Reader<'a> {
    letters: &'a [char],
    slots: &'a [&'a str],
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
                    ways.iter_mut().for_each(|way| way.push_str(&slot));
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

    fn slot(&mut self) -> Result<String, PatternError> {
        let rest = &self.letters[self.at..];
        let Some(length) = rest.iter().position(|letter| *letter == '}') else {
            return Err(PatternError::Bracket { bracket: '{' });
        };
        let name: String = rest[..length].iter().collect();
        self.at += length + 1;
        if self.slots.contains(&name.trim()) {
            return Ok(format!("{{{}}}", name.trim()));
        }
        let known: Vec<String> = self.slots.iter().map(|slot| format!("`{{{slot}}}`")).collect();
        let known = match known.is_empty() {
            true => "no braces".to_owned(),
            false => known.join(", "),
        };
        Err(PatternError::Slot { name, known })
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

    const SLOTS: [&str; 2] = ["contact", "number"];

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
            assert_eq!(ways(phrase, &SLOTS).unwrap(), all, "{phrase}");
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
                "`{nom}` is none of what can be said here: write `{contact}`, `{number}`",
            ),
            ("{contact} et {contact}", "more than once"),
            ("[aide]", "at least one word"),
            ("[[[[[a]]]]]", "nested deeper than 4"),
            ("(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)(a|b)", "more than 64 phrases"),
        ] {
            let error = ways(phrase, &SLOTS).unwrap_err().to_string();
            assert!(error.contains(told), "{phrase}: {error}");
        }
        assert_eq!(ways(&"a".repeat(201), &SLOTS), Err(PatternError::Long));
    }
}
