//! `/playbacks`: sounds that play.

use crate::{id::PlaybackId, model::Playback, request::Request, words::words};

/// `GET /playbacks/{id}` describes one.
pub fn get(id: &PlaybackId) -> Request<Playback> {
    Request::get(["playbacks", id.as_str()])
}

/// `DELETE /playbacks/{id}` stops it.
pub fn stop(id: &PlaybackId) -> Request<()> {
    Request::delete(["playbacks", id.as_str()])
}

/// `POST /playbacks/{id}/control` steers one that plays; 409 if it is not in a state for that.
pub fn control(id: &PlaybackId, operation: &PlaybackOperation) -> Request<()> {
    Request::post(["playbacks", id.as_str(), "control"]).query("operation", operation.as_str())
}

words! {
    /// What can be done to a playback; how far it skips was said when it was begun.
    PlaybackOperation {
        /// Skips on.
        Forward = "forward",
        /// Holds still.
        Pause = "pause",
        /// Begins again.
        Restart = "restart",
        /// Skips back.
        Reverse = "reverse",
        /// Goes on.
        Unpause = "unpause",
    }
}
