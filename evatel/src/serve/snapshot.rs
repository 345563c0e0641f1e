//! Keeping the snapshot in memory up to date with the store.

use std::{sync::Arc, time::Duration};

use evatel_ari::call::Office;
use evatel_store::Store;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::office::StoreOffice;

/// How often the store's revision is read; SQLite tells nobody by itself.
const POLL: Duration = Duration::from_millis(250);

/// Follows the store's revision until `stop`: each change brings a whole new snapshot.
pub(super) async fn follow(office: Arc<StoreOffice>, store: Store, stop: CancellationToken) {
    let mut ticks = tokio::time::interval(POLL);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let known = office.directory().revision();
        match store.revision().await {
            Ok(revision) if revision == known => continue,
            Ok(_) => {}
            Err(error) => {
                warn!(%error, "Store cannot be read; calls go on with the snapshot of before");
                continue;
            }
        }
        match store.load_directory().await {
            Ok(directory) => {
                info!(revision = directory.revision(), "Snapshot refreshed");
                office.replace_directory(directory);
            }
            Err(error) => warn!(%error, "Snapshot could not be loaded; calls go on with the one of before"),
        }
    }
}
