//! A whole Evatel on this machine: its database, a real Asterisk, the daemon, a carrier and the owner's telephone.

mod cli;
mod clock;
mod daemon;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use jiff::Timestamp;
use serde_json::Value;
use tempfile::TempDir;
use tokio::time::Instant;

pub use self::{
    cli::{Cli, Outcome, program},
    clock::Clock,
    daemon::Daemon,
};
use crate::{
    asterisk::{AriDoor, Asterisk, directories, workspace},
    ports::{ASTERISK_IP, CARRIER_IP, Lease},
    sipp::{Behaviour, Carrier, Phone},
};

/// The Smart Number of every world.
pub const DID: &str = "+15145550199";
/// A contact on the domestic network.
pub const MARIE: (&str, &str) = ("Marie Tremblay", "+15145550142");
/// A contact abroad, whom a restriction keeps away.
pub const PIERRE: (&str, &str) = ("Pierre Dupont", "+33142764978");
/// The owner's PIN.
pub const PIN: &str = "482913";

/// What differs from one world to another.
#[derive(Clone, Debug)]
pub struct Options {
    /// `fr` or `en`.
    pub language: &'static str,
    /// How the sound travels: `audiosocket`, `rtp`, `websocket` or `websocket-server`.
    pub media: &'static str,
    /// Calls are recorded.
    pub records_calls: bool,
    /// The recogniser's model; without it there are keys only.
    pub speech: bool,
    /// What the owner's telephone does.
    pub phone: Behaviour,
    /// How long a leg rings, in seconds, 5 to 120; none for the daemon's own default.
    pub ring_timeout_s: Option<u64>,
    /// How long a trunk may be silent, in seconds, 2 to 30; none for the daemon's own default.
    pub silent_trunk_s: Option<u64>,
    /// How many calls at once find ports for their sound.
    pub calls_at_once: u16,
    /// How many calls from the carrier Asterisk lets in at once.
    pub max_calls: Option<u16>,
    /// Speech workers.
    pub workers: u16,
    /// Whose house it is.
    pub owner: String,
    /// The owner's PIN; none where he has none.
    pub pin: Option<String>,
    /// Whom the owner knows.
    pub contacts: Vec<Known>,
    /// A restriction closes what is abroad; without it the default does.
    pub closes_abroad: bool,
    /// What each daemon logs; none for `EVATEL_DEMO_LOG`, or `info`.
    pub log: Option<&'static str>,
    /// More settings, as they stand in `evatel.toml`.
    pub settings: String,
    /// What time it is for the command line and the daemon when the world starts; none for the time that it is.
    pub now: Option<Timestamp>,
}

/// A contact of the owner.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Known {
    /// His name.
    pub name: String,
    /// His number.
    pub number: String,
    /// What else he is called.
    pub nicknames: Vec<String>,
}

impl Known {
    /// One without nicknames.
    pub fn new((name, number): (&str, &str)) -> Self {
        Self {
            name: name.to_owned(),
            number: number.to_owned(),
            nicknames: Vec::new(),
        }
    }
}

impl Default for Options {
    fn default() -> Self {
        let phone = Behaviour::Answer {
            after: Duration::from_millis(1500),
        };
        Self {
            language: "fr",
            media: "websocket",
            records_calls: false,
            speech: true,
            phone,
            ring_timeout_s: None,
            silent_trunk_s: None,
            calls_at_once: 10,
            max_calls: None,
            workers: 1,
            owner: "Luc Gagnon".to_owned(),
            pin: Some(PIN.to_owned()),
            contacts: [MARIE, PIERRE].map(Known::new).into(),
            closes_abroad: true,
            log: None,
            settings: String::new(),
            now: None,
        }
    }
}

/// Everything that runs, and what the command line told of what it made. Dropping it ends all of it.
#[derive(Debug)]
pub struct World {
    /// Where the owner's DID and contacts are reached from and to.
    pub carrier: Carrier,
    /// The owner's telephone.
    pub phone: Phone,
    /// The switch.
    pub asterisk: Asterisk,
    /// The daemon.
    pub daemon: Daemon,
    /// The device's id, which is its SIP user.
    pub device: String,
    /// The restriction on international calls; empty where there is none.
    pub restriction: String,
    /// The trunk's id.
    pub trunk: String,
    /// Where SIP is spoken.
    pub sip: SocketAddr,
    /// Where the daemon waits for the sound that Asterisk brings.
    pub media: SocketAddr,
    log: Option<&'static str>,
    cli: Cli,
    folder: Folder,
    _ports: Lease,
}

#[derive(Debug)]
enum Folder {
    Kept(PathBuf),
    Temporary(TempDir),
}

impl Folder {
    fn path(&self) -> &Path {
        match self {
            Self::Kept(path) => path,
            Self::Temporary(folder) => folder.path(),
        }
    }
}

