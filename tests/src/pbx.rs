//! An Asterisk of one test's own: its folder, its ports, and only the modules that ARI needs, so that it is ready within a second.

use std::{
    collections::BTreeMap,
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use evatel_ari::{Ari, Config, client::Offers};
use secrecy::SecretString;
use tempfile::TempDir;

use crate::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::{ASTERISK_IP, Lease},
};

/// The user of ari.conf that may do everything.
pub const USER: &str = "rw";
/// Its password.
pub const PASSWORD: &str = "a password of the tests";
/// How many ports for sound a server has unless it is said: those of a dozen legs.
pub const RTP_PORTS: u16 = 24;

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct Pbx {
    /// The server.
    pub asterisk: Asterisk,
    /// Where it takes SIP.
    pub sip: SocketAddr,
    http_port: u16,
    folder: TempDir,
    _ports: Lease,
}

/// The files of `etc` that a server will read, by name.
#[derive(Debug)]
pub struct Files {
    /// Where it will take SIP.
    pub sip: SocketAddr,
    texts: BTreeMap<String, String>,
}

impl Files {
    /// Writes a file, in place of the usual one.
    pub fn write(&mut self, name: &str, text: &str) {
        self.texts.insert(name.to_owned(), text.to_owned());
    }

    /// Adds to a file.
    pub fn append(&mut self, name: &str, text: &str) {
        self.texts.entry(name.to_owned()).or_default().push_str(text);
    }

    /// Changes a text in a file; panics where it is not in it.
    pub fn replace(&mut self, name: &str, from: &str, to: &str) {
        let usual = self.texts.entry(name.to_owned()).or_default();
        assert!(usual.contains(from), "`{from}` is not in `{name}`");
        *usual = usual.replace(from, to);
    }

    /// Loads further modules.
    pub fn load(&mut self, modules: &[&str]) {
        for name in modules {
            self.append("modules.conf", &format!("load={name}.so\n"));
        }
    }
}

impl Pbx {
    /// Starts one with this dialplan and the usual files.
    pub async fn start(dialplan: &str) -> Result<Self> {
        Self::start_with(dialplan, RTP_PORTS, |_| {}).await
    }

    /// Starts one with this dialplan and so many ports for sound, whose other files `change` has changed.
    pub async fn start_with(dialplan: &str, rtp_ports: u16, change: impl FnOnce(&mut Files)) -> Result<Self> {
        let mut ports = Lease::new(rtp_ports + 6)?;
        let http_port = ports.port()?;
        let sip = SocketAddr::new(ASTERISK_IP, ports.port()?);
        let rtp = ports.rtp(rtp_ports)?;
        let folder = TempDir::with_prefix("ari-")?;
        for name in [
            "etc",
            "lib",
            "db",
            "cache",
            "spool",
            "spool/recording",
            "run",
            "log",
        ] {
            fs::create_dir(folder.path().join(name))?;
        }
        let mut files = Files {
            sip,
            texts: BTreeMap::new(),
        };
        files.write("asterisk.conf", &asterisk_conf(folder.path())?);
        files.write("modules.conf", "[modules]\nautoload=no\n");
        files.load(MODULES);
        files.write(
            "http.conf",
            &format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http_port}\n"),
        );
        files.write(
            "ari.conf",
            &format!("[general]\nenabled=yes\n[{USER}]\ntype=user\npassword={PASSWORD}\n"),
        );
        files.write(
            "rtp.conf",
            &format!("[general]\nrtpstart={}\nrtpend={}\n", rtp.start(), rtp.end()),
        );
        files.write(
            "logger.conf",
            "[logfiles]\nfull => notice,warning,error,verbose\n",
        );
        files.write("cdr.conf", "[general]\nenable=no\n");
        files.write("musiconhold.conf", "[default]\nmode=files\ndirectory=moh\n");
        files.write("indications.conf", INDICATIONS);
        files.write(
            "pjsip.conf",
            &format!("[udp]\ntype=transport\nprotocol=udp\nbind={sip}\n"),
        );
        files.write("extensions.conf", dialplan);
        change(&mut files);
        let etc = folder.path().join("etc");
        for (name, text) in &files.texts {
            fs::write(etc.join(name), text).with_context(|| format!("cannot write `{name}`"))?;
        }
        let door = AriDoor {
            http_port,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let asterisk = Asterisk::start(&etc, door).await?;
        Ok(Self {
            asterisk,
            sip,
            http_port,
            folder,
            _ports: ports,
        })
    }

