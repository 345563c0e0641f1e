//! Names beside ids, for people.

use std::collections::{BTreeSet, HashMap};

use evatel_core::name::Name;
use evatel_store::Store;
use serde::Serialize;
use serde_json::Value;

use super::{csv::Form, desk::Desk, failure::Failure};

/// The names of what rows name by id.
#[derive(Debug, Default)]
pub(super) struct Names(HashMap<String, Name>);

impl Names {
    /// Reads, where a list is for people, what those are called whom its things name: resellers, accounts, users, carriers and
    /// their trunks.
    pub(super) async fn of_things(
        things: &[impl Serialize],
        form: Form,
        store: &Store,
        desk: &Desk<'_>,
    ) -> Result<Self, Failure> {
        if form.is_csv() || desk.json {
            return Ok(Self::default());
        }
        let mut ids = BTreeSet::new();
        for thing in things {
            match serde_json::to_value(thing).expect("domain types have text keys only") {
                // What a thing is called itself stands in its row.
                Value::Object(parts) => parts
                    .iter()
                    .filter(|(key, _)| *key != "id")
                    .for_each(|(_, part)| collect(part, &mut ids)),
                other => collect(&other, &mut ids),
            }
        }
        let ids: Vec<String> = ids.into_iter().collect();
        Ok(Self(desk.acting(store).names(&ids).await?))
    }

    /// Writes an id, or an owner as `user:ID`, with the name that it has: `Luc Roy (usr-…)`.
    pub(super) fn of(&self, id: impl ToString) -> String {
        let written = id.to_string();
        let id = written.rsplit_once(':').map_or(written.as_str(), |(_, id)| id);
        match self.0.get(id) {
            Some(name) => format!("{name} ({id})"),
            None => written,
        }
    }

    /// Writes whose something is, as `user:ID` or `system` say it.
    pub(super) fn owner(&self, owner: impl ToString, desk: &Desk<'_>) -> String {
        match owner.to_string().as_str() {
            "system" => desk.say("the-system", &[]),
            owner => self.of(owner),
        }
    }
}

/// Finds the texts that may be ids: words of their own, or behind what kind of owner they are, as in `user:ID`.
fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Array(parts) => parts.iter().for_each(|part| collect(part, ids)),
        Value::Object(parts) => parts.values().for_each(|part| collect(part, ids)),
        Value::String(text) => {
            let id = text.rsplit_once(':').map_or(text.as_str(), |(_, id)| id);
            let is_id = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
            if id.contains('-') && id.len() <= LONGEST && id.chars().all(is_id) {
                ids.insert(id.to_owned());
            }
        }
        Value::Bool(_) | Value::Null | Value::Number(_) => {}
    }
}

/// No id is longer.
const LONGEST: usize = 64;
