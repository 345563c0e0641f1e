//! What can go wrong with a verb, with what to do about it.

use std::{error::Error as StdError, path::PathBuf};

use evatel_core::{
    account::rules::Broken,
    did::{DidStatus, Refused},
    permission::Refusal,
};
use evatel_voice::grammar;

use super::texts::Texts;
use crate::{media, serve, settings};

/// Why a verb did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The switch.
    #[error(transparent)]
    Ari(#[from] evatel_ari::Error),
    /// A file cannot be written.
    #[error("`{}` cannot be written", path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// What was asked cannot be, for a reason of its own.
    #[error("{message}")]
    Input { message: String, hint: &'static str },
    /// A line of standard input that cannot be read.
    #[error("line {number} of standard input: {why}")]
    Line { number: usize, why: String },
    /// A speech model that is not installed, checked or removed.
    #[error(transparent)]
    Model(#[from] evatel_voice::models::Error),
    /// The files for the switch, compared or written.
    #[error(transparent)]
    Plan(#[from] evatel_provision::PlanError),
    /// A file cannot be read.
    #[error("`{}` cannot be read", path.display())]
    Read { path: PathBuf, source: std::io::Error },
    /// The files for the switch, made.
    #[error(transparent)]
    Render(#[from] evatel_provision::RenderError),
    /// The daemon.
    #[error(transparent)]
    Serve(#[from] serve::Error),
    /// The settings.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] evatel_store::Error),
    /// A speech model that the engine does not take, or no engine to ask.
    #[error(transparent)]
    Trial(evatel_voice::transcribe::Error),
}

impl Failure {
    /// Refuses what was asked; `hint` is the id of a text.
    pub(super) fn input(message: impl Into<String>, hint: &'static str) -> Self {
        Self::Input {
            message: message.into(),
            hint,
        }
    }

    /// Gives 2 where what was asked is at fault, else 1.
    pub(super) fn exit_code(&self) -> u8 {
        use evatel_store::Error as Store;
        match self {
            Self::Ari(evatel_ari::Error::Config { .. })
            | Self::Input { .. }
            | Self::Line { .. }
            | Self::Read { .. }
            | Self::Settings(_) => 2,
            Self::Serve(
                serve::Error::Dialogue(_)
                | serve::Error::DialogueFile { .. }
                | serve::Error::Greeting { .. }
                | serve::Error::Skills(_)
                | serve::Error::SkillsFile { .. },
            ) => 2,
            Self::Model(error) if error.is_what_was_asked() => 2,
            Self::Serve(serve::Error::Ari(evatel_ari::Error::Config { .. })) => 2,
            Self::Serve(serve::Error::Media(media::Lost::NoSection { .. })) => 2,
            Self::Store(
                Store::ActorGone
                | Store::AlreadyThere { .. }
                | Store::Broken(_)
                | Store::CallbackNotOwn { .. }
                | Store::ContactTaken { .. }
                | Store::DomainTaken { .. }
                | Store::Dump { line: 1.., .. }
                | Store::ExtensionTaken { .. }
                | Store::Forward(_)
                | Store::InUse { .. }
                | Store::KeyLife { .. }
                | Store::LastLogin { .. }
                | Store::LoginTaken { .. }
                | Store::MacTaken { .. }
                | Store::Missing { .. }
                | Store::Catalogue(_)
                | Store::Choice(_)
                | Store::Quote(_)
                | Store::Stale(_)
                | Store::Number(_)
                | Store::NumberTaken { .. }
                | Store::PeerTaken { .. }
                | Store::Presence(_)
                | Store::Refused(_)
                | Store::RouteTaken { .. }
                | Store::Repeated { .. }
                | Store::Schedule(_)
                | Store::UnknownCountry(_)
                | Store::Unmovable(_)
                | Store::Unpaid(_)
                | Store::UnsupportedUrl { .. },
            ) => 2,
            _ => 1,
        }
    }

    /// Says the failure with all its causes, on one line.
    pub(super) fn chain(&self, texts: &Texts) -> String {
        let mut last = self.to_string();
        let mut message = texts.error(&last);
        let mut cause = self.source();
        while let Some(error) = cause {
            // A cause that is already part of what was said adds nothing.
            let said = error.to_string();
            if !last.ends_with(&said) {
                let cause = texts.error(&said);
                message = texts.say("error-cause", &[("message", &message), ("cause", &cause)]);
                last = said;
            }
            cause = error.source();
        }
        message
    }

    /// Says what the reader can do about it.
    pub(super) fn hint(&self, texts: &Texts) -> Option<String> {
        let id = match self {
            Self::Input { hint, .. } => hint,
            Self::Ari(error) | Self::Serve(serve::Error::Ari(error)) => of_ari(error),
            Self::File { .. } => "hint-folder",
            Self::Line { .. } => "hint-lines",
            Self::Model(error) => of_model(error)?,
            Self::Trial(_) => "hint-model-trial",
            Self::Plan(evatel_provision::PlanError::Foreign { .. }) => "hint-foreign-folder",
            Self::Plan(_) | Self::Serve(serve::Error::Folder { .. }) => "hint-folder",
            Self::Read { .. } => "hint-read",
            Self::Render(_) => "hint-render",
            Self::Serve(serve::Error::Speech(evatel_voice::transcribe::Error::NoProvider { .. })) => {
                "doctor-provider"
            }
            Self::Serve(
                serve::Error::Speech(_)
                | serve::Error::Lexicon(_)
                | serve::Error::Grammar(grammar::Error::Lexicon(_)),
            ) => "hint-speech",
            Self::Serve(serve::Error::Dialogue(_)) => "hint-dialogue",
            Self::Serve(serve::Error::Greeting { .. }) => "hint-wav",
            Self::Serve(serve::Error::Skills(_)) => "hint-skills",
            Self::Serve(serve::Error::SkillsFile { .. }) => "hint-read",
            Self::Serve(serve::Error::DialogueFile { .. }) => "hint-read",
            Self::Serve(serve::Error::Grammar(_)) => "hint-grammar",
            Self::Serve(serve::Error::Phrases { .. }) => "hint-read",
            Self::Serve(serve::Error::Store(error)) | Self::Store(error) => of_store(error)?,
            Self::Serve(serve::Error::Displaced { .. }) => "hint-displaced",
            Self::Serve(serve::Error::Media(media::Lost::Silent(error))) => of_ari(error),
            Self::Serve(serve::Error::Media(_)) => "hint-media",
            Self::Serve(serve::Error::Metrics(_)) => "hint-metrics",
            Self::Serve(_) => return None,
            Self::Settings(settings::Error::NoFile { .. }) => "hint-settings-file",
            Self::Settings(settings::Error::Value { .. } | settings::Error::Unreadable(_)) => "hint-settings",
        };
        Some(texts.say(id, &[]))
    }
}

/// Gives the id of the hint for a failure of the switch.
fn of_ari(error: &evatel_ari::Error) -> &'static str {
    use evatel_ari::Error as Ari;
    match error {
        Ari::Config { .. } => "hint-settings",
        Ari::Forbidden { .. } => "hint-ari-rights",
        Ari::TooOld { .. } => "hint-too-old",
        Ari::Unauthorized { .. } => "hint-ari-user",
        _ => "hint-ari-away",
    }
}

/// Gives the id of the hint for a failure about a model.
fn of_model(error: &evatel_voice::models::Error) -> Option<&'static str> {
    use evatel_voice::models::Error as Model;
    Some(match error {
        Model::AlreadyInstalled { .. } => "hint-model-there",
        Model::Archive { .. } | Model::Form => "hint-model-archive",
        Model::Busy { .. } => "hint-model-busy",
        Model::Downgrade | Model::Egress(_) | Model::Http { .. } | Model::TooManyRedirects { .. } => {
            "hint-model-url"
        }
        Model::Io { .. } => "hint-folder",
        Model::Manifest { .. } => "hint-model-manifest",
        Model::Missing { .. } => "hint-model-list",
        Model::Name(_) => "hint-model-name",
        Model::NoRoom { .. } | Model::TooLarge { .. } => "hint-model-room",
        Model::UnknownDigest { .. } => "hint-model-digest",
        Model::Unreachable { .. } => "hint-model-again",
        Model::WrongDigest { .. } => "hint-model-wrong",
        _ => return None,
    })
}

/// Gives the id of the hint for what is not there: most nouns have a verb `list`.
fn of_missing(what: &str) -> &'static str {
    match what {
        "approved country" => "hint-no-country",
        "emergency place of account" => "hint-no-emergency-place",
        "item" => "hint-no-item",
        "limit of" => "hint-no-limits",
        "office of account" => "hint-no-office",
        "presence of user" => "hint-no-presence",
        "quote" => "hint-no-quote",
        _ => "hint-missing",
    }
}

/// Gives the id of the hint for a failure of the store.
fn of_store(error: &evatel_store::Error) -> Option<&'static str> {
    use evatel_store::Error as Store;
    Some(match error {
        Store::AlreadyThere { .. } => "hint-already-there",
        Store::AnotherDaemon { .. } => "hint-another-daemon",
        Store::CallbackNotOwn { .. } => "hint-callback",
        Store::Dump { .. } => "hint-dump",
        Store::Forward(_) => "hint-forward",
        Store::InUse { .. } => "hint-in-use",
        Store::KeyFile { .. } | Store::KeyMissing { .. } | Store::Sealed { .. } => "hint-key-lost",
        Store::MacTaken { .. } => "hint-mac-taken",
        Store::NoKey => "hint-no-key",
        Store::Io { .. } => "hint-folder",
        Store::Missing { what, .. } => of_missing(what),
        Store::Number(Refused::NotFree {
            status: DidStatus::Quarantined,
            ..
        }) => "hint-number-rests",
        Store::Number(_) => "hint-number-state",
        Store::Catalogue(_) | Store::Choice(_) | Store::Quote(_) => "hint-offer",
        Store::Stale(_) => "hint-stale",
        Store::NewerSchema { .. } => "hint-newer-schema",
        Store::NoDatabase { .. } => "hint-no-database",
        Store::NotADatabase { .. } => "hint-not-a-database",
        Store::Presence(_) => "hint-status",
        Store::Schedule(_) => "hint-until",
        Store::UnknownCountry(_) => "hint-country",
        Store::Unmovable(_) => "hint-move",
        Store::Unpaid(_) => "hint-unpaid",
        Store::Unreachable { .. } => "hint-unreachable",
        Store::UnsupportedUrl { .. } => "hint-url",
        Store::NumberTaken { .. } => "hint-number-taken",
        Store::PeerTaken { .. }
        | Store::RouteTaken { .. }
        | Store::ExtensionTaken { .. }
        | Store::DomainTaken { .. }
        | Store::LoginTaken { .. }
        | Store::ContactTaken { .. } => "hint-taken",
        Store::Broken(Broken::Default { .. }) => "hint-default",
        Store::Broken(Broken::NoNumber { .. }) => "hint-no-number",
        Store::Broken(Broken::LastAdministrator) => "hint-last-administrator",
        Store::Refused(Refusal::EnterFirst { .. }) => "hint-enter",
        error if error.is_transient() => "hint-busy",
        _ => return None,
    })
}