    /// How a program reaches it.
    ///
    /// # Errors
    /// An application's name that is none.
    pub fn config(&self, app: &str) -> Result<Config> {
        Ok(Config::new(
            &self.url(""),
            USER,
            SecretString::from(PASSWORD),
            app,
        )?)
    }

    /// Connects a program.
    ///
    /// # Errors
    /// An application's name that is none, and a server that does not answer.
    pub async fn connect(&self, app: &str) -> Result<(Ari, Offers)> {
        Ok(Ari::connect(self.config(app)?).await?)
    }

    /// The port of its HTTP server, on 127.0.0.1.
    pub fn http_port(&self) -> u16 {
        self.http_port
    }

    /// A URL on the server, such as that of `/ari/channels`.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.http_port)
    }

    /// A folder or file of the server, such as `spool/recording`.
    pub fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }
}

fn asterisk_conf(root: &Path) -> Result<String> {
    let root = root.display();
    Ok(format!(
        "[directories]\n{}\nastetcdir => {root}/etc\nastvarlibdir => {root}/lib\nastdbdir => {root}/db\nastkeydir => {root}/lib\n\
         astagidir => {root}/lib\nastcachedir => {root}/cache\nastspooldir => {root}/spool\nastrundir => {root}/run\n\
         astlogdir => {root}/log\n[options]\nverbose = 3\nmaxfiles = 20000\n",
        directories()?
    ))
}

/// `autoload=yes` takes seconds; these take half a second.
const MODULES: &[&str] = &[
    "app_dial",
    "app_echo",
    "app_playback",
    "app_playtones",
    "app_senddtmf",
    "app_stasis",
    "app_stasis_broadcast",
    "app_userevent",
    "app_verbose",
    "app_waitforcond",
    "bridge_builtin_features",
    "bridge_holding",
    "bridge_native_rtp",
    "bridge_simple",
    "bridge_softmix",
    "chan_audiosocket",
    "chan_bridge_media",
    "chan_pjsip",
    "chan_rtp",
    "chan_websocket",
    "codec_alaw",
    "codec_g722",
    "codec_resample",
    "codec_ulaw",
    "format_pcm",
    "format_sln",
    "format_wav",
    "func_callerid",
    "func_channel",
    "func_global",
    "func_holdintercept",
    "func_shell",
    "func_strings",
    "func_talkdetect",
    "func_timeout",
    "pbx_config",
    "res_ari",
    "res_ari_applications",
    "res_ari_asterisk",
    "res_ari_bridges",
    "res_ari_channels",
    "res_ari_device_states",
    "res_ari_endpoints",
    "res_ari_events",
    "res_ari_model",
    "res_ari_playbacks",
    "res_ari_recordings",
    "res_ari_sounds",
    "res_audiosocket",
    "res_http_websocket",
    "res_musiconhold",
    "res_pjproject",
    "res_pjsip",
    "res_pjsip_acl",
    "res_pjsip_caller_id",
    "res_pjsip_endpoint_identifier_ip",
    "res_pjsip_endpoint_identifier_user",
    "res_pjsip_header_funcs",
    "res_pjsip_messaging",
    "res_pjsip_nat",
    "res_pjsip_pubsub",
    "res_pjsip_refer",
    "res_pjsip_registrar",
    "res_pjsip_rfc3326",
    "res_pjsip_sdp_rtp",
    "res_pjsip_session",
    "res_rtp_asterisk",
    "res_rtp_multicast",
    "res_sorcery_astdb",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_stasis",
    "res_stasis_answer",
    "res_stasis_broadcast",
    "res_stasis_device_state",
    "res_stasis_playback",
    "res_stasis_recording",
    "res_stasis_snoop",
    "res_timing_timerfd",
    "res_tonedetect",
    "res_websocket_client",
];

/// The tones of two countries, of which the first is the usual one.
const INDICATIONS: &str = "\
[general]
country=us
[us]
description=United States
ringcadence=2000,4000
dial=350+440
busy=480+620/500,0/500
ring=440+480/2000,0/4000
congestion=480+620/250,0/250
[fr]
description=France
ringcadence=1500,3500
dial=440
busy=440/500,0/500
ring=440/1500,0/3500
congestion=440/250,0/250
";
