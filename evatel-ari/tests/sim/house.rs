//! Luc Roy's house: his telephone, his number, a carrier; and an office in memory that counts and keeps the story.

use std::sync::{Arc, Mutex};

use evatel_ari::call::{CallRecord, Office};
use evatel_core::{
    account::{
        Account, AccountKind, AccountStatus, BillingMode, Language, Reseller, ResellerStatus, Roles, User,
        UserNo,
    },
    calls::LegEntry,
    contact::{Contact, ContactOwner},
    device::Device,
    did::{Did, DidTarget},
    directory::{Directory, Records, Unserved},
    flow::PinVerdict,
    id::{ReservationId, TrunkId, UserId},
    number::{E164, NumberFormat},
    policy::{Ledger, LedgerError, LegPlan},
    trunk::Trunk,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::watch;

/// Luc's PIN.
pub(crate) const PIN: &str = "2580";

pub(crate) fn directory(records_calls: bool) -> Arc<Directory> {
    Arc::new(Directory::new(records(records_calls), 1).unwrap())
}

pub(crate) fn records(records_calls: bool) -> Records {
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
            records_calls,
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
        contacts: vec![Contact::new(
            "marie".parse().unwrap(),
            ContactOwner::User("luc".parse().unwrap()),
            "Marie Tremblay".parse().unwrap(),
            "+15145550142".parse().unwrap(),
        )],
        ..Records::default()
    }
}

/// The office: everything stays in memory.
pub(crate) struct Memory {
    directory: Arc<Directory>,
    /// Reservations that are held.
    held: Mutex<Vec<ReservationId>>,
    given: Mutex<usize>,
    /// Entries of legs that have not ended.
    open: Mutex<Vec<LegEntry>>,
    /// Whether what is told gets to the disk.
    disk: watch::Sender<bool>,
    story: watch::Sender<Vec<String>>,
    /// What is said of a number that is not in service.
    unserved: Mutex<Unserved>,
}

impl Memory {
    pub(crate) fn new(records_calls: bool) -> Arc<Self> {
        Self::of(records(records_calls))
    }

    pub(crate) fn of(records: Records) -> Arc<Self> {
        Arc::new(Self {
            directory: Arc::new(Directory::new(records, 1).unwrap()),
            held: Mutex::default(),
            given: Mutex::default(),
            open: Mutex::default(),
            disk: watch::Sender::new(true),
            story: watch::Sender::default(),
            unserved: Mutex::new(Unserved::NOBODYS),
        })
    }

    /// Lets numbers that are not in service be so.
    pub(crate) fn set_unserved(&self, unserved: Unserved) {
        *self.unserved.lock().unwrap() = unserved;
    }

    /// How many places were given, and how many are held now.
    pub(crate) fn places(&self) -> (usize, usize) {
        (*self.given.lock().unwrap(), self.held.lock().unwrap().len())
    }

    /// The entries of legs that have not ended.
    pub(crate) fn open(&self) -> Vec<LegEntry> {
        self.open.lock().unwrap().clone()
    }

    /// Lets the disk stand still or write on.
    pub(crate) fn disk_writes(&self, writes: bool) {
        self.disk.send_replace(writes);
    }

    /// Frees all places but these, as a daemon does at its start.
    pub(crate) fn keep(&self, kept: &[ReservationId]) {
        self.held.lock().unwrap().retain(|held| kept.contains(held));
    }

    pub(crate) fn story(&self) -> Vec<String> {
        self.story.borrow().clone()
    }

    /// Waits for a line that begins so.
    pub(crate) async fn told(&self, front: &str) {
        self.told_times(front, 1).await;
    }

    /// Waits for so many of them.
    pub(crate) async fn told_times(&self, front: &str, times: usize) {
        let mut story = self.story.subscribe();
        let told = story.wait_for(|lines| {
            let found = lines.iter().filter(|line| line.starts_with(front));
            found.count() >= times
        });
        if tokio::time::timeout(evatel_ari::sim::PATIENCE, told)
            .await
            .is_err()
        {
            panic!("`{front}` was not told, but {:#?}", self.story());
        }
    }
}

impl Memory {
    /// Waits until this device or number is rung the nth time, from 1, and gives the leg.
    pub(crate) async fn rung(&self, to: &str, nth: usize) -> String {
        let front = format!(" Outbound to {to} by ");
        let find = |lines: &Vec<String>| {
            let mut legs = lines.iter().filter(|line| line.contains(&front));
            let line = legs.nth(nth - 1)?.strip_prefix("began ")?;
            line.split(' ').next().map(str::to_owned)
        };
        let mut story = self.story.subscribe();
        let told = story.wait_for(|lines| find(lines).is_some());
        match tokio::time::timeout(evatel_ari::sim::PATIENCE, told).await {
            Ok(Ok(lines)) => find(&lines).unwrap(),
            _ => panic!("`{to}` was not rung {nth} times, but {:#?}", self.story()),
        }
    }
}

impl Ledger for Memory {
    async fn reserve(&self, _plan: &LegPlan) -> Result<ReservationId, LedgerError> {
        let mut given = self.given.lock().unwrap();
        *given += 1;
        let id: ReservationId = format!("place-{given}").parse().unwrap();
        self.held.lock().unwrap().push(id.clone());
        Ok(id)
    }

    async fn release(&self, reservation: &ReservationId) {
        self.held.lock().unwrap().retain(|held| held != reservation);
    }
}

impl Office for Memory {
    fn directory(&self) -> Arc<Directory> {
        self.directory.clone()
    }

    async fn unserved(&self, _number: &E164, _trunk: &TrunkId) -> Unserved {
        self.unserved.lock().unwrap().clone()
    }

    async fn check_pin(&self, _user: &UserId, digits: &SecretString) -> PinVerdict {
        if digits.expose_secret() == PIN {
            PinVerdict::Right
        } else {
            PinVerdict::Wrong
        }
    }

    async fn record(&self, record: CallRecord) {
        match &record {
            CallRecord::LegBegan(entry) if entry.ended_at.is_none() => {
                self.open.lock().unwrap().push((**entry).clone());
            }
            CallRecord::LegAnswered { leg, at } => {
                let mut open = self.open.lock().unwrap();
                open.iter_mut()
                    .filter(|it| it.leg == *leg)
                    .for_each(|it| it.answered_at = Some(*at));
            }
            CallRecord::LegEnded { leg, .. } => self.open.lock().unwrap().retain(|it| it.leg != *leg),
            _ => {}
        }
        let line = match record {
            CallRecord::LegAnswered { leg, .. } => format!("answered {leg}"),
            CallRecord::LegBegan(leg) => {
                let entry = &*leg;
                format!(
                    "began {} {:?} to {} by {}: {:?} {}",
                    entry.leg, entry.direction, entry.to, entry.authoriser, entry.decision, entry.rule
                )
            }
            CallRecord::LegEnded { leg, cause, .. } => format!("ended {leg} {cause:?}"),
            CallRecord::Line { line, .. } => format!("{}: {}", line.who, line.text),
            CallRecord::Recorded { path, .. } => format!("recorded {}", path.display()),
        };
        self.story.send_modify(|story| story.push(line));
    }

    async fn kept(&self) {
        self.story
            .send_modify(|story| story.push("the disk is waited for".to_owned()));
        let mut disk = self.disk.subscribe();
        disk.wait_for(|writes| *writes).await.unwrap();
    }
}
