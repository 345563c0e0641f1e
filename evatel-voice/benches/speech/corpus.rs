//! What is said, by whom, and what it should be understood as.

use std::{collections::HashSet, fs, path::Path};

use anyhow::{Context, Result, ensure};
use evatel_core::{account::Language, flow::Expect, id::ContactId, intent::Intent};

/// What an utterance tries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// An order or an answer without a name.
    Command,
    /// A contact whose names the training sentences had.
    KnownName,
    /// A contact whose names are in no training sentence.
    NewName,
    /// Something that must not be understood.
    Stranger,
}

/// One thing said by one voice.
#[derive(Clone, Debug)]
pub(crate) struct Utterance {
    pub(crate) kind: Kind,
    pub(crate) language: Language,
    pub(crate) variant: String,
    pub(crate) words_per_minute: u16,
    pub(crate) text: String,
    pub(crate) expect: Expect,
    /// What it should be understood as.
    pub(crate) meant: Intent,
}

/// All that is said, and the contacts of the professional who says it.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) contacts: Vec<(ContactId, String)>,
    /// A thousand names, the contacts among them: the address book of a busy office.
    pub(crate) address_book: Vec<(ContactId, String)>,
    pub(crate) utterances: Vec<Utterance>,
}

impl Corpus {
    /// Draws names and sentences: the same for the same seed.
    pub(crate) fn draw(models: &Path, random: &mut Random) -> Result<Self> {
        let list = |name: &str| lines(&models.join("train/lists").join(name));
        let (first, family) = (list("first-names.txt")?, list("family-names.txt")?);
        let (new_first, new_family) = (
            list("heldout-first-names.txt")?,
            list("heldout-family-names.txt")?,
        );
        let trained: HashSet<&String> = first.iter().chain(&family).collect();
        ensure!(
            !new_first
                .iter()
                .chain(&new_family)
                .any(|name| trained.contains(name)),
            "a held-out name is in the training lists"
        );
        let known = full_names(KNOWN, &first, &family, random)?;
        let mut new = full_names(NEW + STRANGERS, &new_first, &new_family, random)?;
        let strangers = new.split_off(NEW);
        let contacts = numbered(known.iter().chain(&new).cloned())?;
        let voices = lines(&models.join("heldout-voices.txt"))?;
        let utterances = [Language::Fr, Language::En]
            .into_iter()
            .flat_map(|language| said_by_all(language, &voices, &contacts, &strangers, random))
            .collect();
        let others = family.iter().flat_map(|family| {
            let firsts = random.sample(&first, 4).into_iter();
            firsts.map(move |first| format!("{first} {family}"))
        });
        let everybody = contacts.iter().map(|(_, name)| name.clone()).chain(others);
        Ok(Self {
            address_book: numbered(everybody.take(ADDRESS_BOOK))?,
            utterances,
            contacts,
        })
    }
}

/// What all voices say in one language: each its own choice of everything.
fn said_by_all(
    language: Language,
    voices: &[String],
    contacts: &[(ContactId, String)],
    strangers: &[String],
    random: &mut Random,
) -> Vec<Utterance> {
    let phrases = Phrases::of(language);
    let unknown = strangers
        .iter()
        .map(|name| (format!("{} {name}", phrases.call[0]), Expect::Command));
    let chatter = phrases
        .strange
        .iter()
        .map(|&(text, expect)| (text.to_owned(), expect));
    let strange: Vec<_> = chatter.chain(unknown).collect();
    let (known, new) = contacts.split_at(KNOWN);
    let mut utterances = Vec::new();
    for variant in voices {
        let mut say = |kind, text, expect, meant, random: &mut Random| {
            utterances.push(Utterance {
                kind,
                language,
                variant: variant.clone(),
                words_per_minute: 135 + random.below(45) as u16,
                text,
                expect,
                meant,
            });
        };
        for (text, expect, meant) in random.sample(phrases.commands, COMMANDS_EACH) {
            say(Kind::Command, text.to_owned(), expect, meant, random);
        }
        for (kind, people) in [(Kind::KnownName, known), (Kind::NewName, new)] {
            for (id, name) in random.sample(people, CONTACTS_EACH) {
                let verb = phrases.call[random.below(phrases.call.len())];
                let text = format!("{verb} {name}").trim().to_owned();
                say(kind, text, Expect::Command, Intent::CallContact(id), random);
            }
        }
        for (text, expect) in random.sample(&strange, STRANGE_EACH) {
            say(Kind::Stranger, text, expect, Intent::NotUnderstood, random);
        }
    }
    utterances
}

