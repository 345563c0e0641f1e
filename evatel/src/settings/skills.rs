//! `[skills]`: what the assistant can be ordered to do beside calling somebody, and who does it.

use std::{path::PathBuf, time::Duration};

use evatel_ari::call::DEFAULT_DEADLINE;
use evatel_core::egress::CheckedUrl;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::{Error, brain::Egress, hide_some, refused, secret_in, some_secret};

/// Skills and who does what they do: none by default.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Skills {
    /// How long an errand may take, in ms, 500 to 30,000; what takes longer is told as a failure.
    pub deadline_ms: u64,
    /// The file of skills (docs/skills.md); `evatel agent talk` tries them.
    pub file: Option<PathBuf>,
    /// Sent as `Authorization: Bearer …`; hidden wherever settings are shown.
    #[serde(serialize_with = "hide_some", deserialize_with = "some_secret")]
    pub token: Option<SecretString>,
    /// A file that holds it, in place of `token`.
    pub token_file: Option<PathBuf>,
    /// The address to whose `/NAME` each errand is posted, such as `https://skills.example/evatel`. Without it nothing can be done.
    pub url: Option<String>,
}

/// What the settings say of skills, read and checked.
#[derive(Debug, Clone)]
pub struct SkillsOptions {
    /// How long an errand may take.
    pub deadline: Duration,
    /// The file of skills; without it there are none.
    pub file: Option<PathBuf>,
    /// Where errands are posted.
    pub post: Option<PostOptions>,
}

impl Default for SkillsOptions {
    fn default() -> Self {
        Self {
            deadline: DEFAULT_DEADLINE,
            file: None,
            post: None,
        }
    }
}

/// Where errands are posted.
#[derive(Debug, Clone)]
pub struct PostOptions {
    /// The address before `/NAME`.
    pub url: CheckedUrl,
    /// What says who posts; cannot be printed.
    pub token: Option<SecretString>,
}

impl Skills {
    /// Gives what there is; reads the file of the token.
    ///
    /// # Errors
    /// As `check`; a file that cannot be read.
    pub fn options(&self, egress: &Egress) -> Result<SkillsOptions, Error> {
        let post = match self.check(egress)? {
            Some(url) => Some(PostOptions {
                url,
                token: match &self.token_file {
                    Some(path) => Some(secret_in(path).map_err(|reason| {
                        let reason = format!("`{}` cannot be used: {reason}", path.display());
                        refused("skills.token_file", reason)
                    })?),
                    None => self.token.clone(),
                },
            }),
            None => None,
        };
        Ok(SkillsOptions {
            deadline: Duration::from_millis(self.deadline_ms),
            file: self.file.clone(),
            post,
        })
    }

    /// Refuses what cannot be, and gives the URL.
    pub(super) fn check(&self, egress: &Egress) -> Result<Option<CheckedUrl>, Error> {
        if !(500..=30_000).contains(&self.deadline_ms) {
            return Err(refused("skills.deadline_ms", "500 to 30000".to_owned()));
        }
        if self.token.is_some() && self.token_file.is_some() {
            let reason = "give `token` or `token_file`, not both";
            return Err(refused("skills.token", reason.to_owned()));
        }
        let Some(url) = &self.url else {
            return Ok(None);
        };
        let checked = egress.policy()?.check(url);
        checked
            .map(Some)
            .map_err(|error| refused("skills.url", error.to_string()))
    }
}

impl Default for Skills {
    fn default() -> Self {
        Self {
            deadline_ms: u64::try_from(DEFAULT_DEADLINE.as_millis()).unwrap_or(u64::MAX),
            file: None,
            token: None,
            token_file: None,
            url: None,
        }
    }
}
