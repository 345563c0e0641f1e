//! What can go wrong with a verb, with what to do about it.

use std::{error::Error as StdError, path::PathBuf};

use super::texts::Texts;
use crate::settings;

/// Why a verb did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// A file cannot be written.
    #[error("`{}` cannot be written", path.display())]
    File { path: PathBuf, source: std::io::Error },
    /// What was asked cannot be, for a reason of its own.
    #[error("{message}")]
    Input { message: String, hint: &'static str },
    /// The settings.
    #[error(transparent)]
    Settings(#[from] settings::Error),
    /// The database.
    #[error(transparent)]
    Store(#[from] evatel_store::Error),
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
            Self::Input { .. } | Self::Settings(_) => 2,
            Self::Store(
                Store::AlreadyThere { .. }
                | Store::CallbackNotOwn { .. }
                | Store::ContactTaken { .. }
                | Store::ExtensionTaken { .. }
                | Store::InUse { .. }
                | Store::Missing { .. }
                | Store::NumberTaken { .. }
                | Store::PeerTaken { .. }
                | Store::Repeated { .. }
                | Store::UnsupportedUrl { .. },
            ) => 2,
            _ => 1,
        }
    }

    /// Says the failure with all its causes, on one line.
    pub(super) fn chain(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            // A cause that is already part of what was said adds nothing.
            let said = error.to_string();
            if !text.ends_with(&said) {
                text += ": ";
                text += &said;
            }
            cause = error.source();
        }
        text
    }

    /// Says what the reader can do about it.
    pub(super) fn hint(&self, texts: &Texts) -> Option<String> {
        use evatel_store::Error as Store;
        let id = match self {
            Self::Input { hint, .. } => hint,
            Self::Settings(settings::Error::NoFile { .. }) => "hint-settings-file",
            Self::Settings(settings::Error::Value { .. } | settings::Error::Unreadable(_)) => "hint-settings",
            Self::Store(error) => match error {
                Store::AlreadyThere { .. } => "hint-already-there",
                Store::CallbackNotOwn { .. } => "hint-callback",
                Store::InUse { .. } => "hint-in-use",
                Store::Io { .. } => "hint-folder",
                Store::Missing { .. } => "hint-missing",
                Store::NewerSchema { .. } => "hint-newer-schema",
                Store::NoDatabase { .. } => "hint-no-database",
                Store::NotADatabase { .. } => "hint-not-a-database",
                Store::UnsupportedUrl { .. } => "hint-url",
                error if error.is_transient() => "hint-busy",
                Store::NumberTaken { .. }
                | Store::PeerTaken { .. }
                | Store::ExtensionTaken { .. }
                | Store::ContactTaken { .. } => "hint-taken",
                _ => return None,
            },
            Self::File { .. } => "hint-folder",
        };
        Some(texts.say(id, &[]))
    }
}
