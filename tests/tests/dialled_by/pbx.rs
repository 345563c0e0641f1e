//! An Asterisk of one test's own, with only the modules that are needed here, so that it is ready within a second.

use std::{fs, path::PathBuf, time::Duration};

use evatel_ari::Config;
use evatel_tests::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::Lease,
};
use secrecy::SecretString;
use tempfile::TempDir;

/// Far more than anything here takes, so that a busy machine does not matter.
pub(crate) const SOON: Duration = Duration::from_secs(20);
/// The user of ari.conf that may do everything.
pub(crate) const USER: &str = "rw";
const PASSWORD: &str = "a password of the tests";

/// A running server; dropping it kills it.
pub(crate) struct Pbx {
    http_port: u16,
    folder: TempDir,
    _asterisk: Asterisk,
    _ports: Lease,
}

/// The files that a server will read.
pub(crate) struct Files {
    etc: PathBuf,
}

impl Files {
    /// Writes a file.
    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.etc.join(name), text).unwrap();
    }

    /// Adds to a file.
    pub(crate) fn append(&self, name: &str, text: &str) {
        let usual = fs::read_to_string(self.etc.join(name)).unwrap();
        self.write(name, &(usual + text));
    }
}

impl Pbx {
    /// Starts one with the usual files.
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one whose files `change` has changed.
    pub(crate) async fn start_with(change: impl FnOnce(&Files)) -> Self {
        let mut ports = Lease::new(1).unwrap();
        let http_port = ports.port().unwrap();
        let folder = TempDir::with_prefix("outbound-").unwrap();
        let root = folder.path();
        for name in ["etc", "lib", "db", "cache", "spool", "run", "log"] {
            fs::create_dir(root.join(name)).unwrap();
        }
        let files = Files {
            etc: root.join("etc"),
        };
        let at = root.display();
        files.write(
            "asterisk.conf",
            &format!(
                "[directories]\n{}\nastetcdir => {at}/etc\nastvarlibdir => {at}/lib\nastdbdir => {at}/db\nastkeydir => {at}/lib\n\
                 astagidir => {at}/lib\nastcachedir => {at}/cache\nastspooldir => {at}/spool\nastrundir => {at}/run\n\
                 astlogdir => {at}/log\n[options]\nverbose = 3\n",
                directories().unwrap()
            ),
        );
        let modules: String = MODULES.iter().map(|name| format!("load={name}.so\n")).collect();
        files.write("modules.conf", &format!("[modules]\nautoload=no\n{modules}"));
        files.write(
            "http.conf",
            &format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http_port}\n"),
        );
        files.write(
            "ari.conf",
            &format!("[general]\nenabled=yes\n[{USER}]\ntype=user\npassword={PASSWORD}\n"),
        );
        files.write(
            "logger.conf",
            "[logfiles]\nfull => notice,warning,error,verbose\n",
        );
        files.write("cdr.conf", "[general]\nenable=no\n");
        files.write("indications.conf", INDICATIONS);
        files.write("extensions.conf", EXTENSIONS);
        change(&files);
        let door = AriDoor {
            http_port,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let asterisk = Asterisk::start(&files.etc, door).await.unwrap();
        Self {
            http_port,
            folder,
            _asterisk: asterisk,
            _ports: ports,
        }
    }

    /// How a program reaches it.
    pub(crate) fn config(&self, app: &str) -> Config {
        let url = format!("http://127.0.0.1:{}", self.http_port);
        Config::new(&url, USER, SecretString::from(PASSWORD), app).unwrap()
    }

    /// A folder or file of the server, such as `log/full`.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }
}

/// `autoload=yes` takes seconds; these take half a second.
const MODULES: &[&str] = &[
    "app_dial",
    "app_echo",
    "app_playtones",
    "app_stasis",
    "app_stasis_broadcast",
    "app_userevent",
    "app_verbose",
    "bridge_builtin_features",
    "bridge_simple",
    "bridge_softmix",
    "chan_audiosocket",
    "chan_bridge_media",
    "chan_rtp",
    "chan_websocket",
    "codec_resample",
    "codec_ulaw",
    "format_pcm",
    "format_sln",
    "func_channel",
    "func_global",
    "func_strings",
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
    "res_sorcery_astdb",
    "res_sorcery_config",
    "res_sorcery_memory",
    "res_stasis",
    "res_stasis_answer",
    "res_stasis_broadcast",
    "res_stasis_playback",
    "res_stasis_recording",
    "res_stasis_snoop",
    "res_timing_timerfd",
    "res_websocket_client",
];

/// Whose dial tone is played.
const INDICATIONS: &str = "[general]\ncountry=us\n[us]\ndescription=United States\ndial=350+440\n";

/// What `Local/…@default` reaches.
const EXTENSIONS: &str = "\
[default]
exten => hold,1,Answer()
 same => n,Wait(600)
";
