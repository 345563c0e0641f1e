//! What a call needs from whoever runs it: the one border to the database.

use std::{future::Future, path::PathBuf, sync::Arc, time::Duration};

use evatel_core::{
    calls::{HangupCause, LegEntry, TranscriptLine},
    directory::Directory,
    flow::PinVerdict,
    id::{CallId, LegId, UserId},
    policy::Ledger,
};
use evatel_voice::{agent::Engines, catalogue::Catalogue};
use jiff::Timestamp;
use secrecy::SecretString;

/// The daemon's side of a call: the snapshot, the ledger, the PINs and the call log.
pub trait Office: Ledger + Send + Sync + 'static {
    /// Gives the snapshot of now.
    fn directory(&self) -> Arc<Directory>;

    /// Checks a PIN and counts wrong ones.
    fn check_pin(&self, user: &UserId, digits: &SecretString) -> impl Future<Output = PinVerdict> + Send;

    /// Keeps a part of a call's story; waits where the writer is behind.
    fn record(&self, record: CallRecord) -> impl Future<Output = ()> + Send;
}

/// What all calls of a daemon share.
#[derive(Clone)]
pub struct Settings {
    /// What the assistant says, in both languages.
    pub catalogue: Arc<Catalogue>,
    /// Speech in and out.
    pub engines: Engines,
    /// Where recordings and messages are kept.
    pub recordings_dir: PathBuf,
    /// How long a leg rings.
    pub ring_timeout: Duration,
}

/// A part of a call's story, in the order in which it happened.
#[derive(Debug, Clone)]
pub enum CallRecord {
    /// A leg was answered.
    LegAnswered {
        /// Which.
        leg: LegId,
        /// When.
        at: Timestamp,
    },
    /// A leg began, or was refused.
    LegBegan(Box<LegEntry>),
    /// A leg is over.
    LegEnded {
        /// Which.
        leg: LegId,
        /// When.
        at: Timestamp,
        /// How.
        cause: HangupCause,
    },
    /// Something was said, heard, keyed or decided.
    Line {
        /// In which call.
        call: CallId,
        /// What.
        line: TranscriptLine,
    },
    /// The call's recording is a file now.
    Recorded {
        /// Which call's.
        call: CallId,
        /// The file.
        path: PathBuf,
    },
}
