//! An Asterisk of one test's own: its folder, its ports, and only the modules that ARI needs, so that it is ready within a second.

use std::{fs, net::SocketAddr, path::PathBuf, time::Duration};

use base64::{Engine, prelude::BASE64_STANDARD};
use evatel_ari::{Ari, Config, op};
use evatel_tests::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::{ASTERISK_IP, Lease},
};
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::app::App;

/// Far more than anything here takes, so that a busy machine does not matter.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// The user of ari.conf that may do everything.
pub(crate) const USER: &str = "rw";
/// Its password.
pub(crate) const PASSWORD: &str = "a password of the tests";

/// A running server; dropping it kills it.
pub(crate) struct Pbx {
    _asterisk: Asterisk,
    /// Where it takes SIP.
    pub(crate) sip: SocketAddr,
    http_port: u16,
    folder: TempDir,
    _ports: Lease,
}

/// The files that a server will read.
pub(crate) struct Files {
    /// Where `etc`, `lib`, `spool` ... are.
    root: PathBuf,
}

impl Files {
    /// Writes a file of `etc`, in place of the usual one.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.root.join("etc").join(name), text).unwrap();
    }

    /// Adds to a file of `etc`.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let path = self.root.join("etc").join(name);
        let usual = fs::read_to_string(&path).unwrap_or_default();
        fs::write(path, usual + text).unwrap();
    }

    /// Changes a text in a file of `etc`.
    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let path = self.root.join("etc").join(name);
        let usual = fs::read_to_string(&path).unwrap();
        assert!(usual.contains(from), "`{from}` is not in `{name}`");
        fs::write(path, usual.replace(from, to)).unwrap();
    }

    /// Loads further modules.
    pub(crate) fn load(&self, modules: &[&str]) {
        let lines: String = modules.iter().map(|name| format!("load={name}.so\n")).collect();
        self.append("modules.conf", &lines);
    }
}

impl Pbx {
    /// Starts one with the usual files.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one whose files `change` has changed.
    pub(crate) async fn start_with(change: impl FnOnce(&Files)) -> Self {
        let mut ports = Lease::new(30).unwrap();
        let http_port = ports.port().unwrap();
        let sip = SocketAddr::new(ASTERISK_IP, ports.port().unwrap());
        let rtp = ports.rtp(24).unwrap();
        let folder = TempDir::with_prefix("ari-").unwrap();
        let root = folder.path().to_owned();
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
            fs::create_dir(root.join(name)).unwrap();
        }
        let files = Files { root };
        files.write("asterisk.conf", &asterisk_conf(&files));
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
        files.write("extensions.conf", EXTENSIONS);
        files.write(
            "pjsip.conf",
            &format!("[udp]\ntype=transport\nprotocol=udp\nbind={sip}\n"),
        );
        change(&files);
        let door = AriDoor {
            http_port,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let asterisk = Asterisk::start(&folder.path().join("etc"), door).await.unwrap();
        Self {
            _asterisk: asterisk,
            sip,
            http_port,
            folder,
            _ports: ports,
        }
    }

    /// How a program reaches it.
    pub(crate) fn config(&self, app: &str) -> Config {
        Config::new(&self.url(""), USER, SecretString::from(PASSWORD), app).unwrap()
    }

    /// Connects a program.
    pub(crate) async fn app(&self, name: &str) -> App {
        let (ari, offers) = Ari::connect(self.config(name)).await.unwrap();
        App::new(ari, offers)
    }

    /// A client for requests that ours cannot send, as the user who may do everything.
    pub(crate) fn http(&self) -> reqwest::Client {
        client(Some((USER, PASSWORD)))
    }

    /// Sends a request whose head and body are written by hand, and gives what came back until the server closed.
    pub(crate) async fn by_hand(&self, request: &str, head: &str, body: &str) -> String {
        let pair = BASE64_STANDARD.encode(format!("{USER}:{PASSWORD}"));
        let text = format!(
            "{request} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic {pair}\r\nConnection: close\r\n{head}\r\n\r\n{body}"
        );
        let mut stream = TcpStream::connect(("127.0.0.1", self.http_port)).await.unwrap();
        stream.write_all(text.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(SOON, stream.read_to_string(&mut answer))
            .await
            .unwrap()
            .unwrap();
        answer
    }

    /// Lets the extension `late` answer.
    pub(crate) async fn let_it_answer(&self, app: &App) {
        app.send(op::asterisk::set_variable("ANSWER", "1")).await;
    }

    /// A URL on the server, such as that of `/ari/channels`.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.http_port)
    }

    /// A folder or file of the server, such as `spool/recording`.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }
}

/// A plain HTTP client that shows these credentials, or none.
pub(crate) fn client(who: Option<(&str, &str)>) -> reqwest::Client {
    let mut headers = reqwest::header::HeaderMap::new();
    if let Some((user, password)) = who {
        let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
        headers.insert("Authorization", format!("Basic {pair}").parse().unwrap());
    }
    // Asterisk looks for `Origin`, not for `origin`.
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(SOON)
        .http1_title_case_headers();
    client.default_headers(headers).build().unwrap()
}

fn asterisk_conf(files: &Files) -> String {
    let root = files.root.display();
    format!(
        "[directories]\n{}\nastetcdir => {root}/etc\nastvarlibdir => {root}/lib\nastdbdir => {root}/db\nastkeydir => {root}/lib\n\
         astagidir => {root}/lib\nastcachedir => {root}/cache\nastspooldir => {root}/spool\nastrundir => {root}/run\n\
         astlogdir => {root}/log\n[options]\nverbose = 3\n",
        directories().unwrap()
    )
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
    "codec_resample",
    "codec_ulaw",
    "format_pcm",
    "format_sln",
    "format_wav",
    "func_callerid",
    "func_channel",
    "func_global",
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

/// What `Local/…@default` reaches. `late` rings until the test lets it answer; `toAPP` hands a call to an application.
const EXTENSIONS: &str = "\
[default]
exten => echo,1,Answer()
 same => n,Echo()
exten => hold,1,Answer()
 same => n,Wait(600)
exten => ring,1,Ringing()
 same => n,Wait(600)
exten => late,1,Ringing()
 same => n,WaitForCondition(#,#[\"#{GLOBAL(ANSWER)}\"=\"1\"],600,0.02)
 same => n,Answer()
 same => n,Echo()
exten => early,1,Progress()
 same => n,Wait(600)
exten => tone,1,Answer()
 same => n,PlayTones(350+440)
 same => n,Wait(600)
exten => silence-after-tone,1,Answer()
 same => n,PlayTones(!350+440/700,0)
 same => n,Wait(600)
exten => presses-hash,1,Answer()
 same => n,WaitForCondition(#,#[\"#{GLOBAL(ANSWER)}\"=\"1\"],600,0.02)
 same => n,SendDTMF(#)
 same => n,Wait(600)
exten => _to.,1,Answer()
 same => n,Stasis(${EXTEN:2})
 same => n(after),UserEvent(Left,Status: ${STASISSTATUS})
 same => n,Wait(600)
";
