//! `evatel init`

use std::{fs, io::Write, os::unix::fs::OpenOptionsExt, path::Path};

use clap::Args;
use evatel_core::{account::Language, name::Name, number::Extension, schedule::Zone};
use evatel_store::{DatabaseUrl, FirstRows, Keys, Store};
use serde_json::json;

use super::{answer::Answer, failure::Failure, secret, texts::Texts, values};
use crate::settings::{Database, Overrides, Settings, USUAL_FILE, chosen_file};

/// Makes the database with the default reseller, its default professional account and that account's user, and a
/// settings file where there is none. Overwrites nothing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel init --name \"Luc Roy\" --language fr
  evatel init --name \"Anne Smith\" --language en --database sqlite:///srv/evatel/evatel.db --config /srv/evatel/evatel.toml")]
pub(super) struct Init {
    /// Name of the professional, as the assistant says it
    #[arg(long, default_value = "Evatel")]
    name: Name,
    /// Language of the assistant: fr or en
    #[arg(long, default_value = "fr", value_parser = values::language)]
    language: Language,
    /// Name of the default reseller
    #[arg(long, default_value = "Evatel")]
    reseller: Name,
    /// Where the professional's clocks are
    #[arg(long, default_value = "America/Toronto")]
    zone: Zone,
    /// The professional's extension
    #[arg(long, default_value = "101")]
    extension: Extension,
}

impl Init {
    pub(super) async fn run(self, overrides: Overrides, texts: &Texts) -> Result<Answer, Failure> {
        let file = chosen_file(&overrides).unwrap_or_else(|| USUAL_FILE.into());
        // A settings file that is there is used; one that is named and not there is made.
        let known = Overrides {
            config: file.is_file().then(|| file.clone()),
            ..overrides
        };
        let settings = if known.config.is_some() {
            Settings::load(&known)?
        } else {
            let mut settings = Settings::default();
            settings.database.url = known.database.unwrap_or(settings.database.url);
            settings
        };
        let url: DatabaseUrl = settings.database.url.parse()?;
        let mut settings = settings;
        if url.file().is_none() && settings.database.key_file.is_none() && known.config.is_none() {
            // Beside the settings: a server has no folder of ours.
            let here = std::path::absolute(&file).map_err(|source| Failure::File {
                path: file.clone(),
                source,
            })?;
            settings.database.key_file = Some(here.with_file_name("evatel.key"));
        }
        let key = secret::place(&settings)?;
        let store = Store::create(&settings.database.url).await?;
        let first = FirstRows {
            reseller: self.reseller,
            professional: self.name,
            language: self.language,
            extension: self.extension,
            zone: self.zone,
        };
        let (reseller, account, user) = store.begin(first).await?;
        if let Some(key) = key.filter(|key| !key.exists()) {
            Keys::generate()?.write_new(&key)?;
        }
        let made = if known.config.is_none() {
            write_settings(&file, &settings.database, &url).map_err(|source| Failure::File {
                path: file.clone(),
                source,
            })?;
            true
        } else {
            false
        };

        let database = url
            .file()
            .map_or_else(|| url.to_string(), |file| file.display().to_string());
        let path = file.display().to_string();
        let mut lines = vec![
            texts.say("init-database", &[("path", &database)]),
            texts.say(
                "init-account",
                &[("account", account.id.as_str()), ("name", account.name.as_str())],
            ),
            texts.say(
                "init-user",
                &[("user", user.id.as_str()), ("extension", user.extension.as_str())],
            ),
        ];
        lines.push(texts.say(
            if made {
                "init-settings-made"
            } else {
                "init-settings-kept"
            },
            &[("path", &path)],
        ));
        lines.push(texts.say("init-next", &[]));
        let json = json!({
            "database": database,
            "settings": { "path": path, "made": made },
            "reseller": reseller,
            "account": account,
            "user": user,
        });
        Ok(Answer::new(json, lines.join("\n")))
    }
}

/// Writes a settings file with a new ARI password, readable by its owner only; never over another.
fn write_settings(path: &Path, database: &Database, url: &DatabaseUrl) -> std::io::Result<()> {
    let mut random = [0; 24];
    getrandom::fill(&mut random).map_err(|error| std::io::Error::other(error.to_string()))?;
    let password: String = random
        .iter()
        .map(|byte| char::from(ALPHABET[usize::from(byte % 32)]))
        .collect();
    // What the daemon keeps lies beside the database where that is a file, else beside the settings.
    let here = std::path::absolute(path)?;
    let beside = |name| toml_string(&url.file().unwrap_or(&here).with_file_name(name).to_string_lossy());
    let (recordings, root) = (beside("recordings"), beside("asterisk"));
    // With the password, where there is one: the file is for its owner only.
    let url = toml_string(
        &url.file()
            .map_or_else(|| database.url.clone(), |_| url.to_string()),
    );
    let key = database.key_file.as_ref();
    let key = key.map_or_else(String::new, |key| {
        format!("key_file = {}\n", toml_string(&key.to_string_lossy()))
    });
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    write!(
        file,
        "# Settings of Evatel; `evatel config` shows all of them with their values.\n\n\
         [database]\nurl = {url}\n{key}\n\
         [asterisk]\nari_user = \"evatel\"\nari_password = \"{password}\"\nroot = {root}\n\n\
         [calls]\nrecordings_dir = {recordings}\n"
    )
}

/// Quotes a TOML basic string; control characters never get here.
fn toml_string(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// 32 characters, so that every byte is as likely as the next.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
