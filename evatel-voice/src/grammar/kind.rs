//! What a phrase is for.

use evatel_core::{dialogue::SlotKind, flow::Expect, id::ContactId, intent::Intent, skill::SkillId};

/// What stands for a contact's name.
pub(super) const CONTACT: &str = "contact";
/// What stands for a telephone number.
pub(super) const NUMBER: &str = "number";
/// All that may stand in braces.
pub(super) const SLOTS: [&str; 2] = [CONTACT, NUMBER];

/// The skill that a phrase orders, and the slot of its dialogue that stands in braces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Skilled {
    pub(super) skill: SkillId,
    pub(super) slot: Option<usize>,
}

macro_rules! kinds {
    ($($(#[doc = $doc:literal])* $kind:ident = $word:literal;)*) => {
        /// What a phrase is for: one key of a file of phrases.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) enum Kind {
            $($(#[doc = $doc])* $kind,)*
        }

        impl Kind {
            pub(super) const ALL: [Self; [$($word),*].len()] = [$(Self::$kind),*];

            /// The key in a file.
            pub(super) fn word(self) -> &'static str {
                match self { $(Self::$kind => $word,)* }
            }
        }
    };
}

kinds! {
    Accept = "accept";
    Back = "back";
    /// What a listener says while somebody else speaks: no intent, and no answer by it.
    Backchannel = "backchannel";
    CallContact = "call-contact";
    CallEmergency = "call-emergency";
    CallNumber = "call-number";
    /// Ends the call where nothing is asked that it could refuse.
    Cancel = "cancel";
    /// A name and nothing else.
    ContactAlone = "contact-alone";
    End = "end";
    Help = "help";
    Message = "message";
    /// A caller says who he is.
    NameTold = "name-told";
    No = "no";
    NotThatBut = "not-that-but";
    /// A telephone number and nothing else.
    NumberAlone = "number-alone";
    Operator = "operator";
    Refuse = "refuse";
    Repeat = "repeat";
    /// Orders a skill; no file of phrases has it.
    Run = "run";
    Slower = "slower";
    TryAgain = "try-again";
    Yes = "yes";
}

impl Kind {
    pub(super) fn named(word: &str) -> Option<Self> {
        Self::of_files().find(|kind| kind.word() == word)
    }

    pub(super) fn words() -> Vec<&'static str> {
        Self::of_files().map(Self::word).collect()
    }

    /// Those that a file of phrases may have.
    fn of_files() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|kind| *kind != Self::Run)
    }

    /// What is the same wish: no tie between them.
    pub(super) fn merged(self) -> Self {
        match self {
            Self::Cancel => Self::End,
            Self::ContactAlone => Self::CallContact,
            Self::NumberAlone => Self::CallNumber,
            kind => kind,
        }
    }

    /// What stands in braces in each of its phrases.
    pub(super) fn slot(self) -> Option<&'static str> {
        match self {
            Self::CallContact | Self::ContactAlone | Self::NameTold | Self::NotThatBut => Some(CONTACT),
            Self::CallNumber | Self::NumberAlone => Some(NUMBER),
            _ => None,
        }
    }

    /// What core lets be said at each place, and what must not be taken for it.
    pub(super) fn expected(expect: Expect) -> &'static [Self] {
        match expect {
            Expect::AcceptRefuse => &[Self::Accept, Self::Refuse],
            Expect::AfterFailure => &[Self::Message, Self::TryAgain, Self::Cancel, Self::End],
            Expect::Command => &[
                Self::CallContact,
                Self::ContactAlone,
                Self::CallEmergency,
                Self::CallNumber,
                Self::NumberAlone,
                Self::Help,
                Self::Repeat,
                Self::Run,
                Self::Cancel,
                Self::End,
            ],
            Expect::Name => &[Self::CallContact, Self::CallNumber, Self::NameTold],
            Expect::YesNo => &[Self::Yes, Self::No, Self::NotThatBut],
            Expect::Confirm(_) | Expect::Slot(SlotKind::YesNo) => &[
                Self::Back,
                Self::End,
                Self::Help,
                Self::Operator,
                Self::Repeat,
                Self::Slower,
                Self::Yes,
                Self::No,
            ],
            Expect::Slot(_) => &[
                Self::Back,
                Self::End,
                Self::Help,
                Self::Operator,
                Self::Repeat,
                Self::Slower,
            ],
            _ => &[],
        }
    }

    pub(super) fn intent(self, contact: Option<&ContactId>) -> Intent {
        match (self, contact) {
            (Self::Accept, _) => Intent::Accept,
            (Self::Back, _) => Intent::Back,
            (Self::CallContact | Self::ContactAlone, Some(contact)) => Intent::CallContact(contact.clone()),
            (Self::CallEmergency, _) => Intent::CallEmergency,
            (Self::Cancel | Self::End, _) => Intent::End,
            (Self::Help, _) => Intent::Help,
            (Self::Message, _) => Intent::Message,
            (Self::No, _) => Intent::No,
            (Self::NotThatBut, Some(contact)) => Intent::NotThatBut(contact.clone()),
            (Self::Operator, _) => Intent::Operator,
            (Self::Slower, _) => Intent::Slower,
            (Self::Refuse, _) => Intent::Refuse,
            (Self::Repeat, _) => Intent::Repeat,
            (Self::TryAgain, _) => Intent::TryAgain,
            (Self::Yes, _) => Intent::Yes,
            // A name that was told is an answer, not a wish; a phrase without its contact, its number or its skill is half a wish; who
            // listens has none.
            (
                Self::Backchannel
                | Self::NameTold
                | Self::CallContact
                | Self::CallNumber
                | Self::ContactAlone
                | Self::NotThatBut
                | Self::NumberAlone
                | Self::Run,
                _,
            ) => Intent::NotUnderstood,
        }
    }
}
