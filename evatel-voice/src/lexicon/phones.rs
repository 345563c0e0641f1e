//! The phones of a model: its token list, espeak-ng's names for them, and what it costs to take one for another.

use std::{collections::HashMap, fs, path::Path};

use super::{Error, Pronunciation, ipa};
use crate::transcribe::{PhoneToken, in_words};

/// One sound of the model: the number of its token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Phone(pub(crate) u8);

/// All phones of a model. Read once, shared by all.
#[derive(Clone, Debug)]
pub struct PhoneSet {
    tokens: Vec<String>,
    numbers: HashMap<String, Phone>,
    from_ipa: HashMap<String, Vec<Phone>>,
    /// espeak-ng's first name for each token; the token itself where it has none.
    to_ipa: Vec<String>,
    substitution: Vec<f32>,
    insertion: Vec<f32>,
    omission: Vec<f32>,
    /// What one sound too many and one too few cost at least, whichever it is.
    least: (f32, f32),
}

impl PhoneSet {
    /// Reads `tokens.txt`, `phones.tsv` and, where there is one, `confusions.tsv` of a model's folder.
    ///
    /// # Errors
    /// When a file is not there or not of its form.
    pub fn load(folder: &Path) -> Result<Self, Error> {
        let read = |name: &str| {
            let path = folder.join(name);
            fs::read_to_string(&path).map_err(|source| Error::Unreadable { path, source })
        };
        let confusions = if folder.join("confusions.tsv").exists() {
            read("confusions.tsv")?
        } else {
            String::new()
        };
        Self::parse(&read("tokens.txt")?, &read("phones.tsv")?, &confusions)
    }

    /// Reads the texts of the three files; `confusions` may be empty.
    ///
    /// # Errors
    /// [`Error::Malformed`] with the line.
    pub fn parse(tokens: &str, phones: &str, confusions: &str) -> Result<Self, Error> {
        let mut set = Self {
            tokens: Vec::new(),
            numbers: HashMap::new(),
            from_ipa: HashMap::new(),
            to_ipa: Vec::new(),
            substitution: Vec::new(),
            insertion: Vec::new(),
            omission: Vec::new(),
            least: (0.0, 0.0),
        };
        set.read_tokens(tokens)?;
        set.read_phones(phones)?;
        set.read_confusions(confusions)?;
        let least = |costs: &[f32]| costs.iter().copied().fold(f32::INFINITY, f32::min);
        set.least = (least(&set.insertion), least(&set.omission));
        Ok(set)
    }

    /// The phone of a token, if the model has it.
    #[must_use]
    pub fn phone(&self, token: &str) -> Option<Phone> {
        self.numbers.get(token).copied()
    }

    /// The phones of what was heard; a token that the model does not have is left out.
    #[must_use]
    pub fn known(&self, heard: &[PhoneToken]) -> Vec<Phone> {
        let phones = heard.iter().filter_map(|token| self.phone(&token.phone));
        phones.collect()
    }

    /// What was heard, for people to read: its words where the engine hears words, else its phones, with spaces between.
    #[must_use]
    pub fn told(&self, heard: &[PhoneToken]) -> String {
        match in_words(heard) {
            none if none.is_empty() => self.spelled(&self.known(heard)),
            words => words,
        }
    }

