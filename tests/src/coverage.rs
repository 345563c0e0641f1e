//! How much of the ARI that a running Asterisk documents `evatel-ari` has: `cargo xtask ari-coverage`.
//!
//! Asterisk serves its own documents. Each operation they name is compared with the requests of [`evatel_ari::op::every`]; of each
//! model and event a document is made, decoded and encoded, and what got lost is told.

mod docs;
mod document;
mod models;
mod operations;
mod scene;
pub mod server;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use evatel_ari::version::Version;
use serde::Serialize;
use serde_json::Value;

pub use docs::Docs;
use docs::Model;
pub use scene::Said;

/// What the comparison found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The server's version.
    pub asterisk: String,
    /// Operations that have every parameter and every word.
    pub operations: Count,
    /// Events that lose nothing.
    pub events: Count,
    /// Models that lose nothing, the events among them.
    pub models: Count,
    /// Real answers of this server that lose nothing.
    pub answers: Count,
    /// Real events of this server that lose nothing.
    pub real_events: Count,
    /// How many kinds of events these were.
    pub real_kinds: usize,
    /// What is missing or wrong.
    pub lacking: Vec<String>,
    /// What a newer Asterisk has more.
    pub additions: Vec<String>,
    /// Where Asterisk's documents are wrong, and why nothing is missing.
    pub quirks: Vec<String>,
    #[serde(skip)]
    rows: Vec<Row>,
}

/// How many of how many.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Count {
    /// Those that are whole.
    pub covered: usize,
    /// All that Asterisk documents.
    pub documented: usize,
}

/// One line of the table.
#[derive(Debug)]
struct Row {
    resource: String,
    operations: Count,
    parameters: usize,
    models: Count,
}

impl Count {
    fn add(&mut self, is_whole: bool) {
        self.covered += usize::from(is_whole);
        self.documented += 1;
    }
}

impl Report {
    /// Compares what this program has with the documents of the Asterisk `version`.
    pub fn of(docs: &Docs, version: &Version) -> Self {
        let mut report = Self {
            asterisk: version.to_string(),
            quirks: QUIRKS.iter().map(ToString::to_string).collect(),
            ..Self::default()
        };
        report.operations(docs, version);
        report.models(docs);
        if !version.is_older_than(&Version::read(NEXT)) {
            report.additions = std::mem::take(&mut report.lacking);
        }
        report
    }

    /// Adds what the server really said.
    pub fn add_said(&mut self, said: &Said) {
        for (model, document) in &said.answers {
            let problems = lost(model, document);
            self.answers.add(problems.is_empty());
            self.note(problems, "real answer");
        }
        for (name, document) in &said.events {
            let problems = lost(name, document);
            self.real_events.add(problems.is_empty());
            self.note(problems, "real event");
        }
        let kinds: BTreeSet<_> = said.events.iter().map(|(name, _)| name).collect();
        self.real_kinds = kinds.len();
    }

    fn note(&mut self, problems: Vec<String>, what: &str) {
        for problem in problems {
            let line = format!("{what}: {problem}");
            if !self.lacking.contains(&line) {
                self.lacking.push(line);
            }
        }
    }

    /// Says whether nothing is lacking.
    pub fn is_complete(&self) -> bool {
        self.lacking.is_empty()
    }

    /// Gives the table and what was found, for people.
    pub fn table(&self) -> String {
        let of = |count: Count| format!("{} of {}", count.covered, count.documented);
        let mut text = format!(
            "{:<14} {:>12} {:>12} {:>12}\n",
            "resource", "operations", "parameters", "models"
        );
        for row in &self.rows {
            text += &format!(
                "{:<14} {:>12} {:>12} {:>12}\n",
                row.resource,
                of(row.operations),
                row.parameters,
                of(row.models)
            );
        }
        for (title, lines) in [
            ("known faults of Asterisk's documents", &self.quirks),
            ("new in this Asterisk", &self.additions),
            ("lacking", &self.lacking),
        ] {
            if !lines.is_empty() {
                text += &format!("\n{title}:\n");
                text.extend(lines.iter().map(|line| format!("  {line}\n")));
            }
        }
        text
    }

