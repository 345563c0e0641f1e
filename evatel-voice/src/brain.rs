//! The border to whatever makes sense of a turn: the built-in [grammar](crate::grammar), a language model behind an endpoint, an
//! integrator's own.
//!
//! A brain proposes an [`Intent`] and does nothing itself. Whatever thought of it, the agent keeps it within the turn's
//! [`Bounds`]: an intent that nobody listens for there, or a contact who cannot be named there, counts as not understood.

#[cfg(feature = "chat")]
mod advised;
#[cfg(feature = "chat")]
pub mod chat;
mod spent;

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use evatel_core::{
    account::Language,
    dialogue::OptionId,
    flow::{Expect, SpokenOption},
    id::ContactId,
    intent::{Intent, Score},
    money::Currency,
    number::DialPlan,
};
use jiff::Zoned;

#[cfg(feature = "chat")]
pub use advised::{Advised, Ask};
pub use spent::{Cost, Spent, Tokens};

use crate::{
    endpoint::Outlook,
    lexicon::{self, Contacts, Lexicon, Phone, Pronunciation},
    transcribe::{PhoneToken, Word},
};

/// One turn of a party, and where in the dialogue it was said.
#[derive(Clone, Debug)]
pub struct Turn {
    /// What the recogniser heard.
    pub heard: Vec<PhoneToken>,
    /// In which language.
    pub language: Language,
    /// What may be said here.
    pub expect: Expect,
    /// Who may be named here.
    pub contacts: Arc<Contacts>,
    /// The words that the party was asked with; empty where there were none.
    pub asked: String,
    /// What thinking has cost on this leg so far.
    pub spent: Arc<Spent>,
    /// What an answer is read by: one that a dialogue asks for, or that stands in the order of a skill.
    pub scene: Option<Arc<Scene>>,
}

/// What an answer to a dialogue's question is read by.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    /// What may be chosen, and how it sounds; an option has an entry for each of its phrases.
    pub options: Vec<(OptionId, Vec<Phone>)>,
    /// When it is asked, in the time zone of whoever speaks.
    pub now: Zoned,
    /// How numbers are dialled there.
    pub plan: DialPlan,
    /// Which dollars.
    pub currency: Currency,
}

impl Scene {
    /// Looks up how options sound. A phrase that cannot be pronounced is left out: its key is left.
    ///
    /// # Errors
    /// When espeak-ng is not there or does not work.
    pub async fn look_up(
        options: &[SpokenOption],
        language: Language,
        now: Zoned,
        plan: DialPlan,
        lexicon: &Lexicon,
    ) -> Result<Self, lexicon::Error> {
        let spoken = options
            .iter()
            .flat_map(|option| option.phrases.iter().map(|phrase| (option.id, phrase)));
        let (ids, phrases): (Vec<OptionId>, Vec<&str>) =
            spoken.map(|(id, phrase)| (id, phrase.as_str())).unzip();
        let sounds = lexicon.pronounce_all(&phrases, language).await?;
        let options = ids.into_iter().zip(sounds).filter_map(|(id, sound)| match sound {
            Pronunciation::Phones(phones) => Some((id, phones)),
            Pronunciation::Unpronounceable { .. } => None,
        });
        Ok(Self {
            options: options.collect(),
            now,
            plan,
            currency: Currency::CAD,
        })
    }
}

/// What an utterance means.
#[derive(Clone, Debug, PartialEq)]
pub struct Understood {
    /// The intent; [`Intent::NotUnderstood`] where the brain does not know.
    pub intent: Intent,
    /// Distance and margin of the best entry, accepted or not; nothing where there was nothing to compare, or nothing measured.
    pub score: Option<Score>,
    /// What was heard, with spaces between: words where the engine hears words, else phones.
    pub heard: String,
    /// The words that were heard, where the engine hears words; else those of the phrase that was understood, placed by its phones: a
    /// contact's name is one of them. None where nothing was understood, or an answer to a dialogue.
    pub words: Vec<Word>,
    /// What is to be told of the way to it.
    pub remarks: Vec<Remark>,
}

impl Understood {
    /// Nothing was understood, and nothing measured.
    pub(crate) fn nothing() -> Self {
        Self {
            intent: Intent::NotUnderstood,
            score: None,
            heard: String::new(),
            words: Vec::new(),
            remarks: Vec::new(),
        }
    }
}

/// Something that happened while a brain thought. Its `Display` is a line of the call's story; it never holds what an endpoint wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Remark {
    /// A brain was of no help.
    Failed {
        /// Which.
        brain: String,
        /// Why.
        reason: String,
    },
    /// What was proposed is no answer here.
    OutOfBounds {
        /// The word of the intent.
        intent: &'static str,
    },
    /// A brain other than the grammar answered.
    Proposed {
        /// Which.
        brain: String,
        /// The word of the intent.
        intent: &'static str,
        /// What it took.
        cost: Cost,
    },
}

impl fmt::Display for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed { brain, reason } => write!(f, "the brain `{brain}` was of no help: {reason}"),
            Self::OutOfBounds { intent } => {
                write!(f, "the brain proposed `{intent}`, which is no answer here")
            }
            Self::Proposed { brain, intent, cost } => {
                write!(f, "the brain `{brain}` proposed `{intent}` ({cost})")
            }
        }
    }
}

