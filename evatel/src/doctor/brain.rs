//! Whether those who advise the grammar answer: each is asked once what a "yes" means, which costs a few hundred tokens.

use std::sync::Arc;

use evatel_core::{account::Language, flow::Expect};
use evatel_voice::{
    brain::{Advised, Ask, Brain as _, Remark, Spent, Turn},
    grammar::Grammar,
    lexicon::Lexicon,
    transcribe::PhoneToken,
};

use super::{Check, Finding, chain, failure, ok, warning};
use crate::{serve, settings::BrainOptions};

/// Looks at the endpoints of the settings. One that fails is a warning: the grammar decides without it.
pub(super) async fn examine(
    options: Result<Option<BrainOptions>, String>,
    lexicon: Option<Arc<Lexicon>>,
    findings: &mut Vec<Finding>,
) {
    let options = match options {
        Ok(Some(options)) => options,
        Ok(None) => return findings.push(ok(Check::Brain, "the built-in grammar alone".into())),
        // With settings like these the daemon does not start.
        Err(seen) => return findings.push(failure(Check::Brain, seen, "doctor-brain")),
    };
    let Some(lexicon) = lexicon else {
        let seen = "endpoints are set and nothing is heard".into();
        return findings.push(warning(Check::Brain, seen, "doctor-brain-unheard"));
    };
    let grammar = match Grammar::load(lexicon).await {
        Ok(grammar) => Arc::new(grammar),
        Err(error) => return findings.push(failure(Check::Brain, chain(&error), "doctor-espeak")),
    };
    for endpoint in &options.endpoints {
        let one = BrainOptions {
            ask: Ask::Always,
            endpoints: vec![endpoint.clone()],
            ..options.clone()
        };
        findings.push(match serve::advised(&one, grammar.clone()) {
            Ok(advised) => ask(advised, &grammar).await,
            Err(error) => warning(
                Check::Brain,
                format!("`{}`: {}", endpoint.name, chain(&error)),
                "doctor-brain",
            ),
        });
    }
}

async fn ask(advised: Advised, grammar: &Grammar) -> Finding {
    let heard = match grammar.lexicon().pronounce("yes", Language::En).await {
        Ok(pronunciation) => grammar
            .lexicon()
            .phones()
            .spelled(pronunciation.phones().unwrap_or_default()),
        Err(error) => return failure(Check::Brain, chain(&error), "doctor-espeak"),
    };
    let token = |phone: &str| PhoneToken::new(phone, 0);
    let turn = Turn {
        heard: heard.split_whitespace().map(token).collect(),
        language: Language::En,
        expect: Expect::YesNo,
        contacts: Arc::default(),
        asked: String::new(),
        spent: Arc::new(Spent::default()),
        scene: None,
    };
    match Arc::new(advised).think(turn).await {
        Ok(understood) => match understood.remarks.first() {
            Some(proposed @ Remark::Proposed { .. }) => ok(Check::Brain, proposed.to_string()),
            Some(other) => warning(Check::Brain, other.to_string(), "doctor-brain"),
            None => warning(Check::Brain, "nobody was asked".into(), "doctor-brain"),
        },
        Err(error) => failure(Check::Brain, chain(&error), "doctor-brain"),
    }
}
