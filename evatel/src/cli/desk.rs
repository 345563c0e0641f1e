//! What every verb has at hand.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use evatel_core::{
    account::{Account, User},
    audit::Origin,
    id::{AccountId, TrunkId, UserId},
    permission::Actor,
    trunk::Trunk,
};
use evatel_store::{Acting, Scope, Store, Target};
use secrecy::ExposeSecret;
use serde::de::DeserializeOwned;

use super::{failure::Failure, owner::Trial, person, secret::unlocked, texts::Texts};
use crate::{
    serve::{EarOptions, SpeechOptions},
    settings::{Settings, SkillsOptions},
};

/// Settings, texts and the way to the store.
pub(super) struct Desk<'a> {
    pub(super) settings: Settings,
    pub(super) texts: &'a Texts,
    /// The answer is for a program.
    pub(super) json: bool,
}

impl Desk<'_> {
    /// Opens the store and brings it to this version's schema.
    pub(super) async fn store(&self) -> Result<Store, Failure> {
        let store = Store::open(&self.settings.database.url).await?;
        store.migrate().await?;
        unlocked(store, &self.settings).await
    }

    /// Puts the store in the hands of whoever runs this command: who holds the server is an administrator of the system.
    pub(super) fn acting(&self, store: &Store) -> Acting {
        store.acting_as(Actor::system(person::os_user()), Origin::CommandLine)
    }

    /// Lets what follows be tried only, where that was asked for.
    pub(super) fn trying(&self, acting: Acting, trial: &Trial) -> Acting {
        if trial.dry_run {
            eprintln!("{}", self.say("dry-run", &[]));
            acting.rehearsing()
        } else {
            acting
        }
    }

    /// Enters an account: as its administrator, and under both names.
    pub(super) async fn inside(
        &self,
        account: AccountId,
        trial: &Trial,
        store: &Store,
    ) -> Result<Acting, Failure> {
        let acting = self.trying(self.acting(store), trial);
        Ok(acting.enter(&Target::Account(account)).await?)
    }

    pub(super) fn say(&self, id: &str, values: &[(&'static str, &str)]) -> String {
        self.texts.say(id, values)
    }

    /// Says a word out of one of the library's lists, for people.
    pub(super) fn word(&self, word: impl ToString) -> String {
        self.texts.word(word)
    }

    /// Reads a file of at most `most_bytes`.
    pub(super) fn read_file(&self, path: &Path, most_bytes: usize) -> Result<Vec<u8>, Failure> {
        let shown = path.display().to_string();
        let mut bytes = Vec::new();
        let limit = u64::try_from(most_bytes).unwrap_or(u64::MAX).saturating_add(1);
        let read = File::open(path).and_then(|file| file.take(limit).read_to_end(&mut bytes));
        if let Err(error) = read {
            let values = [("path", shown.as_str()), ("reason", &self.texts.error(&error))];
            return Err(Failure::input(self.say("file-unreadable", &values), "hint-file"));
        }
        if bytes.len() > most_bytes {
            let values = [("path", shown.as_str()), ("most", &most_bytes.to_string())];
            return Err(Failure::input(self.say("file-too-large", &values), "hint-file"));
        }
        Ok(bytes)
    }

    /// Reads a file of at most `most_bytes`, or standard input for `-`.
    pub(super) fn read_input(&self, path: &Path, most_bytes: usize) -> Result<Vec<u8>, Failure> {
        if path.as_os_str() != "-" {
            return self.read_file(path, most_bytes);
        }
        let mut bytes = Vec::new();
        // One byte more than may be, so that what is too long is refused as a whole.
        let most = u64::try_from(most_bytes).unwrap_or(u64::MAX).saturating_add(1);
        let read = std::io::stdin().take(most).read_to_end(&mut bytes);
        read.map_err(|source| Failure::Read {
            path: path.to_owned(),
            source,
        })?;
        Ok(bytes)
    }

    /// Reads a JSON document of at most [`MAX_DOCUMENT_BYTES`] as a checked type.
    pub(super) fn read_json<T: DeserializeOwned>(&self, path: &Path) -> Result<T, Failure> {
        let bytes = self.read_file(path, MAX_DOCUMENT_BYTES)?;
        serde_json::from_slice(&bytes)
            .map_err(|error| Failure::input(format!("`{}`: {error}", path.display()), "hint-document"))
    }

    /// Says how the assistant hears, by the model that was named or that of the settings, and how it speaks.
    pub(super) fn speech(&self, model: Option<PathBuf>) -> Result<SpeechOptions, Failure> {
        let speech = &self.settings.speech;
        let ear = match model.or_else(|| speech.model_dir.clone()) {
            None => None,
            Some(folder) => Some(EarOptions {
                phones: speech.pool(&folder),
                words: speech.words(),
                brain: self.settings.brain.options(&self.settings.egress)?,
                grammar: speech.grammar.clone(),
            }),
        };
        Ok(SpeechOptions {
            ear,
            vad: speech.vad(),
            voices: speech.voices(),
            memory: speech.memory(),
        })
    }

    /// Says what can be ordered beside calls, by the file that was named or that of the settings, and who does it.
    pub(super) fn skills(&self, named: Option<PathBuf>) -> Result<SkillsOptions, Failure> {
        let options = self.settings.skills.options(&self.settings.egress)?;
        Ok(SkillsOptions {
            file: self.skills_file(named),
            ..options
        })
    }

    /// Gives the file of skills that was named, or that of the settings.
    pub(super) fn skills_file(&self, named: Option<PathBuf>) -> Option<PathBuf> {
        named.or_else(|| self.settings.skills.file.clone())
    }

    /// Says how to reach Asterisk.
    pub(super) fn ari(&self) -> Result<evatel_ari::Config, Failure> {
        let asterisk = &self.settings.asterisk;
        self.require_password()?;
        let (user, password) = (asterisk.ari_user.clone(), asterisk.ari_password.clone());
        Ok(evatel_ari::Config::new(
            &asterisk.ari_url,
            user,
            password,
            asterisk.app.clone(),
        )?)
    }

    /// Refuses to go on without a password for ARI.
    pub(super) fn require_password(&self) -> Result<(), Failure> {
        if self.settings.asterisk.ari_password.expose_secret().is_empty() {
            Err(Failure::input(
                self.say("no-ari-password", &[]),
                "hint-ari-password",
            ))
        } else {
            Ok(())
        }
    }

    /// Says `on` or `off` in the reader's language.
    pub(super) fn yes_no(&self, yes: bool) -> String {
        self.texts.say(if yes { "yes" } else { "no" }, &[])
    }
}

/// Largest schedule or set of rules.
const MAX_DOCUMENT_BYTES: usize = 1024 * 1024;

/// Gives the named account, or the default one.
pub(super) async fn account(named: Option<AccountId>, store: &Store) -> Result<Account, Failure> {
    let Some(id) = named else {
        return Ok(store.default_account().await?);
    };
    let accounts = store.accounts(&Scope::account(id.clone())).await?;
    let missing = || evatel_store::Error::Missing {
        what: "account",
        id: id.to_string(),
    };
    Ok(accounts.into_iter().next().ok_or_else(missing)?)
}

/// Gives the named user, or the default one.
pub(super) async fn user(named: Option<UserId>, store: &Store) -> Result<User, Failure> {
    let Some(id) = named else {
        return Ok(store.default_user().await?);
    };
    let users = store.users(&Scope::system()).await?;
    let missing = || evatel_store::Error::Missing {
        what: "user",
        id: id.to_string(),
    };
    Ok(users.into_iter().find(|user| user.id == id).ok_or_else(missing)?)
}

/// Gives the named trunk, or the only one.
pub(super) async fn trunk(named: Option<TrunkId>, store: &Store, texts: &Texts) -> Result<Trunk, Failure> {
    let mut trunks = store.trunks().await?;
    match named {
        Some(id) => {
            let missing = || evatel_store::Error::Missing {
                what: "trunk",
                id: id.to_string(),
            };
            Ok(trunks
                .into_iter()
                .find(|trunk| trunk.id == id)
                .ok_or_else(missing)?)
        }
        None if trunks.len() == 1 => Ok(trunks.remove(0)),
        None if trunks.is_empty() => Err(Failure::input(texts.say("no-trunk", &[]), "hint-add-trunk")),
        None => Err(Failure::input(texts.say("many-trunks", &[]), "hint-name-trunk")),
    }
}