/// Why nothing can be thought any more: recognition is lost for the call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A defect.
    #[error("{brain} panicked")]
    Panicked {
        /// Which.
        brain: &'static str,
    },
}

/// A thought that is under way; dropping it gives it up.
pub type Thinking = Pin<Box<dyn Future<Output = Result<Understood, Error>> + Send>>;

/// A look ahead that is under way; dropping it gives it up.
pub type Foreseeing = Pin<Box<dyn Future<Output = Outlook> + Send>>;

/// Whether what is heard while the assistant speaks is what a listener says ("mhm", "ok, I see"): then it is no turn of his, and the
/// assistant goes on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Aside {
    /// Nothing was heard yet, or the beginning of such words.
    Begun,
    /// Something else, as far as is known.
    #[default]
    No,
    /// Nothing else.
    Only {
        /// How far it is from such words, as [`Score::distance`]: 0 is the same.
        distance: f32,
    },
}

/// Makes sense of turns. One is shared by all calls.
pub trait Brain: fmt::Debug + Send + Sync {
    /// Begins to think about a turn. The agent polls the thought beside its frames: what keeps a processor busy goes to a
    /// thread of its own.
    ///
    /// # Errors
    /// Only when nothing can be thought any more in this call. That a turn makes no sense is [`Intent::NotUnderstood`].
    fn think(self: Arc<Self>, turn: Turn) -> Thinking;

    /// Begins to say what may follow what was heard so far of a turn that goes on: what ends the turn depends on it. It is asked while the
    /// speaker is silent, and comes too late after some hundred ms. A brain that does not know leaves it open.
    fn foresee(self: Arc<Self>, _turn: Turn) -> Foreseeing {
        Box::pin(std::future::ready(Outlook::Open))
    }

    /// Says whether what was heard while the assistant speaks is only what a listener says; with nothing heard, whether there are such
    /// words. It is asked beside the frames, once for each report: an answer takes less than a millisecond. A brain that knows no such
    /// words has the assistant interrupted by half a second of any speech.
    fn aside(&self, _heard: &[PhoneToken], _language: Language) -> Aside {
        Aside::No
    }
}

/// What may come of a turn.
#[derive(Clone, Debug)]
pub struct Bounds {
    expect: Expect,
    contacts: Arc<Contacts>,
}

impl Turn {
    /// Gives the turn's bounds, to hold a brain's answer against them.
    #[must_use]
    pub fn bounds(&self) -> Bounds {
        Bounds {
            expect: self.expect,
            contacts: self.contacts.clone(),
        }
    }
}

impl Bounds {
    /// Says whether an intent is an answer here: one that is listened for, and that names nobody else than may be named.
    #[must_use]
    pub fn hold(&self, intent: &Intent) -> bool {
        let may_be_named =
            |named: &ContactId| self.contacts.spoken.iter().any(|contact| contact.id == *named);
        self.expect.takes(intent) && intent.contacts().iter().all(may_be_named)
    }

    /// Keeps what is an answer here; anything else was not understood.
    #[must_use]
    pub fn keep(&self, understood: Understood) -> Understood {
        if self.hold(&understood.intent) {
            return understood;
        }
        let mut remarks = understood.remarks;
        remarks.push(Remark::OutOfBounds {
            intent: understood.intent.word(),
        });
        Understood {
            intent: Intent::NotUnderstood,
            remarks,
            ..understood
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::SpokenContact;

    fn bounds(expect: Expect) -> Bounds {
        let marie = SpokenContact {
            id: "marie".parse().unwrap(),
            name: "Marie Tremblay".to_owned(),
            sounds: Vec::new(),
        };
        let contacts = Contacts {
            spoken: vec![marie],
            ..Contacts::default()
        };
        Bounds {
            expect,
            contacts: Arc::new(contacts),
        }
    }

    fn proposed(intent: Intent) -> Understood {
        Understood {
            intent,
            score: None,
            heard: "w i".to_owned(),
            words: Vec::new(),
            remarks: Vec::new(),
        }
    }

    #[test]
    fn whoever_thought_of_it_an_answer_that_nobody_listens_for_is_not_understood_and_told() {
        for (expect, intent) in [
            (Expect::Name, Intent::Yes),
            (Expect::YesNo, Intent::CallEmergency),
            (Expect::AcceptRefuse, Intent::End),
            (Expect::Command, Intent::CallContact("stranger".parse().unwrap())),
            (Expect::YesNo, Intent::NotThatBut("stranger".parse().unwrap())),
            (Expect::YesNo, Intent::Digits("19005550123".to_owned())),
        ] {
            let word = intent.word();
            let kept = bounds(expect).keep(proposed(intent));
            assert_eq!(kept.intent, Intent::NotUnderstood, "{expect:?} {word}");
            assert_eq!(kept.remarks, [Remark::OutOfBounds { intent: word }]);
        }
    }

    #[test]
    fn an_answer_that_is_listened_for_stays_as_it_is() {
        for (expect, intent) in [
            (Expect::YesNo, Intent::Yes),
            (Expect::Command, Intent::CallContact("marie".parse().unwrap())),
            (Expect::AfterFailure, Intent::NotUnderstood),
        ] {
            let answer = proposed(intent);
            assert_eq!(bounds(expect).keep(answer.clone()), answer);
        }
    }
}
