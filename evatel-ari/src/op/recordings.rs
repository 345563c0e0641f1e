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

/// `GET /recordings/stored` lists those on disk.
pub fn stored() -> Request<Vec<StoredRecording>> {
    Request::get(["recordings", "stored"])
}

/// `GET /recordings/stored/{name}/file` fetches one.
pub fn file(name: &RecordingName) -> Request<Bytes> {
    Request::get(["recordings", "stored", name.as_str(), "file"])
}

/// `DELETE /recordings/stored/{name}` removes one from Asterisk's disk.
pub fn delete(name: &RecordingName) -> Request<()> {
    Request::delete(["recordings", "stored", name.as_str()])
}