    /// Gives the last line, for people.
    pub fn summary(&self) -> String {
        let of = |count: Count| format!("{} of {}", count.covered, count.documented);
        format!(
            "Asterisk {}: {} operations, {} events, {} models; {} real answers, {} real events of {} kinds",
            self.asterisk,
            of(self.operations),
            of(self.events),
            of(self.models),
            of(self.answers),
            of(self.real_events),
            self.real_kinds
        )
    }

    fn operations(&mut self, docs: &Docs, version: &Version) {
        let samples = evatel_ari::op::every::samples();
        for resource in &docs.resources {
            let mut row = Row {
                resource: resource.name.clone(),
                operations: Count::default(),
                parameters: 0,
                models: Count::default(),
            };
            for operation in &resource.operations {
                let own: Vec<_> = samples
                    .iter()
                    .filter(|sample| sample.operation == operation.name)
                    .map(|sample| &sample.request)
                    .collect();
                let problems = operations::problems(operation, &own);
                row.operations.add(problems.is_empty());
                row.parameters += operation.parameters.len();
                self.operations.add(problems.is_empty());
                let told = problems
                    .into_iter()
                    .map(|it| format!("operation `{}`: {it}", operation.name));
                self.lacking.extend(told);
            }
            self.rows.push(row);
        }
        for sample in &samples {
            let is_documented = docs.operations().any(|it| it.name == sample.operation);
            let is_promised = sample.request.needs().iter().all(|since| version.has(*since));
            if !is_documented && is_promised {
                let name = sample.operation;
                self.lacking.push(format!(
                    "operation `{name}`: this Asterisk does not have it, and we say that it does"
                ));
            }
        }
    }

    fn models(&mut self, docs: &Docs) {
        for resource in &docs.resources {
            for model in &resource.models {
                let problems = problems(model, docs);
                let is_whole = problems.is_empty();
                self.models.add(is_whole);
                if let Some(row) = self.rows.iter_mut().find(|row| row.resource == resource.name) {
                    row.models.add(is_whole);
                }
                if docs.is_event(&model.name) {
                    self.events.add(is_whole);
                }
                self.lacking.extend(problems);
            }
        }
    }
}

/// What is wrong with a model: fields that get lost, words that have no name.
fn problems(model: &Model, docs: &Docs) -> Vec<String> {
    let documents = document::all(model, docs);
    let mut problems: Vec<String> = documents
        .iter()
        .flat_map(|document| lost(&model.name, document))
        .collect();
    for property in &model.properties {
        let known = models::words(&model.name, &property.name);
        for word in &property.words {
            if !known.iter().any(|it| it == word) {
                let field = &property.name;
                problems.push(format!(
                    "model `{}`: `{field}` has no name for `{word}`",
                    model.name
                ));
            }
        }
    }
    problems.dedup();
    problems
}

/// What a document of this model loses when it is decoded and encoded.
fn lost(name: &str, document: &Value) -> Vec<String> {
    match models::round_trip(name, document) {
        None => vec![format!("model `{name}`: there is none")],
        Some(Err(error)) => vec![format!("model `{name}`: cannot be read: {error}")],
        Some(Ok(encoded)) => document::lost(document, &encoded)
            .into_iter()
            .map(|path| format!("model `{name}`: `{path}` is lost"))
            .collect(),
    }
}

/// From here on what we lack is an addition: 22.10 is what this program was written for.
const NEXT: &str = "22.11";

/// Where the documents of 22.10 are wrong. [`operations`] and [`document`] act on them.
const QUIRKS: [&str; 3] = [
    "`channels.externalMedia`: `direction` is documented as `both` only; Asterisk takes `in` and `out` for a websocket as well",
    "`events.claimChannel`: documented since 20.17, 22.7 and 23.1, but first found in 20.20, 22.10 and 23.4, with its sisters",
    "`Application`: `events_allowed` and `events_disallowed` are lists of `{\"type\": name}`, documented as any object",
];
