//! What an endpoint is asked about one turn.

use evatel_core::intent::Intent;
use serde_json::{Value, json};

use super::{answer::Call, endpoint::Dialect, error::Error, order::OrderTool, tool::Toolbox};
use crate::{brain::Turn, grammar::Grammar, transcribe::in_words};

/// What the model is told about its work: the same for every caller, every contact and every tenant.
const INSTRUCTIONS: &str = include_str!("../../../data/brain.md");

/// One turn as endpoints read it.
#[derive(Debug)]
pub(crate) struct Question {
    data: String,
    tools: Toolbox,
}

impl Question {
    /// Makes the question of a turn, with the contacts who sound most like what was heard. It takes some milliseconds for a thousand
    /// contacts: keep it off the frame path.
    pub(crate) fn new(turn: &Turn, grammar: &Grammar, most_contacts: usize) -> Self {
        let phones = grammar.lexicon().phones();
        let nearest = grammar.nearest(turn, most_contacts);
        let contacts: Vec<Value> = nearest
            .iter()
            .enumerate()
            .flat_map(|(place, id)| {
                let named = turn
                    .contacts
                    .spoken
                    .iter()
                    .filter(move |contact| contact.id == **id);
                named.map(move |contact| {
                    let sounds: Vec<String> = contact.sounds.iter().map(|sound| phones.ipa(sound)).collect();
                    json!({
                        "id": Toolbox::handle(place),
                        "name": contact.name,
                        "sounds": sounds.join(" / "),
                    })
                })
            })
            .collect();
        let heard = phones.known(&turn.heard);
        let data = json!({
            "language": turn.language.to_string(),
            "question": turn.asked,
            "heard": phones.ipa(&heard),
            "words": in_words(&turn.heard),
            "contacts": contacts,
        });
        Self {
            data: data.to_string(),
            tools: Toolbox::new(
                turn.expect,
                nearest.into_iter().cloned().collect(),
                OrderTool::all(grammar.skills(), turn),
            ),
        }
    }

    /// Writes the body of the request.
    pub(super) fn body(&self, model: &str, dialect: Dialect, most_tokens: u32) -> Value {
        let mut body = json!({
            "model": model,
            "stream": true,
            "messages": [
                { "role": "system", "content": INSTRUCTIONS },
                { "role": "user", "content": self.data },
            ],
            "tools": self.tools.to_json(),
            "tool_choice": "required",
        });
        match dialect {
            Dialect::OpenAi => {
                body["max_completion_tokens"] = most_tokens.into();
                body["parallel_tool_calls"] = false.into();
                body["stream_options"] = json!({ "include_usage": true });
            }
            Dialect::Plain => body["max_tokens"] = most_tokens.into(),
        }
        body
    }

    /// Finds out what a call proposes.
    pub(super) fn intent(&self, call: &Call) -> Result<Intent, Error> {
        self.tools.intent(call)
    }
}
