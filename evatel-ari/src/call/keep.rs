//! Files of what was said: whoever opens one later hears somebody's voice.

use std::path::Path;

use evatel_core::id::LegId;
use tokio::io::AsyncWriteExt;
use tracing::warn;

use super::legs::warn_unless_gone;
use crate::{id::RecordingName, switch::Switch};

/// Makes a file name of a leg's id.
pub(super) fn file_name(leg: &LegId, what: &str) -> String {
    format!("{leg}-{what}.wav")
}

/// Moves a recording from the switch to `path`, and says whether it is there.
pub(super) async fn take_recording(name: &RecordingName, path: &Path, switch: &Switch) -> bool {
    let bytes = match switch.fetch_recording(name).await {
        Ok(bytes) => bytes,
        Err(error) => {
            warn!(recording = %name, %error, "Recording could not be fetched; it stays on the switch");
            return false;
        }
    };
    if let Err(error) = write_private(path, bytes).await {
        warn!(path = %path.display(), %error, "Recording could not be written; it stays on the switch");
        return false;
    }
    // Removed last: whoever is stopped in between finds it there again.
    warn_unless_gone(switch.remove_recording(name).await);
    true
}

/// Writes a file that its owner alone may read: somebody's voice is in it.
pub(super) async fn write_private(path: &Path, bytes: Vec<u8>) -> std::io::Result<()> {
    let mut options = tokio::fs::OpenOptions::new();
    let mut file = options
        .create(true)
        .truncate(true)
        .write(true)
        .mode(0o600)
        .open(path)
        .await?;
    file.write_all(&bytes).await?;
    file.flush().await
}
