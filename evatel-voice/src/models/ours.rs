//! The model of this repository (models/phones), known by its digest wherever its files lie: whoever is told which model hears is told
//! what that one is made for.

use std::{path::Path, sync::LazyLock};

use super::digest::Sha256;

/// The graph of models/phones, as its card has it.
const GRAPH: &str = "a4d1a5a4c23c0530a47861fc47da278c8a31320ac4a10e5b3ee15e25c5afe603";

/// Says whether a folder holds this repository's own small model, which was trained on synthetic speech only and is not made to
/// recognise people. A folder that cannot be read holds another.
#[must_use]
pub fn is_of_synthetic_speech(folder: &Path) -> bool {
    static OURS: LazyLock<Sha256> =
        LazyLock::new(|| GRAPH.parse().expect("a test compares it with that of the file"));
    Sha256::of_file(&folder.join("phones.onnx")).is_ok_and(|found| found == *OURS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lexicon::tests::model_folder;

    #[test]
    fn our_model_is_known_by_its_digest_and_no_other_folder_is_taken_for_it() {
        assert!(is_of_synthetic_speech(&model_folder()));
        let other = tempfile::tempdir().unwrap();
        assert!(!is_of_synthetic_speech(other.path()));
        std::fs::write(other.path().join("phones.onnx"), "another").unwrap();
        assert!(!is_of_synthetic_speech(other.path()));
        let card = std::fs::read_to_string(model_folder().join("CARD.md")).unwrap();
        assert!(card.contains(GRAPH), "the card names another model");
    }
}
