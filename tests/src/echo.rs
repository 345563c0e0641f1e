//! An Asterisk for media legs: everything that carries sound, and a dialplan that gives it back.

use std::fs;

use anyhow::Result;
use tempfile::TempDir;

use crate::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::Lease,
};

/// The section of websocket_client.conf that leads to the door of the test.
pub const CLIENT: &str = "evatel";
/// The user of ari.conf.
pub const USER: &str = "evatel";
/// Its password.
pub const PASSWORD: &str = "a password of the tests";
/// A channel that gives back what it hears: `Local/echo@media/n`.
pub const ECHO: &str = "Local/echo@media/n";
/// A channel that presses `1`, `2` and `#`, and stays.
pub const KEYS: &str = "Local/keys@media/n";

/// A running server; dropping it kills it.
#[derive(Debug)]
pub struct EchoServer {
    /// The server.
    pub asterisk: Asterisk,
    url: String,
    _folder: TempDir,
    _ports: Lease,
}

impl EchoServer {
    /// Starts one that connects to `door_port` for media websockets in client mode, and has ports for `rtp_legs` legs over RTP, 200 at most.
    pub async fn start(door_port: u16, rtp_legs: u16) -> Result<Self> {
        let mut ports = Lease::new(4 + 2 * rtp_legs)?;
        let http_port = ports.port()?;
        let rtp = ports.rtp(2 * rtp_legs)?;
        let folder = TempDir::with_prefix("echo-")?;
        let root = folder.path();
        for name in ["etc", "lib", "db", "cache", "spool", "run", "log"] {
            fs::create_dir(root.join(name))?;
        }
        let write = |name: &str, text: String| fs::write(root.join("etc").join(name), text);
        let at = root.display();
        write(
            "asterisk.conf",
            format!(
                "[directories]\n{}\nastetcdir => {at}/etc\nastvarlibdir => {at}/lib\nastdbdir => {at}/db\nastkeydir => {at}/lib\n\
                 astagidir => {at}/lib\nastcachedir => {at}/cache\nastspooldir => {at}/spool\nastrundir => {at}/run\n\
                 astlogdir => {at}/log\n[options]\nverbose = 0\nmaxfiles = 20000\n",
                directories()?
            ),
        )?;
        let modules: String = MODULES.iter().map(|name| format!("load={name}.so\n")).collect();
        write("modules.conf", format!("[modules]\nautoload=no\n{modules}"))?;
        write(
            "http.conf",
            format!(
                "[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http_port}\nsessionlimit=2000\n\
                 session_inactivity=30000\nsession_keep_alive=15000\n"
            ),
        )?;
        write(
            "ari.conf",
            format!("[general]\nenabled=yes\n[{USER}]\ntype=user\npassword={PASSWORD}\n"),
        )?;
        write(
            "websocket_client.conf",
            format!(
                "[{CLIENT}]\ntype=websocket_client\nconnection_type=per_call_config\nuri=ws://127.0.0.1:{door_port}/media\n\
                 protocols=media\ntls_enabled=no\n"
            ),
        )?;
        write(
            "rtp.conf",
            format!("[general]\nrtpstart={}\nrtpend={}\n", rtp.start(), rtp.end()),
        )?;
        write(
            "logger.conf",
            "[logfiles]\nfull => notice,warning,error\n".to_owned(),
        )?;
        write("cdr.conf", "[general]\nenable=no\n".to_owned())?;
        write("extensions.conf", EXTENSIONS.to_owned())?;
        let door = AriDoor {
            http_port,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let asterisk = Asterisk::start(&root.join("etc"), door).await?;
        Ok(Self {
            asterisk,
            url: format!("http://127.0.0.1:{http_port}"),
            _folder: folder,
            _ports: ports,
        })
    }

    /// The URL of its HTTP server.
    pub fn url(&self) -> &str {
        &self.url
    }
}

/// `autoload=yes` takes seconds; these take half a second.
const MODULES: &[&str] = &[
    "app_echo",
    "app_senddtmf",
    "app_stasis",
    "bridge_simple",
    "bridge_softmix",
    "chan_audiosocket",
    "chan_rtp",
    "chan_websocket",
    "codec_alaw",
    "codec_g722",
    "codec_resample",
    "codec_ulaw",
    "func_channel",
    "pbx_config",
    "res_ari",
    "res_ari_applications",
    "res_ari_asterisk",
    "res_ari_bridges",
    "res_ari_channels",
    "res_ari_events",
    "res_ari_model",
    "res_ari_playbacks",
    "res_ari_recordings",
    "res_audiosocket",
    "res_http_websocket",
    "res_pjproject",
    "res_rtp_asterisk",
    "res_rtp_multicast",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_stasis",
    "res_stasis_answer",
    "res_stasis_playback",
    "res_stasis_recording",
    "res_stasis_snoop",
    "res_timing_timerfd",
    "res_websocket_client",
];

const EXTENSIONS: &str = "\
[media]
exten => echo,1,Answer()
 same => n,Echo()
exten => keys,1,Answer()
 same => n,Wait(0.5)
 same => n,SendDTMF(12#,200,100)
 same => n,Wait(60)
";
