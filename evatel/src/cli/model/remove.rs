//! `evatel model remove`

use clap::Args;
use evatel_voice::models::ModelName;
use serde_json::json;

use super::{
    super::{answer::Answer, desk::Desk, failure::Failure},
    is_in_use, shelf,
};

#[derive(Debug, Args)]
#[command(after_help = "Example:
  evatel model remove sherpa-onnx-streaming-zipformer-en-20M-2023-02-17

A model that `[speech]` of the settings names is not removed.")]
pub(in crate::cli) struct Remove {
    /// Which
    name: ModelName,
}

impl Remove {
    pub(super) fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let shelf = shelf(desk);
        let name = self.name;
        if is_in_use(&name, &shelf, desk) {
            return Err(Failure::input(
                desk.say("model-is-in-use", &[("name", name.as_str())]),
                "hint-model-in-use",
            ));
        }
        shelf.remove(&name)?;
        let human = desk.say("removed", &[("id", name.as_str())]);
        Ok(Answer::new(json!({ "removed": name }), human))
    }
}
