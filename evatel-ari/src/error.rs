//! What can go wrong with ARI, with Asterisk's own words kept.

use std::time::Duration;

use evatel_core::calls::HangupCause;

use crate::version::{Since, Version};

/// The result of most functions here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong. `request` is method and path, `message` is what Asterisk itself said.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 400: Asterisk did not understand the request.
    #[error("Asterisk refused `{request}`: {message}")]
    BadRequest {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// One tenant's handle was asked for what is not one tenant's.
    #[error("`{request}` reaches beyond tenant `{tenant}`: {reason}")]
    Beyond {
        /// Method and path.
        request: String,
        /// The tenant.
        tenant: String,
        /// What is beyond, and what to use instead.
        reason: String,
    },
    /// The configuration cannot be used.
    #[error("`{setting}` cannot be used: {reason}")]
    Config {
        /// Which setting.
        setting: &'static str,
        /// What is wrong with it and what would be right.
        reason: String,
    },
    /// 409: it stands against something that is going on, such as a recording, or is not ours to change.
    #[error("`{request}` is in conflict with what there is: {message}")]
    Conflict {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// The connection was closed by us, or another program took the application's name.
    #[error("the connection to Asterisk is closed")]
    Closed,
    /// Something of this id is there already (409).
    #[error("`{request}`: there already: {message}")]
    Exists {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// 403: the user may only read, its ACL refuses us, or what it is about is never so: RTP statistics of a channel without RTP.
    #[error(
        "Asterisk forbids `{request}`: {message} (may this user write, see `read_only` and `acl` in ari.conf?)"
    )]
    Forbidden {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// 412: the channel is not in a state for this.
    #[error("`{request}`: not possible in the channel's state: {message}")]
    InvalidState {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// The media connection did not come about or broke.
    #[error("audio of `{channel}`: {reason}")]
    Media {
        /// The media channel.
        channel: String,
        /// What happened.
        reason: String,
    },
    /// This Asterisk does not have it yet; nothing was sent.
    #[error("`{request}` needs Asterisk {needed} or newer, and this one is {found}")]
    NeedsNewer {
        /// Method and path.
        request: String,
        /// Since when Asterisk has it.
        needed: Since,
        /// Its version.
        found: Version,
    },
    /// 404: no such channel, bridge, recording ... (any more).
    #[error("`{request}`: not found: {message}")]
    NotFound {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// 409: it exists, but is not in the application.
    #[error("`{request}`: not in the application: {message}")]
    NotInStasis {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// The request never reached Asterisk.
    #[error("`{request}` was not sent: {reason}")]
    NotSent {
        /// Method and path.
        request: String,
        /// What stood in the way.
        reason: String,
    },
    /// The request was sent and no answer came: it may or may not have been done.
    #[error("`{request}` may or may not have been done: {reason}")]
    OutcomeUnknown {
        /// Method and path.
        request: String,
        /// What happened instead of an answer.
        reason: String,
    },
    /// An event that had to come did not come in time.
    #[error("`{event}` did not come within {} ms", waited.as_millis())]
    Overdue {
        /// Which event of what.
        event: String,
        /// How long it was waited for.
        waited: Duration,
    },
    /// Asterisk is older than [`crate::Config::oldest`].
    #[error("Asterisk {found} is too old: {needed} or newer is needed")]
    TooOld {
        /// Its version.
        found: Version,
        /// The oldest that will do.
        needed: Version,
    },
    /// The request is longer than Asterisk reads; nothing was sent.
    #[error("`{request}`: its {part} of {length} bytes is longer than the {limit} that Asterisk reads")]
    TooLong {
        /// Method and path.
        request: String,
        /// Which part of it.
        part: &'static str,
        /// Its length in bytes.
        length: usize,
        /// The most that is read.
        limit: usize,
    },
    /// 500 `Allocation failed`: the endpoint does not exist or nobody is registered there.
    #[error("`{request}`: the endpoint cannot be reached (unknown, or no device registered): {message}")]
    Unallocated {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
    /// 401: wrong user or password.
    #[error("Asterisk does not accept user `{user}` with this password (ari.conf)")]
    Unauthorized {
        /// The user.
        user: String,
    },
    /// 503, or 404 while it starts: Asterisk is not ready.
    #[error("Asterisk is not ready: `{request}` gave {status}: {message}")]
    Unavailable {
        /// Method and path.
        request: String,
        /// HTTP status.
        status: u16,
        /// Asterisk's words.
        message: String,
    },
    /// An answer that is not what ARI documents.
    #[error("`{request}` gave {status}, which was not expected: {message}")]
    Unexpected {
        /// Method and path.
        request: String,
        /// HTTP status.
        status: u16,
        /// Asterisk's words, or why the answer could not be read.
        message: String,
    },
    /// The leg is none that this switch knows.
    #[error("leg `{leg}` is not on this switch")]
    UnknownLeg {
        /// The leg.
        leg: String,
    },
    /// 422: understood, yet not possible: an unknown event source, a channel outside Stasis.
    #[error("`{request}` is not possible: {message}")]
    Unprocessable {
        /// Method and path.
        request: String,
        /// Asterisk's words.
        message: String,
    },
}

impl Error {
    /// Says whether the same request may succeed a little later.
    pub fn is_transient(&self) -> bool {
        matches!(
            self,
            Self::NotSent { .. }
                | Self::OutcomeUnknown { .. }
                | Self::Overdue { .. }
                | Self::Unavailable { .. }
        )
    }

    /// Says whether what the request was about is not there (any more), which for a hang-up means: done.
    pub fn is_gone(&self) -> bool {
        matches!(self, Self::NotFound { .. } | Self::UnknownLeg { .. })
    }

    /// Gives the cause that a leg has which could not be made for this reason.
    pub fn hangup_cause(&self) -> HangupCause {
        match self {
            Self::Unallocated { .. } => HangupCause::Absent,
            Self::NotSent { .. } | Self::Unavailable { .. } | Self::Closed => HangupCause::NetworkOutOfOrder,
            _ => HangupCause::TemporaryFailure,
        }
    }

    /// Makes the error of an HTTP answer that is no success.
    pub(crate) fn of_answer(request: String, status: u16, body: &str, user: &str) -> Self {
        let message = message_in(body);
        match status {
            400 => Self::BadRequest { request, message },
            401 => Self::Unauthorized {
                user: user.to_owned(),
            },
            403 => Self::Forbidden { request, message },
            404 if is_booting(&request, &message) => Self::Unavailable {
                request,
                status,
                message,
            },
            404 => Self::NotFound { request, message },
            409 if message.contains("already") => Self::Exists { request, message },
            409 if message.contains("not in Stasis") => Self::NotInStasis { request, message },
            409 => Self::Conflict { request, message },
            412 => Self::InvalidState { request, message },
            422 => Self::Unprocessable { request, message },
            500 if message.contains("Allocation failed") => Self::Unallocated { request, message },
            503 => Self::Unavailable {
                request,
                status,
                message,
            },
            _ => Self::Unexpected {
                request,
                status,
                message,
            },
        }
    }
}

/// While Asterisk loads ARI's modules, even what always exists is not found.
fn is_booting(request: &str, message: &str) -> bool {
    request == "GET /asterisk/info" || message.starts_with("Invalid Resource") || message.is_empty()
}

/// ARI says `{"message": "..."}`, the server below it an HTML page.
fn message_in(body: &str) -> String {
    let json = serde_json::from_str::<serde_json::Value>(body).ok();
    let message = json
        .as_ref()
        .and_then(|json| json.get("message").or_else(|| json.get("error")));
    match message.and_then(serde_json::Value::as_str) {
        Some(message) => message.to_owned(),
        None if body.trim_start().starts_with('<') => String::new(),
        None => body.chars().take(200).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(status: u16, message: &str) -> Error {
        Error::of_answer(
            "POST /channels/x".into(),
            status,
            &format!(r#"{{"message":"{message}"}}"#),
            "evatel",
        )
    }

    #[test]
    fn each_status_becomes_its_own_error_and_keeps_asterisks_words() {
        assert!(matches!(of(404, "Channel not found"), Error::NotFound { .. }));
        assert!(matches!(
            of(409, "Channel not in Stasis application"),
            Error::NotInStasis { .. }
        ));
        assert!(matches!(
            of(409, "Channel one currently recording"),
            Error::Conflict { .. }
        ));
        assert!(matches!(
            of(409, "Channel with given unique ID already exists"),
            Error::Exists { .. }
        ));
        assert!(matches!(
            of(412, "Channel in invalid state"),
            Error::InvalidState { .. }
        ));
        assert!(matches!(
            of(422, "Channel not in Stasis"),
            Error::Unprocessable { .. }
        ));
        assert!(matches!(of(500, "Allocation failed"), Error::Unallocated { .. }));
        assert!(matches!(
            of(503, "Asterisk not booted"),
            Error::Unavailable { .. }
        ));
        assert!(
            of(412, "Channel in invalid state")
                .to_string()
                .contains("Channel in invalid state")
        );
    }

    #[test]
    fn a_page_of_html_with_404_means_that_asterisk_still_starts() {
        let error = Error::of_answer(
            "GET /channels".into(),
            404,
            "<!DOCTYPE HTML><html>404</html>",
            "evatel",
        );
        assert!(matches!(error, Error::Unavailable { status: 404, .. }) && error.is_transient());
    }

    #[test]
    fn a_wrong_password_is_not_transient() {
        let error = of(401, "Authentication required");
        assert!(!error.is_transient());
        assert!(error.to_string().contains("`evatel`"), "{error}");
    }
}
