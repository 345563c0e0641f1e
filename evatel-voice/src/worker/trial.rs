//! Models of any form, tried in a throw-away child: loaded, and let hear or say something.
//!
//! What a model does to its engine is seen before anything depends on it: a bad one ends its process, which is then not ours.

use std::path::{Path, PathBuf};

use evatel_core::account::Language;

use super::{
    Model,
    form::Form,
    pool::{ModelInfo, PoolConfig, admit},
    voice::{VoiceConfig, try_voice},
};
use crate::transcribe::Error;

/// Tries a model in a throw-away child of `program`, or of the program that runs.
///
/// # Errors
/// When the model is missing or refused, or the child cannot be started.
pub async fn try_model(form: Form, folder: &Path, program: Option<PathBuf>) -> Result<ModelInfo, Error> {
    let model = match form {
        Form::Phones => Model::phones(folder),
        Form::Transducer => Model::transducer(folder),
        Form::Vad => Model::vad(folder),
        Form::Voice => {
            // What it says on trial comes from its own files: its language does not matter.
            let config = VoiceConfig::new(folder, Language::Fr);
            return try_voice(&VoiceConfig { program, ..config }).await;
        }
    };
    let config = PoolConfig::new(model);
    admit(&PoolConfig { program, ..config }).await
}
