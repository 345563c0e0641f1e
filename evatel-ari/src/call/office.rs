//! What a call needs from whoever runs it: the one border to the database.

use std::{collections::HashMap, future::Future, path::PathBuf, sync::Arc, time::Duration};

pub use evatel_core::calls::CallRecord;
use evatel_core::{
    dialogue::{Dialogue, Sound},
    directory::{Directory, Unserved},
    flow::PinVerdict,
    id::{TrunkId, UserId},
    number::E164,
    policy::Ledger,
};
use evatel_voice::{agent::Engines, catalogue::Catalogue, sound_files::SoundFiles};
use secrecy::SecretString;

use super::{handler::Skilled, keeper::Keeper};

/// The daemon's side of a call: the snapshot, the ledger, the PINs and the call log.
pub trait Office: Ledger + Send + Sync + 'static {
    /// Gives the snapshot of now.
    fn directory(&self) -> Arc<Directory>;

    /// Says what becomes of a call over a trunk to a number that the snapshot has not in service: it may have come into
    /// service since, or do so with this call. Whoever keeps no numbers but the snapshot's needs no other answer than this one.
    fn unserved(&self, _number: &E164, _trunk: &TrunkId) -> impl Future<Output = Unserved> + Send {
        async { Unserved::NOBODYS }
    }

    /// Checks a PIN and counts wrong ones.
    fn check_pin(&self, user: &UserId, digits: &SecretString) -> impl Future<Output = PinVerdict> + Send;

    /// Keeps a part of a call's story; waits where the writer is behind.
    fn record(&self, record: CallRecord) -> impl Future<Output = ()> + Send;

    /// Waits until what was recorded before would outlive this process, or for as long as a call can be held up for it.
    fn kept(&self) -> impl Future<Output = ()> + Send;
}

/// Greetings that an operator recorded.
#[derive(Debug, Clone, Default)]
pub struct RecordedGreetings {
    /// For owners at their assistants.
    pub assistant: Option<Sound>,
    /// For whoever calls a number.
    pub numbers: HashMap<E164, Sound>,
}

impl RecordedGreetings {
    /// Gives the greeting of a number, where there is one.
    pub(super) fn of(&self, number: &E164) -> Option<Sound> {
        self.numbers.get(number).cloned()
    }
}

/// What all calls of a daemon share.
#[derive(Clone)]
pub struct Settings {
    /// Dialogues of the operator, by the number that they answer. Who may not reach the number's owner does not reach its dialogue.
    pub dialogues: Arc<HashMap<E164, Arc<Dialogue>>>,
    /// What the assistant says, in both languages.
    pub catalogue: Arc<Catalogue>,
    /// Speech in and out.
    pub engines: Engines,
    /// Sound that greets in place of the catalogue's words.
    pub greetings: Arc<RecordedGreetings>,
    /// What is played of `dialogues` and `greetings`.
    pub sounds: Arc<SoundFiles>,
    /// Writes what calls leave; without it nothing is kept of what agents hear and say.
    pub keeper: Option<Keeper>,
    /// Where recordings and messages are kept.
    pub recordings_dir: PathBuf,
    /// How long a leg rings.
    pub ring_timeout: Duration,
    /// What can be ordered beside calls, and who does it.
    pub skilled: Skilled,
    /// How long a trunk may be silent about a leg, neither ringing nor early media, before the next way out is tried.
    /// The last way has the whole ring timeout. ARI does not show SIP's 100 Trying, so a carrier that takes its time to find
    /// the called party is as silent as one that is not there.
    pub silent_trunk: Duration,
}

/// How long a trunk may be silent unless somebody says otherwise.
pub const DEFAULT_SILENT_TRUNK: Duration = Duration::from_secs(6);
