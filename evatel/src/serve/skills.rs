//! Reading skills, and posting what they do to the integrator's own server (docs/skills.md).

use std::{collections::BTreeMap, path::Path, sync::Arc, time::Duration};

use evatel_ari::call::{OnBehalf, Running, SkillHandler, Skilled};
use evatel_core::skill::{Errand, LARGEST, Outcome, Saying, Skills};
use evatel_voice::{
    dialogue::read_skills,
    resolver::{client, last_cause, refused_in, system_lookup},
    sound_files::SoundFiles,
};
use reqwest::{Client, Response, StatusCode, Url};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tracing::warn;

use super::{Error, text_of};
use crate::settings::{PostOptions, SkillsOptions};

/// How long a connection may take to come about.
const CONNECT: Duration = Duration::from_secs(3);
/// The largest answer, in bytes.
const LARGEST_ANSWER: usize = 16 * 1024;

/// Reads the skills that the settings name, and into `sounds` what they play; makes ready who does what they do.
pub(crate) fn load(options: &SkillsOptions, sounds: &mut SoundFiles) -> Result<Skilled, Error> {
    let handler = options.post.clone().map(Post::new).transpose()?;
    Ok(Skilled {
        skills: load_file(options.file.as_deref(), sounds)?,
        handler: handler.map(|post| -> Arc<dyn SkillHandler> { Arc::new(post) }),
        deadline: options.deadline,
    })
}

/// Reads skills, where there is a file of them, and into `sounds` what they play.
pub(crate) fn load_file(path: Option<&Path>, sounds: &mut SoundFiles) -> Result<Arc<Skills>, Error> {
    let Some(path) = path else {
        return Ok(Arc::default());
    };
    let text = text_of(path, LARGEST).map_err(|source| Error::SkillsFile {
        path: path.to_owned(),
        source,
    })?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let skills = read_skills(folder, &path.display().to_string(), &text, sounds);
    skills.map(Arc::new).map_err(Error::Skills)
}

/// Posts each errand to the integrator's server.
#[derive(Debug)]
struct Post {
    url: Url,
    token: Option<SecretString>,
    client: Client,
}

/// An errand as it is posted.
#[derive(Serialize)]
struct Posted<'a> {
    skill: &'a str,
    /// The same for the same errand: whoever is asked twice does it once.
    errand: &'a str,
    call: &'a str,
    account: Option<&'a str>,
    user: Option<&'a str>,
    language: &'static str,
    price: Option<String>,
    arguments: BTreeMap<&'a str, Option<String>>,
}

/// What is answered; an empty answer is an empty document.
#[derive(Deserialize)]
struct Answered {
    #[serde(default)]
    refused: bool,
    say: Option<String>,
}

impl Post {
    fn new(options: PostOptions) -> Result<Self, Error> {
        let client = client(&options.url, system_lookup(), CONNECT);
        Ok(Self {
            url: options.url.as_url().clone(),
            token: options.token,
            client: client.map_err(|error| Error::SkillsClient(last_cause(&error)))?,
        })
    }

    async fn post(&self, errand: &Errand, of: &OnBehalf) -> Result<Outcome, String> {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push(errand.skill());
        }
        let arguments = errand.arguments();
        let posted = Posted {
            skill: errand.skill(),
            errand: &of.errand,
            call: of.call.as_str(),
            account: of.account.as_ref().map(|account| account.as_str()),
            user: of.user.as_ref().map(|user| user.as_str()),
            language: of.language.word(),
            price: errand.price().map(|price| price.to_string()),
            arguments: arguments
                .map(|(name, argument)| (name, argument.map(|argument| argument.written())))
                .collect(),
        };
        let mut request = self
            .client
            .post(url)
            .json(&posted)
            .header("Idempotency-Key", &of.errand);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.expose_secret());
        }
        let response = request.send().await.map_err(|error| because(&error))?;
        match response.status() {
            status if status.is_success() => answered(response).await,
            status => Err(refusal(status)),
        }
    }
}

impl SkillHandler for Post {
    fn run(self: Arc<Self>, errand: Errand, of: OnBehalf) -> Running {
        Box::pin(async move {
            match self.post(&errand, &of).await {
                Ok(outcome) => outcome,
                Err(reason) => Outcome::Failed(reason),
            }
        })
    }
}

async fn answered(mut response: Response) -> Result<Outcome, String> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| because(&error))? {
        body.extend_from_slice(&chunk);
        if body.len() > LARGEST_ANSWER {
            return Err(format!("its answer is longer than {LARGEST_ANSWER} bytes"));
        }
    }
    if body.trim_ascii().is_empty() {
        return Ok(Outcome::Done(None));
    }
    let answered: Answered =
        serde_json::from_slice(&body).map_err(|error| format!("its answer is none: {error}"))?;
    // What was done is done, whatever its words are.
    let say = answered.say.as_deref().and_then(|say| match Saying::new(say) {
        Ok(say) => Some(say),
        Err(error) => {
            warn!(%error, "`say` of an errand's answer cannot be said: {error}");
            None
        }
    });
    Ok(match answered.refused {
        true => Outcome::Refused(say),
        false => Outcome::Done(say),
    })
}

fn refusal(status: StatusCode) -> String {
    format!("it answered HTTP {}", status.as_u16())
}

fn because(error: &reqwest::Error) -> String {
    match refused_in(error) {
        Some(refused) => format!("it is not connected to: {refused}"),
        None => format!("it cannot be reached: {}", last_cause(error)),
    }
}

#[cfg(test)]
mod tests;