    /// Phones as their tokens with spaces between, for logs and tests.
    #[must_use]
    pub fn spelled(&self, phones: &[Phone]) -> String {
        phones
            .iter()
            .map(|phone| self.tokens[usize::from(phone.0)].as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Phones in the International Phonetic Alphabet, with spaces between.
    #[must_use]
    pub fn ipa(&self, phones: &[Phone]) -> String {
        phones
            .iter()
            .map(|phone| self.to_ipa[usize::from(phone.0)].as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// Tokens with spaces between as phones; unknown ones fall away.
    #[must_use]
    pub fn parse_tokens(&self, tokens: &str) -> Vec<Phone> {
        tokens
            .split_whitespace()
            .filter_map(|token| self.phone(token))
            .collect()
    }

    /// What it costs that `heard` stands where `meant` should: 0 for the same, about 1 for an unrelated phone.
    #[must_use]
    pub fn substitution_cost(&self, heard: Phone, meant: Phone) -> f32 {
        self.substitution[usize::from(meant.0) * self.tokens.len() + usize::from(heard.0)]
    }

    /// What it costs that `heard` stands where nothing should.
    #[must_use]
    pub fn insertion_cost(&self, heard: Phone) -> f32 {
        self.insertion[usize::from(heard.0)]
    }

    /// What it costs that `meant` was not heard.
    #[must_use]
    pub fn omission_cost(&self, meant: Phone) -> f32 {
        self.omission[usize::from(meant.0)]
    }

    /// What it costs at least that so many phones were heard where so many were meant, whichever they are.
    #[must_use]
    pub(crate) fn least_cost(&self, heard: usize, meant: usize) -> f32 {
        let (insertion, omission) = self.least;
        match heard.checked_sub(meant) {
            Some(more) => more as f32 * insertion,
            None => (meant - heard) as f32 * omission,
        }
    }

    /// Steps 3 to 6 of the recipe in models/phones/README.md.
    pub(super) fn pronounce_ipa(&self, ipa: &str) -> Pronunciation {
        let mut phones = Vec::new();
        for piece in
            without_marks(&ipa::without_switches(ipa, " ")).split(|c: char| c == '_' || c.is_whitespace())
        {
            if matches!(piece, "" | "-" | "|" | ";" | "!") {
                continue;
            }
            let Some(found) = self.from_ipa.get(piece) else {
                return Pronunciation::Unpronounceable {
                    reason: format!("the model does not know its sound `{piece}`"),
                };
            };
            phones.extend(found);
        }
        if phones.is_empty() {
            return Pronunciation::Unpronounceable {
                reason: "espeak-ng has no sound for it".to_owned(),
            };
        }
        Pronunciation::Phones(phones)
    }

    fn read_tokens(&mut self, text: &str) -> Result<(), Error> {
        let malformed = |line, reason: &str| Error::Malformed {
            file: "tokens.txt",
            line,
            reason: reason.to_owned(),
        };
        for (index, line) in text.lines().enumerate() {
            let token = line
                .rsplit_once(' ')
                .filter(|(_, id)| id.parse() == Ok(index))
                .map(|(token, _)| token);
            let token = token.ok_or_else(|| malformed(index + 1, "expected `token id`, ids from 0"))?;
            let number = u8::try_from(index).map_err(|_| malformed(index + 1, "more than 256 tokens"))?;
            self.tokens.push(token.to_owned());
            if token != BLANK {
                self.numbers.insert(token.to_owned(), Phone(number));
            }
        }
        if self.numbers.is_empty() {
            return Err(malformed(1, "no tokens"));
        }
        let count = self.tokens.len();
        self.substitution = vec![1.0; count * count];
        for index in 0..count {
            self.substitution[index * count + index] = 0.0;
        }
        self.insertion = vec![1.0; count];
        self.omission = vec![1.0; count];
        Ok(())
    }

    fn read_phones(&mut self, text: &str) -> Result<(), Error> {
        let mut named = vec![false; self.tokens.len()];
        self.to_ipa.clone_from(&self.tokens);
        for (index, line) in data_lines(text) {
            let malformed = |reason: String| Error::Malformed {
                file: "phones.tsv",
                line: index,
                reason,
            };
            let (ipa, tokens) = line
                .split_once('\t')
                .ok_or_else(|| malformed("no tab".to_owned()))?;
            let phone = |token: &str| {
                self.phone(token)
                    .ok_or_else(|| malformed(format!("`{token}` is no token")))
            };
            let phones = tokens
                .split_whitespace()
                .map(phone)
                .collect::<Result<Vec<_>, _>>()?;
            if let [phone] = phones[..]
                && !std::mem::replace(&mut named[usize::from(phone.0)], true)
            {
                ipa.clone_into(&mut self.to_ipa[usize::from(phone.0)]);
            }
            self.from_ipa.insert(ipa.to_owned(), phones);
        }
        Ok(())
    }

    /// Lines of kind (`replace`, `insert`, `delete`), what was said, what was heard, cost; `-` stands for nothing.
    fn read_confusions(&mut self, text: &str) -> Result<(), Error> {
        for (index, line) in data_lines(text) {
            let malformed = |reason: String| Error::Malformed {
                file: "confusions.tsv",
                line: index,
                reason,
            };
            let fields: Vec<_> = line.split('\t').collect();
            let [kind, said, heard, cost] = fields[..] else {
                return Err(malformed("expected `kind`, `said`, `heard`, `cost`".to_owned()));
            };
            let cost: f32 = cost
                .trim()
                .parse()
                .map_err(|_| malformed(format!("`{cost}` is no cost")))?;
            if !(0.0..=2.0).contains(&cost) {
                return Err(malformed(format!("the cost {cost} is not in 0..=2")));
            }
            let number = |token: &str| {
                let phone = self
                    .phone(token)
                    .ok_or_else(|| malformed(format!("`{token}` is no token")))?;
                Ok(usize::from(phone.0))
            };
            match kind {
                "delete" => {
                    let at = number(said)?;
                    self.omission[at] = cost;
                }
                "insert" => {
                    let at = number(heard)?;
                    self.insertion[at] = cost;
                }
                "replace" => {
                    let at = number(said)? * self.tokens.len() + number(heard)?;
                    self.substitution[at] = cost;
                }
                _ => return Err(malformed(format!("`{kind}` is no kind of confusion"))),
            }
        }
        Ok(())
    }
}

const BLANK: &str = "<blk>";

fn data_lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(index, line)| (index + 1, line));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

fn without_marks(ipa: &str) -> String {
    ipa.chars()
        .filter(|mark| !matches!(mark, 'ˈ' | 'ˌ' | 'ː' | ':'))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: &str = "<blk> 0\na 1\nan 2\nm 3\n";

    fn malformed(result: Result<PhoneSet, Error>) -> (&'static str, usize) {
        match result {
            Err(Error::Malformed { file, line, .. }) => (file, line),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_spoiled_file_is_named_with_its_line() {
        assert_eq!(
            malformed(PhoneSet::parse("a 0\nm 7\n", "", "")),
            ("tokens.txt", 2)
        );
        assert_eq!(
            malformed(PhoneSet::parse(TOKENS, "# x\nq\tqq\n", "")),
            ("phones.tsv", 2)
        );
        assert_eq!(
            malformed(PhoneSet::parse(TOKENS, "", "replace\ta\tan\t-3\n")),
            ("confusions.tsv", 1)
        );
    }

    #[test]
    fn costs_come_from_the_file_and_are_one_otherwise() {
        let set = PhoneSet::parse(
            TOKENS,
            "",
            "replace\ta\tan\t0.3\ninsert\t-\tm\t0.5\ndelete\tm\t-\t0.6\n",
        )
        .unwrap();
        let [a, an, m] = [Phone(1), Phone(2), Phone(3)];
        assert_eq!(set.substitution_cost(an, a), 0.3);
        assert_eq!(
            (set.substitution_cost(a, an), set.substitution_cost(m, m)),
            (1.0, 0.0)
        );
        assert_eq!(
            (set.insertion_cost(m), set.omission_cost(m), set.omission_cost(a)),
            (0.5, 0.6, 1.0)
        );
    }

    #[test]
    fn language_switches_go_and_other_brackets_stay() {
        assert_eq!(ipa::without_switches("(en)m_a(fr)n(x", " "), " m_a n(x");
    }
}
