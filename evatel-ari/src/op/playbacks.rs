//! `/playbacks`: sounds that play.

use crate::{id::PlaybackId, model::Playback, request::Request};

/// `GET /playbacks/{id}` describes one.
pub fn get(id: &PlaybackId) -> Request<Playback> {
    Request::get(["playbacks", id.as_str()])
}

/// `DELETE /playbacks/{id}` stops it.
pub fn stop(id: &PlaybackId) -> Request<()> {
    Request::delete(["playbacks", id.as_str()])
}
