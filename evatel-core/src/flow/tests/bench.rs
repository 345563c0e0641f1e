//! A bench for flows: it answers what any switch would answer, and lets a test say the rest.

use crate::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    contact::{Contact, ContactOwner},
    device::Device,
    did::{Did, DidTarget},
    directory::Records,
    flow::*,
    intent::Intent,
    number::NumberFormat,
    policy::{LegRequest, authorize_leg},
    trunk::Trunk,
};

/// Luc Roy, his telephone, his number, his contacts near and far.
pub(super) fn records() -> Records {
    let contact = |id: &str, name: &str, number: &str| {
        let owner = ContactOwner::User("luc".parse().unwrap());
        Contact::new(
            id.parse().unwrap(),
            owner,
            name.parse().unwrap(),
            number.parse().unwrap(),
        )
    };
    Records {
        resellers: vec![Reseller {
            id: "r".parse().unwrap(),
            name: "R".parse().unwrap(),
            billing: BillingMode::Delegated,
            status: ResellerStatus::Active,
            is_default: true,
        }],
        accounts: vec![Account {
            id: "a".parse().unwrap(),
            reseller: "r".parse().unwrap(),
            name: "Luc Roy".parse().unwrap(),
            kind: AccountKind::Professional,
            status: AccountStatus::Active,
            language: Language::Fr,
            zone: "America/Toronto".parse().unwrap(),
            records_calls: false,
            is_default: true,
        }],
        users: vec![User {
            id: "luc".parse().unwrap(),
            account: "a".parse().unwrap(),
            name: "Luc Roy".parse().unwrap(),
            extension: "101".parse().unwrap(),
            number: UserNo::FIRST,
            roles: Roles::NONE,
            language: None,
            zone: None,
            has_pin: true,
        }],
        devices: vec![Device {
            id: "phone".parse().unwrap(),
            user: "luc".parse().unwrap(),
            name: "Bureau".parse().unwrap(),
        }],
        trunks: vec![Trunk {
            id: "t".parse().unwrap(),
            name: "Carrier".parse().unwrap(),
            peer: "192.0.2.1".parse().unwrap(),
            format: NumberFormat::National10,
        }],
        dids: vec![Did {
            id: "n".parse().unwrap(),
            number: "+15145550199".parse().unwrap(),
            trunk: "t".parse().unwrap(),
            account: "a".parse().unwrap(),
            target: DidTarget::SmartNumber {
                user: "luc".parse().unwrap(),
            },
        }],
        contacts: vec![
            contact("marie", "Marie Tremblay", "+15145550142"),
            contact("mario", "Mario Roy", "+15145550143"),
            contact("pierre", "Pierre Dupont", "+33142764978"),
        ],
        ..Records::default()
    }
}

/// A call under test, with its clock.
pub(super) struct Bench {
    pub(super) flow: Flow,
    pub(super) now: Instant,
    pub(super) directory: Arc<Directory>,
    /// All actions so far.
    pub(super) done: Vec<Action>,
}

impl Bench {
    pub(super) fn setting(records_calls: bool) -> Setting {
        let directory = Arc::new(Directory::new(records(), 1).unwrap());
        Setting {
            began: "2026-11-26T10:00[America/Toronto]".parse().unwrap(),
            directory,
            greetings: Greetings::default(),
            language: Language::Fr,
            records_calls,
            ring_timeout: DEFAULT_RING_TIMEOUT,
            skills: Arc::default(),
            user: "luc".parse().unwrap(),
        }
    }

    pub(super) fn new(flow: Flow) -> Self {
        Self::in_house(flow, Self::setting(false).directory)
    }

    pub(super) fn in_house(flow: Flow, directory: Arc<Directory>) -> Self {
        let mut bench = Self {
            flow,
            now: Instant::now(),
            directory,
            done: Vec::new(),
        };
        bench.settle();
        bench
    }

    pub(super) fn front_desk() -> Self {
        Self::new(Flow::front_desk(Self::setting(false)))
    }

    pub(super) fn assistant() -> Self {
        Self::new(Flow::assistant("phone".parse().unwrap(), Self::setting(false)))
    }

