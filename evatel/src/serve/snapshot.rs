//! Keeping the snapshot in memory up to date with the store.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use evatel_ari::call::Office;
use evatel_core::directory::Directory;
use evatel_store::{Refreshed, Store};
use metrics::{gauge, histogram};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::office::StoreOffice;

/// How long a store that cannot be read is left alone.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows the store's changes until `stop`. What changed is made into another snapshot beside the one in use,
/// which shares all else, and then swapped in whole.
pub(super) async fn follow(office: Arc<StoreOffice>, store: Store, stop: CancellationToken) {
    let mut feed = store.feed();
    while !stop.is_cancelled() {
        let known = office.directory().revision();
        let changed = tokio::select! {
            () = stop.cancelled() => return,
            changed = feed.changed_from(known) => changed,
        };
        let began = Instant::now();
        let refreshed = match changed {
            Ok(_) => store.refresh_directory(&office.directory()).await,
            Err(error) => Err(error),
        };
        match refreshed {
            Ok((directory, how)) => {
                tell(&directory, &how);
                histogram!("evatel_snapshot_refresh_seconds").record(began.elapsed());
                gauge!("evatel_snapshot_revision").set(directory.revision() as f64);
                office.replace_directory(directory);
            }
            Err(error) => {
                warn!(%error, "Store cannot be read; calls go on with the snapshot of before");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn tell(directory: &Directory, how: &Refreshed) {
    let revision = directory.revision();
    match how {
        Refreshed::Changes(changes) => info!(revision, changes, "Snapshot refreshed"),
        Refreshed::Whole => info!(revision, "Snapshot read anew"),
        Refreshed::WholeFor(missing) => {
            warn!(revision, %missing, "Snapshot read anew, because a change was not told whole; please report this");
        }
    }
}
