//! `[brain]` and `[egress]`: who advises the grammar, and where the daemon may connect to for it.

use std::{collections::HashSet, path::PathBuf, sync::Arc, time::Duration};

use evatel_core::{
    egress::{CheckedUrl, EgressPolicy, Listed},
    money::Money,
};
use evatel_voice::brain::{
    Ask,
    chat::{Dialect, EndpointConfig, Limits, Patience, Prices},
};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{Error, hide_some, refused, secret_in, some_secret};

/// Who advises the grammar about what it does not understand: nobody by default.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Brain {
    /// Tokens of one answer, 16 to 4,096. A model that reasons before it answers needs many.
    pub answer_tokens: u32,
    /// When endpoints are asked: `unclear`, about what the grammar does not understand; `always`, about each turn; `never`.
    pub ask: Asked,
    /// How many contacts an endpoint is shown with one question, those who sound nearest, 0 to 200.
    pub contacts: usize,
    /// What questions may cost on one leg, such as `0.05 USD`.
    #[serde(serialize_with = "shown", deserialize_with = "money")]
    pub cost: Option<Money>,
    /// OpenAI-compatible endpoints, asked in this order.
    pub endpoints: Vec<BrainEndpoint>,
    /// How long the first part of an answer is waited for, in ms, 100 to 5,000.
    pub first_ms: u64,
    /// How many questions one leg may ask, attempts included, 1 to 1,000.
    pub questions: u32,
    /// How often an endpoint is asked again that is busy or cannot be reached, 0 to 3.
    pub retries: u32,
    /// How long a turn waits for all endpoints together, in ms, 100 to 10,000.
    pub whole_ms: u64,
}

/// When endpoints are asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Asked {
    /// About each turn, but for 911 and names that are told.
    Always,
    /// Not at all.
    #[default]
    Never,
    /// About what the grammar does not understand.
    Unclear,
}

/// A language model that can be asked.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct BrainEndpoint {
    /// What a million tokens of answers cost, such as `10 USD`.
    #[serde(serialize_with = "shown", deserialize_with = "money")]
    pub answer_price: Option<Money>,
    /// Its key; hidden wherever settings are shown.
    #[serde(serialize_with = "hide_some", deserialize_with = "some_secret")]
    pub api_key: Option<SecretString>,
    /// A file that holds the key, in place of `api_key`.
    pub api_key_file: Option<PathBuf>,
    /// How limits are written: `openai` (OpenAI, vLLM, llama.cpp), or `plain` for servers that refuse what they do not know.
    pub dialect: Written,
    /// The model, as the endpoint calls it.
    pub model: String,
    /// What it is called in logs and stories, 1 to 40 characters.
    pub name: String,
    /// What a million tokens of questions cost, such as `2.50 USD`.
    #[serde(serialize_with = "shown", deserialize_with = "money")]
    pub question_price: Option<Money>,
    /// The address before `/chat/completions`, such as `https://api.example/v1`.
    pub url: String,
}

/// How an endpoint wants limits written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Written {
    /// As OpenAI does.
    #[default]
    Openai,
    /// With the oldest words only.
    Plain,
}

/// Where the daemon connects to beside the public Internet.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Egress {
    /// Addresses and networks that are not public and meant, with a port or for all: `127.0.0.1:11434`, `10.1.2.0/24`.
    pub allow: Vec<String>,
}

/// What the settings say of the brain, read and checked.
#[derive(Debug, Clone)]
pub struct BrainOptions {
    /// When endpoints are asked.
    pub ask: Ask,
    /// Who is asked, in this order.
    pub endpoints: Vec<EndpointConfig>,
    /// How long they are waited for.
    pub patience: Patience,
    /// How much they may be asked and may answer.
    pub limits: Limits,
}

impl Egress {
    /// Reads the list.
    ///
    /// # Errors
    /// What is no address.
    pub fn policy(&self) -> Result<Arc<EgressPolicy>, Error> {
        let listed: Result<Vec<Listed>, _> = self.allow.iter().map(|text| text.parse()).collect();
        match listed {
            Ok(listed) => Ok(Arc::new(EgressPolicy::new(listed))),
            Err(error) => Err(refused("egress.allow", error.to_string())),
        }
    }
}

impl Brain {
    /// Gives what is asked of whom, or nothing where nobody is; reads the files of keys.
    ///
    /// # Errors
    /// As `check`; a file that cannot be read.
    pub fn options(&self, egress: &Egress) -> Result<Option<BrainOptions>, Error> {
        let urls = self.check(egress)?;
        let ask = match self.ask {
            Asked::Always => Ask::Always,
            Asked::Never => return Ok(None),
            Asked::Unclear => Ask::Unclear,
        };
        let endpoints = self.endpoints.iter().zip(urls);
        Ok(Some(BrainOptions {
            ask,
            endpoints: endpoints
                .map(|(endpoint, url)| endpoint.config(url))
                .collect::<Result<_, _>>()?,
            patience: Patience {
                first: Duration::from_millis(self.first_ms),
                whole: Duration::from_millis(self.whole_ms),
                retries: self.retries,
            },
            limits: Limits {
                answer_tokens: self.answer_tokens,
                contacts: self.contacts,
                questions: self.questions,
                micros: self.cost.map(micros),
                ..Limits::default()
            },
        }))
    }

