//! Models of any form, tried in a throw-away child: loaded, and let hear or say something.
//!
//! What a model does to its engine is seen before anything depends on it: a bad one ends its process, which is then not ours.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{
    MARKER, Model,
    backend::{self, ModelKind},
    engine::Refusal,
    form::{Form, is_graph},
    link::Link,
    pool::{ModelInfo, PoolConfig, admit, program},
    protocol::ToWorker,
};
use crate::transcribe::{Error, Provider};

/// Tries a model in a throw-away child of `program`, or of the program that runs.
///
/// # Errors
/// When the model is missing or refused, or the child cannot be started.
pub async fn try_model(form: Form, folder: &Path, named: Option<PathBuf>) -> Result<ModelInfo, Error> {
    if form == Form::Phones {
        let config = PoolConfig::new(Model::phones(folder));
        return admit(&PoolConfig {
            program: named,
            ..config
        })
        .await;
    }
    if std::env::var_os(MARKER).is_some() {
        return Err(Error::NotHooked);
    }
    let first = ToWorker::Try {
        form,
        folder: folder.to_owned(),
    };
    let link = Link::begin(&program(named.as_ref())?, folder, &first).await?;
    Ok(ModelInfo { engine: link.engine })
}

/// The child's side: gives the engine that took the model.
pub(super) fn run(form: Form, folder: &Path) -> Result<String, Refusal> {
    match form {
        Form::Phones => Ok(backend::load(ModelKind::Zipformer2Ctc, Provider::Cpu, folder)?.version()),
        Form::Transducer | Form::Voice => engine(form, &Files::of(folder)?),
    }
}

#[cfg(feature = "sherpa")]
fn engine(form: Form, files: &Files) -> Result<String, Refusal> {
    use crate::transcribe::sherpa::trial;
    let tokens = files.named("tokens.txt")?;
    match form {
        Form::Voice => trial::speak(
            &files.graph("")?,
            &tokens,
            files.named("lexicon.txt").ok().as_deref(),
        ),
        _ => trial::hear(
            [
                files.graph("encoder")?,
                files.graph("decoder")?,
                files.graph("joiner")?,
            ],
            &tokens,
        ),
    }
}

#[cfg(not(feature = "sherpa"))]
fn engine(form: Form, files: &Files) -> Result<String, Refusal> {
    let needed: &[&str] = match form {
        Form::Voice => &[""],
        _ => &["encoder", "decoder", "joiner"],
    };
    files.named("tokens.txt")?;
    needed.iter().try_for_each(|front| files.graph(front).map(drop))?;
    Err(Refusal::NoLibrary)
}

/// What lies in a model's folder, by name.
struct Files {
    folder: PathBuf,
    names: Vec<String>,
}

impl Files {
    fn of(folder: &Path) -> Result<Self, Refusal> {
        let missing = |_| Refusal::Missing(folder.to_owned());
        let mut names = Vec::new();
        for entry in fs::read_dir(folder).map_err(missing)? {
            names.extend(entry.map_err(missing)?.file_name().into_string());
        }
        names.sort();
        Ok(Self {
            folder: folder.to_owned(),
            names,
        })
    }

    fn named(&self, name: &str) -> Result<PathBuf, Refusal> {
        let path = self.folder.join(name);
        match self.names.iter().any(|known| known == name) {
            true => Ok(path),
            false => Err(Refusal::Missing(path)),
        }
    }

    /// Gives a graph whose name begins so; the 8-bit one where there are two, for it sorts first (`.int8.onnx`, `.onnx`).
    fn graph(&self, front: &str) -> Result<PathBuf, Refusal> {
        let found = self.names.iter().find(|name| is_graph(name, front));
        let missing = || Refusal::Missing(self.folder.join(format!("{front}*.onnx")));
        found.map(|name| self.folder.join(name)).ok_or_else(missing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_two_graphs_the_one_of_8_bits_is_tried() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["encoder-a.onnx", "encoder-a.int8.onnx", "tokens.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let files = Files::of(folder.path()).ok().unwrap();
        assert_eq!(
            files.graph("encoder").ok(),
            Some(folder.path().join("encoder-a.int8.onnx"))
        );
        assert!(files.graph("joiner").is_err());
    }
}
