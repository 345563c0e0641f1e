//! `/sounds`: what Asterisk has to play.

use crate::{model::Sound, request::Request};

/// `GET /sounds` lists the sounds, of one language and format if these are given.
pub fn list(language: Option<&str>, format: Option<&str>) -> Request<Vec<Sound>> {
    Request::get(["sounds"])
        .query_opt("lang", language)
        .query_opt("format", format)
}

/// `GET /sounds/{id}` describes one, such as `beep`.
pub fn get(id: &str) -> Request<Sound> {
    Request::get(["sounds", id])
}
