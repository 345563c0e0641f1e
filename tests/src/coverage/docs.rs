//! Asterisk's documents of ARI (Swagger 1.1), as far as they are compared.

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

/// All that one Asterisk documents.
#[derive(Debug, Default)]
pub struct Docs {
    pub(super) resources: Vec<Resource>,
}

#[derive(Debug)]
pub(super) struct Resource {
    pub(super) name: String,
    pub(super) operations: Vec<Operation>,
    pub(super) models: Vec<Model>,
}

#[derive(Debug)]
pub(super) struct Operation {
    /// Resource and nickname, such as `channels.hangup`.
    pub(super) name: String,
    pub(super) method: String,
    /// With its parameters, such as `/channels/{channelId}`.
    pub(super) path: String,
    /// What it answers: a model, `List[model]`, `void` or `binary`.
    pub(super) answer: String,
    pub(super) since: Vec<String>,
    pub(super) parameters: Vec<Parameter>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameter {
    pub(super) name: String,
    /// `path`, `query` or `body`.
    pub(super) param_type: String,
    /// `string`, `int`, `long`, `boolean` ...
    pub(super) data_type: String,
    #[serde(default)]
    pub(super) allow_multiple: bool,
    #[serde(default)]
    allowable_values: Allowable,
}

#[derive(Debug)]
pub(super) struct Model {
    pub(super) name: String,
    pub(super) sub_types: Vec<String>,
    pub(super) properties: Vec<Property>,
}

#[derive(Debug)]
pub(super) struct Property {
    pub(super) name: String,
    /// `string`, `int`, `Date`, a model, `List[...]` ...
    pub(super) kind: String,
    pub(super) is_required: bool,
    pub(super) words: Vec<String>,
}

impl Parameter {
    pub(super) fn words(&self) -> &[String] {
        &self.allowable_values.values
    }
}

impl Docs {
    /// Asks a running server for its documents.
    pub async fn fetch(server: &super::server::Server) -> Result<Self> {
        let list = server.get("/api-docs/resources.json").await?;
        let list: List = serde_json::from_value(list).context("`resources.json` has another form")?;
        let mut docs = Self {
            resources: Vec::new(),
        };
        for entry in list.apis {
            let path = entry.path.replace("{format}", "json");
            let file = server.get(&path).await?;
            let name = path
                .rsplit('/')
                .next()
                .unwrap_or_default()
                .trim_end_matches(".json");
            docs.add(name, file)?;
        }
        Ok(docs)
    }

    /// Adds the document of one resource.
    pub(super) fn add(&mut self, name: &str, file: Value) -> Result<()> {
        let file: File = serde_json::from_value(file)
            .with_context(|| format!("the document of `{name}` has another form"))?;
        let operations = file.apis.into_iter().flat_map(|api| {
            let path = api.path;
            api.operations.into_iter().map(move |it| Operation {
                name: format!("{name}.{}", it.nickname),
                method: it.http_method,
                path: path.clone(),
                answer: it.response_class,
                since: it.since,
                parameters: it.parameters,
            })
        });
        let models = file.models.into_iter().map(|(name, it)| Model {
            name,
            sub_types: it.sub_types,
            properties: it.properties.into_iter().map(property).collect(),
        });
        self.resources.push(Resource {
            name: name.to_owned(),
            operations: operations.collect(),
            models: models.collect(),
        });
        Ok(())
    }

    pub(super) fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.resources.iter().flat_map(|resource| &resource.operations)
    }

    pub(super) fn model(&self, name: &str) -> Option<&Model> {
        self.resources
            .iter()
            .flat_map(|resource| &resource.models)
            .find(|model| model.name == name)
    }

    /// Says whether the model is an event: a kind of `Event`.
    pub(super) fn is_event(&self, name: &str) -> bool {
        self.model("Event")
            .is_some_and(|event| event.sub_types.iter().any(|it| it == name))
    }

    /// Says whether the model goes over the event websocket: a `Message` or a kind of one.
    pub(super) fn is_message(&self, name: &str) -> bool {
        let message = self.model("Message");
        name == "Message"
            || self.is_event(name)
            || message.is_some_and(|it| it.sub_types.iter().any(|kind| kind == name))
    }
}

fn property((name, it): (String, RawProperty)) -> Property {
    Property {
        name,
        kind: it.kind,
        is_required: it.required,
        words: it.allowable_values.values,
    }
}

#[derive(Deserialize)]
struct List {
    apis: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    path: String,
}

#[derive(Deserialize)]
struct File {
    apis: Vec<Api>,
    #[serde(default)]
    models: BTreeMap<String, RawModel>,
}

#[derive(Deserialize)]
struct Api {
    path: String,
    operations: Vec<RawOperation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawOperation {
    nickname: String,
    http_method: String,
    response_class: String,
    #[serde(default)]
    since: Vec<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RawModel {
    #[serde(default)]
    sub_types: Vec<String>,
    #[serde(default)]
    properties: BTreeMap<String, RawProperty>,
}

#[derive(Deserialize)]
struct RawProperty {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    required: bool,
    #[serde(default, rename = "allowableValues")]
    allowable_values: Allowable,
}

/// A list of words, or a range of numbers, which has none.
#[derive(Debug, Default, Deserialize)]
struct Allowable {
    #[serde(default)]
    values: Vec<String>,
}