    /// Takes all actions; answers at once what a switch and the gate answer without any person.
    pub(super) fn settle(&mut self) {
        while let Some(action) = self.flow.poll_action() {
            self.done.push(action.clone());
            let answer = match action {
                Action::Answer { id } => Input::Answered { id },
                Action::Bridge { id, .. } => Input::Bridged { id },
                Action::Decide {
                    id,
                    authoriser,
                    destination,
                    cause,
                } => {
                    let decision = match authorize_leg(
                        &LegRequest::new(&authoriser, &destination, cause, jiff::Timestamp::UNIX_EPOCH),
                        &self.directory,
                    ) {
                        Ok(plan) => Decision::Allowed(plan),
                        Err(refusal) => Decision::Refused(refusal),
                    };
                    Input::Decided { id, decision }
                }
                _ => continue,
            };
            self.flow.handle(answer, self.now);
        }
    }

    pub(super) fn tell(&mut self, input: Input) {
        self.flow.handle(input, self.now);
        self.settle();
    }

    pub(super) fn key(&mut self, party: Party, digits: &str) {
        for digit in digits.chars() {
            self.tell(Input::Digit { party, digit });
        }
    }

    /// Lets time pass to the next deadline.
    pub(super) fn wait(&mut self) {
        let (at, _) = self.flow.next_timeout().expect("a deadline is set");
        self.now = at;
        self.tell(Input::TimeReached);
    }

    /// The running `Listen` is answered.
    pub(super) fn hear(&mut self, intent: Intent) {
        let id = self.last(|action| match action {
            Action::Listen { id, .. } => Some(*id),
            _ => None,
        });
        self.tell(Input::Heard { id, intent });
    }

    /// What is said comes to its end.
    pub(super) fn finish_saying(&mut self) {
        let id = self.last(|action| match action {
            Action::Say { id, .. } => Some(*id),
            _ => None,
        });
        self.tell(Input::Spoken {
            id,
            interrupted: false,
        });
    }

    pub(super) fn record(&mut self, seconds: u64) {
        let id = self.last(|action| match action {
            Action::Record { id, .. } => Some(*id),
            _ => None,
        });
        self.tell(Input::Recorded {
            id,
            length: Duration::from_secs(seconds),
        });
    }

    pub(super) fn ring_id(&self) -> ActionId {
        self.last(|action| match action {
            Action::Ring { id, .. } => Some(*id),
            _ => None,
        })
    }

    pub(super) fn pin_id(&self) -> ActionId {
        self.last(|action| match action {
            Action::CheckPin { id, .. } => Some(*id),
            _ => None,
        })
    }

    /// All that were rung, in order.
    pub(super) fn ring_ids(&self) -> Vec<ActionId> {
        let rings = self.done.iter().filter_map(|action| match action {
            Action::Ring { id, .. } => Some(*id),
            _ => None,
        });
        rings.collect()
    }

    pub(super) fn callee_answers(&mut self) {
        let ring = self.ring_id();
        self.tell(Input::Ringing { ring });
        self.tell(Input::CalleeAnswered { ring });
    }

    pub(super) fn callee_ends(&mut self, cause: HangupCause) {
        let ring = self.ring_id();
        self.tell(Input::CalleeEnded { ring, cause });
    }

    pub(super) fn last<T>(&self, pick: impl Fn(&Action) -> Option<T>) -> T {
        self.done
            .iter()
            .rev()
            .find_map(pick)
            .expect("such an action was given")
    }

    /// The keys of everything that the last `Say` says.
    pub(super) fn said(&self) -> Vec<&'static str> {
        self.last(|action| match action {
            Action::Say { pieces, .. } => Some(pieces.clone()),
            _ => None,
        })
        .iter()
        .map(|piece| match piece {
            Piece::Prompt(prompt) => prompt.key(),
            Piece::Beep => "(beep)",
            Piece::Marked(_) => "(marked)",
            Piece::Recording(_) => "(recording)",
            Piece::Sentence(_) => "(sentence)",
            Piece::Sound(_) => "(sound)",
        })
        .collect()
    }

    pub(super) fn count(&self, wanted: impl Fn(&Action) -> bool) -> usize {
        self.done.iter().filter(|action| wanted(action)).count()
    }

    pub(super) fn bridged(&self) -> bool {
        self.count(|action| matches!(action, Action::Bridge { .. })) == 1
    }

    pub(super) fn rang(&self) -> usize {
        self.count(|action| matches!(action, Action::Ring { .. }))
    }

    pub(super) fn hung_up(&self) -> bool {
        matches!(self.done.last(), Some(Action::HangUp { .. })) && self.flow.is_over()
    }
}
