//! The settings in force: a file, then the environment, then flags.

mod brain;
mod keeping;
mod skills;
mod speech;

use std::{
    collections::HashMap,
    env, fs,
    net::{Ipv4Addr, SocketAddr},
    path::{Path, PathBuf},
};

use config::{Config, ConfigError, Environment, File, FileFormat};
use evatel_core::number::E164;
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub use brain::{Asked, Brain, BrainEndpoint, BrainOptions, Egress, Written};
pub use keeping::Keeping;
pub use skills::{PostOptions, Skills, SkillsOptions};
pub use speech::{Languages, Speech};

use crate::media::Media;

/// Everything that can be set. Unknown keys are refused.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// The switch and how it is configured.
    pub asterisk: Asterisk,
    /// Who makes sense of what is heard, beside the grammar.
    pub brain: Brain,
    /// What holds for every call.
    pub calls: Calls,
    /// Where the domain is kept.
    pub database: Database,
    /// Where the daemon connects to beside the public Internet.
    pub egress: Egress,
    /// What is kept of each call.
    pub keeping: Keeping,
    /// What to log, in the form of tracing's `EnvFilter`, such as `info` or `evatel=debug`.
    pub log: String,
    /// What is shown to Prometheus.
    pub metrics: Metrics,
    /// What can be ordered beside calls, and who does it.
    pub skills: Skills,
    /// The ear.
    pub speech: Speech,
}

/// The switch and how it is configured.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Asterisk {
    /// Name of the Stasis application, 1 to 20 of a-z, A-Z, 0-9 and `-`.
    pub app: String,
    /// Password of the ARI user; hidden wherever settings are shown.
    #[serde(serialize_with = "hide", deserialize_with = "secret")]
    pub ari_password: SecretString,
    /// Where ARI answers.
    pub ari_url: String,
    /// User of ARI.
    pub ari_user: String,
    /// Ready lines for `[directories]` of asterisk.conf, such as `astmoddir => …`; an installed Asterisk needs none.
    pub directories: Vec<String>,
    /// Address and TCP port of Asterisk's HTTP server; loopback, unless TLS stands before it.
    pub http_bind: SocketAddr,
    /// How the sound of calls travels: `audiosocket`, `rtp`, `websocket` or `websocket-server`; but for the last only to an Asterisk on
    /// this machine.
    pub media: Media,
    /// TCP port on loopback to which Asterisk brings the sound of calls with `websocket`, 1024 to 65534; the one after it is for
    /// `evatel doctor`.
    pub media_port: u16,
    /// How many calls from carriers there may be at once, 1 to 10,000; one more is refused with SIP 503.
    pub max_calls: u32,
    /// The folder under which Asterisk keeps everything: `etc`, which `provision apply` writes, `run`, `log`, `spool`.
    pub root: PathBuf,
    /// Last UDP port for RTP.
    pub rtp_end: u16,
    /// First UDP port for RTP.
    pub rtp_start: u16,
    /// Address and UDP port on which Asterisk speaks SIP.
    pub sip_bind: SocketAddr,
    /// A folder of templates that replace ours of the same name.
    pub templates_dir: Option<PathBuf>,
    /// How long `serve` waits at its start for an Asterisk that is not there, in seconds, 0 to 3,600.
    pub wait_s: u64,
}

/// What holds for every call.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Calls {
    /// A WAV file, of at most 120 s, that greets owners at their assistants in place of our own words.
    pub assistant_greeting: Option<PathBuf>,
    /// Dialogues of files, and the numbers that they answer; `evatel agent talk --dialogue` tries one.
    pub dialogues: Vec<NumberFile>,
    /// WAV files, of at most 120 s, that greet callers in place of our own words, and the numbers that they call.
    pub greetings: Vec<NumberFile>,
    /// Where recordings and messages are kept.
    pub recordings_dir: PathBuf,
    /// How long a leg rings, in seconds, 5 to 120.
    pub ring_timeout_s: u64,
    /// How long a trunk may be silent about a leg (neither ringing nor sound) before the next way out is tried, in seconds,
    /// 2 to 30; more where carriers take their time to find the called party.
    pub silent_trunk_s: u64,
}