impl World {
    /// Makes a world in a folder that goes with it.
    pub async fn start(options: Options) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("ev").tempdir()?;
        Self::start_in(Folder::Temporary(folder), options).await
    }

    /// Makes a world in a new folder that stays.
    pub async fn start_at(folder: &Path, options: Options) -> Result<Self> {
        fs::create_dir_all(folder)?;
        Self::start_in(Folder::Kept(folder.to_owned()), options).await
    }

    async fn start_in(folder: Folder, options: Options) -> Result<Self> {
        // Two legs a call, two ports a leg.
        let rtp_ports = options.calls_at_once * 4;
        let mut ports = Lease::new(20 + rtp_ports)?;
        let sip = SocketAddr::new(ASTERISK_IP, ports.port()?);
        let http = SocketAddr::new(ASTERISK_IP, ports.port()?);
        // The doctor takes the one after it.
        let (media, _) = (ports.port()?, ports.port()?);
        let peer = SocketAddr::new(CARRIER_IP, ports.port()?);
        let rtp = ports.rtp(rtp_ports)?;
        let dir = folder.path();
        let cli = Cli::new(dir).by(options.now.map(Clock::showing).transpose()?);

        let init = ["init", "--name", &options.owner, "--language", options.language];
        let made = cli.json(&init).await?;
        let password = settings(dir, sip, http, media, (*rtp.start(), *rtp.end()), &options)?;
        let peer_address = peer.to_string();
        let carrier = [
            "--name",
            "Carrier",
            "--peer",
            &peer_address,
            "--format",
            "national10",
        ];
        let trunk = cli.json(&[&["trunk", "add"], &carrier[..]].concat()).await?;
        let trunk = text(&trunk["id"])?;
        cli.json(&["did", "add", "514-555-0199", "--trunk", &trunk])
            .await?;
        let device = cli.json(&["device", "add", "--name", "Bureau"]).await?;
        let (user, secret) = (text(&device["sip_user"])?, text(&device["secret"])?);
        for contact in &options.contacts {
            let mut verb = vec!["contact", "add", &contact.name, &contact.number];
            verb.extend(contact.nicknames.iter().flat_map(|name| ["--nickname", name]));
            cli.json(&verb).await?;
        }
        let restriction = match options.closes_abroad {
            true => close_abroad(&cli).await?,
            false => String::new(),
        };
        let place = [
            "--street",
            "1200, rue Principale",
            "--city",
            "Montréal",
            "--province",
            "QC",
        ];
        let emergency = [
            &["emergency", "set"],
            &place[..],
            &["--callback", DID, "--trunk", &trunk],
        ]
        .concat();
        cli.json(&emergency).await?;
        if let Some(pin) = &options.pin {
            cli.json(&["user", "set-pin", "--pin", pin]).await?;
        }
        if options.records_calls {
            cli.json(&["account", "set", "--records-calls", "on"]).await?;
        }
        cli.json(&["provision", "apply", "--no-reload"]).await?;

        let door = AriDoor {
            http_port: http.port(),
            user: "evatel".into(),
            password,
        };
        let asterisk = Asterisk::start(&dir.join("asterisk/etc"), door).await?;
        let daemon = start_daemon(&cli, options.log).await?;
        let carrier = Carrier::start(sip, peer.port()).await?;
        let phone = Phone::register(sip, &user, &secret, options.phone).await?;
        text(&made["account"]["id"])?;
        Ok(Self {
            carrier,
            phone,
            asterisk,
            daemon,
            device: user,
            restriction,
            trunk,
            sip,
            media: SocketAddr::new(ASTERISK_IP, media),
            log: options.log,
            cli,
            folder,
            _ports: ports,
        })
    }

    /// Where everything of this world is kept.
    pub fn dir(&self) -> &Path {
        self.folder.path()
    }

    /// The command line in this world, for what [`World::evatel`] does not do.
    pub fn cli(&self) -> &Cli {
        &self.cli
    }

    /// Runs a verb of the command line and gives its document.
    pub async fn evatel(&self, verb: &[&str]) -> Result<Value> {
        self.cli.json(verb).await
    }

    /// Runs a verb that may fail, and gives how it ended.
    pub async fn outcome(&self, verb: &[&str]) -> Result<Outcome> {
        self.cli.outcome(verb, &[]).await
    }

    /// Runs a verb that changes something, and waits until the daemon has taken the change in.
    pub async fn change(&self, verb: &[&str]) -> Result<Value> {
        let before = self.daemon.refreshes();
        let document = self.evatel(verb).await?;
        let deadline = Instant::now() + Duration::from_secs(5);
        while self.daemon.refreshes() == before {
            ensure!(
                Instant::now() < deadline,
                "the daemon did not take `{}` in:\n{}",
                verb.join(" "),
                self.daemon.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(document)
    }

    /// Kills the daemon as a crash would, and starts another.
    pub async fn restart_daemon(&mut self) -> Result<()> {
        self.daemon.kill().await?;
        self.daemon = start_daemon(&self.cli, self.log).await?;
        Ok(())
    }

    /// Starts a daemon where there is none any more.
    pub async fn start_daemon(&mut self) -> Result<()> {
        self.daemon = start_daemon(&self.cli, self.log).await?;
        Ok(())
    }

    /// Gives the id of the newest call in the log.
    pub async fn newest_call(&self) -> Result<String> {
        let legs = self.evatel(&["call", "list"]).await?;
        text(&legs[0]["call"]).context("the call log is empty")
    }

    /// Gives the story of a call: `legs` and `transcript`.
    pub async fn story(&self, call: &str) -> Result<Value> {
        self.evatel(&["call", "show", call, "--enter"]).await
    }

    /// Waits until the story of the newest call has a line with this in it, and gives the call's id.
    pub async fn line(&self, wanted: &str, within: Duration) -> Result<String> {
        let deadline = Instant::now() + within;
        loop {
            let mut seen = Value::Null;
            if let Ok(call) = self.newest_call().await {
                seen = self.story(&call).await?;
                let lines = seen["transcript"].as_array().into_iter().flatten();
                if lines
                    .clone()
                    .any(|line| line["text"].as_str().is_some_and(|text| text.contains(wanted)))
                {
                    return Ok(call);
                }
            }
            if Instant::now() > deadline {
                bail!(
                    "no line with `{wanted}` within {within:?}; the story so far: {seen:#}\n{}",
                    self.daemon.log()
                );
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }

    /// Waits until every leg of a call has ended in the log, and gives its story.
    pub async fn ended(&self, call: &str, within: Duration) -> Result<Value> {
        let deadline = Instant::now() + within;
        loop {
            let story = self.story(call).await?;
            let legs = story["legs"].as_array().context("a story has legs")?;
            if !legs.is_empty() && legs.iter().all(|leg| !leg["ended_at"].is_null()) {
                return Ok(story);
            }
            if Instant::now() > deadline {
                bail!(
                    "call `{call}` did not end within {within:?}: {story:#}\n{}",
                    self.daemon.log()
                );
            }
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    }
}

impl World {
    /// Waits until the switch has no channel and no bridge left.
    pub async fn nothing_is_up(&self, within: Duration) -> Result<()> {
        let deadline = Instant::now() + within;
        loop {
            let channels = self.asterisk.console("core show channels concise").await?;
            let bridges = self.asterisk.console("bridge show all").await?;
            // The bridges' table has one line of headings.
            if channels.trim().is_empty() && bridges.trim().lines().count() <= 1 {
                return Ok(());
            }
            ensure!(
                Instant::now() < deadline,
                "still up after {within:?}: {channels}\n{bridges}\n{}",
                self.daemon.log()
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

async fn start_daemon(cli: &Cli, log: Option<&str>) -> Result<Daemon> {
    match log {
        Some(filter) => Daemon::start_logging(cli, filter).await,
        None => Daemon::start(cli).await,
    }
}

/// Closes what is abroad to everybody; gives the restriction's id.
async fn close_abroad(cli: &Cli) -> Result<String> {
    let verb = [
        "restriction",
        "add",
        "--name",
        "Pas d'international",
        "--deny",
        "international",
    ];
    text(&cli.json(&verb).await?["id"])
}

/// Adds to the settings that `evatel init` made what is this world's own; gives the ARI password.
fn settings(
    dir: &Path,
    sip: SocketAddr,
    http: SocketAddr,
    media_port: u16,
    rtp: (u16, u16),
    options: &Options,
) -> Result<String> {
    let path = dir.join("evatel.toml");
    let made =
        fs::read_to_string(&path).with_context(|| format!("`evatel init` made no `{}`", path.display()))?;
    let password = made
        .lines()
        .find_map(|line| line.strip_prefix("ari_password = \"")?.strip_suffix('"'));
    let password = password.context("the settings hold no ARI password")?.to_owned();
    let lines = directories()?;
    let lines: Vec<String> = lines.lines().map(|line| format!("{line:?}")).collect();
    let own = format!(
        "[asterisk]\ndirectories = [{}]\nsip_bind = \"{sip}\"\nhttp_bind = \"{http}\"\nari_url = \"http://{http}\"\n\
         rtp_start = {}\nrtp_end = {}\nmedia = \"{}\"\nmedia_port = {media_port}\n",
        lines.join(", "),
        rtp.0,
        rtp.1,
        options.media,
    );
    let mut settings = made.replace("[asterisk]\n", &own);
    if let Some(calls) = options.max_calls {
        settings = settings.replace("[asterisk]\n", &format!("[asterisk]\nmax_calls = {calls}\n"));
    }
    if let Some(seconds) = options.ring_timeout_s {
        settings = settings.replace("[calls]\n", &format!("[calls]\nring_timeout_s = {seconds}\n"));
    }
    if let Some(seconds) = options.silent_trunk_s {
        settings = settings.replace("[calls]\n", &format!("[calls]\nsilent_trunk_s = {seconds}\n"));
    }
    if options.speech {
        settings += &format!(
            "\n[speech]\nmodel_dir = {:?}\nworkers = {}\n",
            workspace().join("models/phones"),
            options.workers,
        );
    }
    settings += &options.settings;
    fs::write(&path, settings)?;
    Ok(password)
}

pub(crate) fn text(value: &Value) -> Result<String> {
    value
        .as_str()
        .map(str::to_owned)
        .with_context(|| format!("`{value}` is no text"))
}