    /// Refuses what cannot be, and gives the URL of each endpoint.
    pub(super) fn check(&self, egress: &Egress) -> Result<Vec<CheckedUrl>, Error> {
        for (key, value, least, most) in [
            ("brain.answer_tokens", self.answer_tokens.into(), 16, 4_096),
            ("brain.contacts", self.contacts as u64, 0, 200),
            ("brain.first_ms", self.first_ms, 100, 5_000),
            ("brain.questions", self.questions.into(), 1, 1_000),
            ("brain.retries", self.retries.into(), 0, 3),
            ("brain.whole_ms", self.whole_ms, 100, 10_000),
        ] {
            if !(least..=most).contains(&value) {
                return Err(refused(key, format!("{least} to {most}")));
            }
        }
        if self.ask != Asked::Never && self.endpoints.is_empty() {
            let reason = "there is no `[[brain.endpoints]]` to ask: add one, or say `never`";
            return Err(refused("brain.ask", reason.to_owned()));
        }
        self.check_money()?;
        let policy = egress.policy()?;
        let mut names = HashSet::new();
        let endpoints = self.endpoints.iter();
        endpoints
            .map(|endpoint| {
                let name = endpoint.name.as_str();
                let about =
                    |reason: &str| refused("brain.endpoints", format!("`{}`: {reason}", name.escape_debug()));
                if name.is_empty() || name.chars().count() > 40 || name.contains(char::is_control) {
                    return Err(about("a name has 1 to 40 characters"));
                }
                if !names.insert(name) {
                    return Err(about("two endpoints have this name"));
                }
                if endpoint.model.is_empty() {
                    return Err(about("`model` is not set"));
                }
                if endpoint.api_key.is_some() && endpoint.api_key_file.is_some() {
                    return Err(about("give `api_key` or `api_key_file`, not both"));
                }
                policy
                    .check(&endpoint.url)
                    .map_err(|error| about(&error.to_string()))
            })
            .collect()
    }

    /// A limit in one currency says nothing of prices in another, nor of an endpoint whose prices are not known.
    fn check_money(&self) -> Result<(), Error> {
        let prices = self
            .endpoints
            .iter()
            .flat_map(|endpoint| [endpoint.question_price, endpoint.answer_price]);
        let all = prices.clone().flatten().chain(self.cost);
        if all.clone().any(Money::is_negative) {
            return Err(refused("brain.cost", "no price is below zero".to_owned()));
        }
        let currencies: HashSet<&str> = all.map(|money| money.currency().code()).collect();
        if currencies.len() > 1 {
            return Err(refused(
                "brain.cost",
                "prices and limit must be of one currency".to_owned(),
            ));
        }
        if self.cost.is_some() && prices.into_iter().any(|price| price.is_none()) {
            let reason =
                "each endpoint needs `question_price` and `answer_price` for a limit on cost to hold";
            return Err(refused("brain.cost", reason.to_owned()));
        }
        Ok(())
    }
}

impl BrainEndpoint {
    fn config(&self, url: CheckedUrl) -> Result<EndpointConfig, Error> {
        let price = |price: Option<Money>| price.map_or(0, micros);
        Ok(EndpointConfig {
            name: self.name.clone(),
            url,
            model: self.model.clone(),
            key: self.key()?,
            dialect: match self.dialect {
                Written::Openai => Dialect::OpenAi,
                Written::Plain => Dialect::Plain,
            },
            prices: Prices {
                asked: price(self.question_price),
                answered: price(self.answer_price),
            },
        })
    }

    fn key(&self) -> Result<Option<SecretString>, Error> {
        let Some(path) = &self.api_key_file else {
            return Ok(self.api_key.clone());
        };
        let unreadable = |reason: String| {
            let reason = format!(
                "`{}`: the key in `{}` cannot be used: {reason}",
                self.name,
                path.display()
            );
            refused("brain.endpoints", reason)
        };
        secret_in(path).map(Some).map_err(unreadable)
    }
}

impl Default for Brain {
    fn default() -> Self {
        let (patience, limits) = (Patience::default(), Limits::default());
        let ms = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
        Self {
            answer_tokens: limits.answer_tokens,
            ask: Asked::default(),
            contacts: limits.contacts,
            cost: None,
            endpoints: Vec::new(),
            first_ms: ms(patience.first),
            questions: limits.questions,
            retries: patience.retries,
            whole_ms: ms(patience.whole),
        }
    }
}

fn micros(money: Money) -> u64 {
    u64::try_from(money.micros()).unwrap_or(0)
}

fn money<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Money>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(serde::de::Error::custom))
        .transpose()
}

fn shown<S: Serializer>(money: &Option<Money>, serializer: S) -> Result<S::Ok, S::Error> {
    money.map(|money| money.to_string()).serialize(serializer)
}