/// A file for calls to a number.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NumberFile {
    /// Which, such as +15145550199.
    pub number: E164,
    /// The file.
    pub file: PathBuf,
}

/// Where the domain is kept.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// The file of the key that secrets are sealed with; by default the systemd credential `evatel.key`, else the file
    /// beside that of SQLite, `evatel.db.key`.
    pub key_file: Option<PathBuf>,
    /// Such as `sqlite:///var/lib/evatel/evatel.db` or `postgres://evatel@db.example/evatel?passfile=/etc/evatel/db-password`;
    /// shown without its password.
    #[serde(serialize_with = "without_password")]
    pub url: String,
}

impl std::fmt::Debug for Database {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Database")
            .field("key_file", &self.key_file)
            .field("url", &shown(&self.url))
            .finish()
    }
}

/// What is shown to Prometheus.
#[derive(Debug, Clone, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metrics {
    /// Address and TCP port at which `serve` answers with its counts, to whoever asks; such as 127.0.0.1:9464. Without it there are none.
    pub listen: Option<SocketAddr>,
}

/// Flags that win over file and environment.
#[derive(Debug, Clone, Default)]
pub struct Overrides {
    /// `--config`: the file, which must then be there.
    pub config: Option<PathBuf>,
    /// `--database`.
    pub database: Option<String>,
    /// `--log`.
    pub log: Option<String>,
}

/// Why settings are refused.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The named file is not there.
    #[error("there is no settings file `{}`", path.display())]
    NoFile {
        /// Which.
        path: PathBuf,
    },
    /// A value that cannot be.
    #[error("setting `{key}`: {reason}")]
    Value {
        /// Its key, such as `calls.ring_timeout_s`.
        key: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The file or the environment holds what is no setting.
    #[error("the settings cannot be read")]
    Unreadable(#[source] ConfigError),
}

/// A value that cannot be, and why.
fn refused(key: &'static str, reason: String) -> Error {
    Error::Value { key, reason }
}

impl Settings {
    /// Reads the settings from `--config`, else `EVATEL_CONFIG`, else `./evatel.toml` where there is one; then from
    /// `EVATEL_*`, two underscores going one level down (`EVATEL_DATABASE__URL`); then from the flags.
    ///
    /// # Errors
    /// A file that is named and not there, an unknown key, a value that cannot be.
    pub fn load(overrides: &Overrides) -> Result<Self, Error> {
        let mut builder = Config::builder();
        match chosen_file(overrides) {
            Some(path) if !path.is_file() => return Err(Error::NoFile { path }),
            Some(path) => builder = builder.add_source(File::from(path).format(FileFormat::Toml)),
            None => {
                let usual = Path::new(USUAL_FILE);
                builder = builder.add_source(File::from(usual).format(FileFormat::Toml).required(false));
            }
        }
        // Other programs of the project use the same prefix; only what goes one level down, and `EVATEL_LOG`, is ours.
        let ours: HashMap<String, String> = env::vars_os()
            .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
            .filter(|(key, _)| key.starts_with("EVATEL_") && (key.contains("__") || key == "EVATEL_LOG"))
            .collect();
        let environment = Environment::with_prefix("EVATEL")
            .prefix_separator("_")
            .separator("__")
            .source(Some(ours));
        let built = builder
            .add_source(environment)
            .set_override_option("database.url", overrides.database.clone())
            .and_then(|builder| builder.set_override_option("log", overrides.log.clone()))
            .and_then(|builder| builder.build())
            .map_err(Error::Unreadable)?;
        let settings: Self = built.try_deserialize().map_err(Error::Unreadable)?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), Error> {
        let refuse = |key, reason: &str| Err(refused(key, reason.to_owned()));
        let Asterisk {
            rtp_start,
            rtp_end,
            http_bind,
            media_port,
            sip_bind,
            ..
        } = &self.asterisk;
        if *rtp_start < 1024 || rtp_end <= rtp_start {
            return refuse(
                "asterisk.rtp_start",
                "the range must begin at 1024 or higher and end above its beginning",
            );
        }
        if http_bind.port() == 0 {
            return refuse("asterisk.http_bind", "a port is 1 to 65535");
        }
        if !(1024..=65_534).contains(media_port) {
            return refuse("asterisk.media_port", "a port is 1024 to 65534 here");
        }
        if [*media_port, media_port + 1].contains(&http_bind.port()) {
            return refuse(
                "asterisk.media_port",
                "it and the port after it must not be that of `asterisk.http_bind`",
            );
        }
        if sip_bind.port() == 0 {
            return refuse("asterisk.sip_bind", "a port is 1 to 65535");
        }
        if !(1..=10_000).contains(&self.asterisk.max_calls) {
            return refuse("asterisk.max_calls", "1 to 10000 calls");
        }
        if self.asterisk.wait_s > 3_600 {
            return refuse("asterisk.wait_s", "0 to 3600 seconds");
        }
        if !(5..=120).contains(&self.calls.ring_timeout_s) {
            return refuse("calls.ring_timeout_s", "5 to 120 seconds");
        }
        if !(2..=30).contains(&self.calls.silent_trunk_s) {
            return refuse("calls.silent_trunk_s", "2 to 30 seconds");
        }
        if let Err(error) = self.database.url.parse::<evatel_store::DatabaseUrl>() {
            return refuse("database.url", &error.to_string());
        }
        self.keeping.check()?;
        self.speech.check()?;
        self.brain.check(&self.egress)?;
        self.skills.check(&self.egress)?;
        Ok(())
    }
}

/// Gives the file that is named by flag or environment.
pub(crate) fn chosen_file(overrides: &Overrides) -> Option<PathBuf> {
    overrides.config.clone().or_else(|| {
        env::var_os("EVATEL_CONFIG")
            .filter(|path| !path.is_empty())
            .map(PathBuf::from)
    })
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            asterisk: Asterisk::default(),
            brain: Brain::default(),
            calls: Calls::default(),
            database: Database::default(),
            egress: Egress::default(),
            keeping: Keeping::default(),
            log: "info".to_owned(),
            metrics: Metrics::default(),
            skills: Skills::default(),
            speech: Speech::default(),
        }
    }
}

