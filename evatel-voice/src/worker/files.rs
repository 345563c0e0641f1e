//! The files of a model, found by what they are for: public archives name their graphs each in its own way.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{engine::Refusal, form::is_graph};

/// What lies in a model's folder, by name.
pub(crate) struct Files {
    folder: PathBuf,
    names: Vec<String>,
}

/// The files of a voice.
#[derive(Debug)]
pub(crate) struct VoiceFiles {
    pub(crate) graph: PathBuf,
    pub(crate) tokens: PathBuf,
    pub(crate) lexicon: Option<PathBuf>,
}

impl Files {
    pub(crate) fn of(folder: &Path) -> Result<Self, Refusal> {
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

    pub(crate) fn named(&self, name: &str) -> Result<PathBuf, Refusal> {
        let path = self.folder.join(name);
        match self.names.iter().any(|known| known == name) {
            true => Ok(path),
            false => Err(Refusal::Missing(path)),
        }
    }

    /// Gives encoder, decoder and joiner.
    pub(crate) fn transducer(&self) -> Result<[PathBuf; 3], Refusal> {
        Ok([
            self.graph("encoder")?,
            self.graph("decoder")?,
            self.graph("joiner")?,
        ])
    }

    /// Gives the parts of a voice: its graph, its tokens and, where it reads words, its lexicon.
    pub(crate) fn voice(&self) -> Result<VoiceFiles, Refusal> {
        Ok(VoiceFiles {
            graph: self.graph("")?,
            tokens: self.named("tokens.txt")?,
            lexicon: self.named("lexicon.txt").ok(),
        })
    }

    /// Gives a graph whose name begins so; the 8-bit one where there are two, for it sorts first (`.int8.onnx`, `.onnx`).
    pub(crate) fn graph(&self, front: &str) -> Result<PathBuf, Refusal> {
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
