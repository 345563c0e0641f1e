//! Keeping the snapshot in memory up to date with the store.

use std::{sync::Arc, time::Duration};

use evatel_ari::call::Office;
use evatel_store::Store;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use crate::office::StoreOffice;

/// How long a store that cannot be read is left alone.
const PAUSE: Duration = Duration::from_millis(500);

/// Follows the store's changes until `stop`. A change is loaded beside the snapshot in use and then swapped in whole.
pub(super) async fn follow(office: Arc<StoreOffice>, store: Store, stop: CancellationToken) {
    let mut feed = store.feed();
    while !stop.is_cancelled() {
        let known = office.directory().revision();
        let changed = tokio::select! {
            () = stop.cancelled() => return,
            changed = feed.changed_from(known) => changed,
        };
        let loaded = match changed {
            Ok(_) => store.load_directory().await,
            Err(error) => Err(error),
        };
        match loaded {
            Ok(directory) => {
                info!(revision = directory.revision(), "Snapshot refreshed");
                office.replace_directory(directory);
            }
            Err(error) => {
                warn!(%error, "Store cannot be read; calls go on with the snapshot of before");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