impl Default for Asterisk {
    fn default() -> Self {
        Self {
            app: "evatel".to_owned(),
            ari_password: SecretString::default(),
            ari_url: "http://127.0.0.1:8088".to_owned(),
            ari_user: "evatel".to_owned(),
            directories: Vec::new(),
            http_bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 8088)),
            media: Media::default(),
            media_port: evatel_provision::MEDIA_PORT,
            max_calls: evatel_provision::MAX_CALLS,
            root: "asterisk".into(),
            rtp_end: 20_000,
            rtp_start: 10_000,
            sip_bind: SocketAddr::from((Ipv4Addr::UNSPECIFIED, 5060)),
            templates_dir: None,
            wait_s: 60,
        }
    }
}

impl Default for Calls {
    fn default() -> Self {
        Self {
            assistant_greeting: None,
            dialogues: Vec::new(),
            greetings: Vec::new(),
            recordings_dir: "recordings".into(),
            ring_timeout_s: 25,
            silent_trunk_s: evatel_ari::call::DEFAULT_SILENT_TRUNK.as_secs(),
        }
    }
}

impl Default for Database {
    fn default() -> Self {
        Self {
            key_file: None,
            url: "sqlite:evatel.db".to_owned(),
        }
    }
}

fn without_password<S: Serializer>(url: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&shown(url))
}

/// Only what is surely a file is shown as it was written.
fn shown(url: &str) -> String {
    match url.parse() {
        Ok(url @ evatel_store::DatabaseUrl::Postgres(_)) => url.to_string(),
        _ if url.starts_with("sqlite:") => url.to_owned(),
        _ => "********".to_owned(),
    }
}

fn hide<S: Serializer>(_: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str("********")
}

fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

fn hide_some<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => hide(secret, serializer),
        None => serializer.serialize_none(),
    }
}

fn some_secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
    secret(deserializer).map(Some)
}

/// Reads the secret that a file holds; or says why it cannot be used.
fn secret_in(path: &Path) -> Result<SecretString, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    match text.trim() {
        "" => Err("the file is empty".to_owned()),
        secret => Ok(secret.into()),
    }
}

/// Read from the working folder when no other file is named.
pub(crate) const USUAL_FILE: &str = "evatel.toml";