/// Chance that is the same in each run.
#[derive(Clone, Debug)]
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number of 0 to 1, 1 left out.
    pub(crate) fn unit(&mut self) -> f32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f32 / (1 << 24) as f32
    }

    fn below(&mut self, end: usize) -> usize {
        (self.unit() * end as f32) as usize
    }

    /// Takes `count` different ones, in an order of chance.
    pub(crate) fn sample<T: Clone>(&mut self, of: &[T], count: usize) -> Vec<T> {
        let mut all = of.to_vec();
        for index in 0..count.min(all.len()) {
            let other = index + self.below(all.len() - index);
            all.swap(index, other);
        }
        all.truncate(count);
        all
    }
}

/// What is said in one language. An empty call is the name alone.
struct Phrases {
    call: &'static [&'static str],
    commands: &'static [(&'static str, Expect, Intent)],
    strange: &'static [(&'static str, Expect)],
}

impl Phrases {
    fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                call: &["call", "phone", "I would like to speak to", ""],
                commands: &[
                    ("yes please", Expect::YesNo, Intent::Yes),
                    ("that's right", Expect::YesNo, Intent::Yes),
                    ("no thank you", Expect::YesNo, Intent::No),
                    ("I accept", Expect::AcceptRefuse, Intent::Accept),
                    ("put him through", Expect::AcceptRefuse, Intent::Accept),
                    ("not now", Expect::AcceptRefuse, Intent::Refuse),
                    ("leave a message", Expect::AfterFailure, Intent::Message),
                    ("try again", Expect::AfterFailure, Intent::TryAgain),
                    ("say it again", Expect::Command, Intent::Repeat),
                    ("help me", Expect::Command, Intent::Help),
                    ("hang up", Expect::Command, Intent::End),
                    ("nine one one", Expect::Command, Intent::CallEmergency),
                ],
                strange: &[
                    ("the weather is lovely this morning", Expect::Command),
                    ("where did you put the kitchen table", Expect::Command),
                    ("my brother bought a yellow bicycle", Expect::Command),
                    ("seven green bottles of water", Expect::Command),
                    ("I have to think about it for a moment", Expect::YesNo),
                    ("who is it and what does he want", Expect::AcceptRefuse),
                ],
            },
            Language::Fr => Self {
                call: &["appelle", "téléphone à", "je voudrais parler à", ""],
                commands: &[
                    ("oui c'est ça", Expect::YesNo, Intent::Yes),
                    ("d'accord", Expect::YesNo, Intent::Yes),
                    ("non merci", Expect::YesNo, Intent::No),
                    ("j'accepte", Expect::AcceptRefuse, Intent::Accept),
                    ("je le prends", Expect::AcceptRefuse, Intent::Accept),
                    ("pas maintenant", Expect::AcceptRefuse, Intent::Refuse),
                    ("laisser un message", Expect::AfterFailure, Intent::Message),
                    ("réessayer", Expect::AfterFailure, Intent::TryAgain),
                    ("répète", Expect::Command, Intent::Repeat),
                    ("aide-moi", Expect::Command, Intent::Help),
                    ("raccroche", Expect::Command, Intent::End),
                    ("appelle les urgences", Expect::Command, Intent::CallEmergency),
                ],
                strange: &[
                    ("il fait très beau ce matin à la campagne", Expect::Command),
                    ("où as-tu mis la table de la cuisine", Expect::Command),
                    ("mon frère a acheté un vélo jaune", Expect::Command),
                    ("sept bouteilles vertes sur le mur", Expect::Command),
                    ("il faut que je réfléchisse un moment", Expect::YesNo),
                    ("qui est-ce et que veut cette dame", Expect::AcceptRefuse),
                ],
            },
        }
    }
}

/// How many full names of each sort there are.
const KNOWN: usize = 10;
const NEW: usize = 10;
const STRANGERS: usize = 4;
const ADDRESS_BOOK: usize = 1000;

/// How many utterances of each sort each voice says in each language.
const COMMANDS_EACH: usize = 8;
const CONTACTS_EACH: usize = 5;
const STRANGE_EACH: usize = 5;

/// The first word of each line that is no comment.
fn lines(path: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read `{}`", path.display()))?;
    let words = text.lines().filter(|line| !line.starts_with('#'));
    Ok(words
        .filter_map(|line| line.split('\t').next())
        .map(|word| word.trim().to_owned())
        .filter(|word| !word.is_empty())
        .collect())
}

fn full_names(count: usize, first: &[String], family: &[String], random: &mut Random) -> Result<Vec<String>> {
    let (first, family) = (random.sample(first, count), random.sample(family, count));
    ensure!(
        first.len() == count && family.len() == count,
        "fewer than {count} names are listed"
    );
    Ok(first
        .iter()
        .zip(family)
        .map(|(first, family)| format!("{first} {family}"))
        .collect())
}

fn numbered(names: impl IntoIterator<Item = String>) -> Result<Vec<(ContactId, String)>> {
    let numbered = names.into_iter().zip(1..);
    numbered
        .map(|(name, number)| Ok((format!("contact-{number}").parse()?, name)))
        .collect()
}
