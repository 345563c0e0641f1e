//! `/recordings`: what is recorded and what was.

use crate::{
    id::RecordingName,
    model::{LiveRecording, StoredRecording},
    request::{Bytes, Request},
};

/// `GET /recordings/live/{name}` describes one that runs.
pub fn live(name: &RecordingName) -> Request<LiveRecording> {
    Request::get(["recordings", "live", name.as_str()])
}

/// `POST /recordings/live/{name}/stop` ends it and keeps it.
pub fn stop(name: &RecordingName) -> Request<()> {
    Request::post(["recordings", "live", name.as_str(), "stop"])
}

/// `DELETE /recordings/live/{name}` ends it and throws it away.
pub fn cancel(name: &RecordingName) -> Request<()> {
    Request::delete(["recordings", "live", name.as_str()])
}

/// `POST /recordings/live/{name}/pause` lets it rest: what is said meanwhile is left out.
pub fn pause(name: &RecordingName) -> Request<()> {
    Request::post(["recordings", "live", name.as_str(), "pause"])
}

/// `DELETE /recordings/live/{name}/pause` lets it go on.
pub fn unpause(name: &RecordingName) -> Request<()> {
    Request::delete(["recordings", "live", name.as_str(), "pause"])
}

/// `POST /recordings/live/{name}/mute` records silence from then on.
pub fn mute(name: &RecordingName) -> Request<()> {
    Request::post(["recordings", "live", name.as_str(), "mute"])
}

/// `DELETE /recordings/live/{name}/mute` records what is said again.
pub fn unmute(name: &RecordingName) -> Request<()> {
    Request::delete(["recordings", "live", name.as_str(), "mute"])
}

/// `GET /recordings/stored` lists those on disk.
pub fn list_stored() -> Request<Vec<StoredRecording>> {
    Request::get(["recordings", "stored"])
}

/// `GET /recordings/stored/{name}` describes one on disk.
pub fn stored(name: &RecordingName) -> Request<StoredRecording> {
    Request::get(["recordings", "stored", name.as_str()])
}

/// `GET /recordings/stored/{name}/file` fetches one.
pub fn file(name: &RecordingName) -> Request<Bytes> {
    Request::get(["recordings", "stored", name.as_str(), "file"])
}

/// `POST /recordings/stored/{name}/copy` copies one; 409 if there is one of the new name.
pub fn copy(name: &RecordingName, to: &RecordingName) -> Request<StoredRecording> {
    Request::post(["recordings", "stored", name.as_str(), "copy"])
        .query("destinationRecordingName", to.as_str())
}

/// `DELETE /recordings/stored/{name}` removes one from Asterisk's disk.
pub fn delete(name: &RecordingName) -> Request<()> {
    Request::delete(["recordings", "stored", name.as_str()])
}
