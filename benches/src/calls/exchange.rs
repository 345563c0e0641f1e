//! The Asterisk of `bench calls`: extension `plain` is answered by the dialplan, any other is the name of an application.

use std::{
    fs,
    net::UdpSocket,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use evatel_tests::asterisk::{AriDoor, Asterisk, directories};
use tempfile::TempDir;

/// Where everything listens, on 127.0.0.1.
pub const SIP_PORT: u16 = 28_060;
/// Asterisk's HTTP.
pub const HTTP_PORT: u16 = 28_088;
/// Asterisk's `sessionlimit`: the default of 100 breaks clients without a bound before they are compared.
pub const SESSION_LIMIT: u16 = 1000;
/// How long an Asterisk that was killed may hold its port.
const ENDING: Duration = Duration::from_secs(10);

/// What stands before `Stasis()`.
#[derive(Debug, Clone, Copy)]
pub enum Plan {
    /// Nothing: the clients are compared.
    Open,
    /// What `dialplans/extensions.conf.hbs` has there: the limit of calls from carriers, and the watchdog.
    Guarded {
        /// How many calls there may be at once.
        max_calls: u32,
    },
}

/// A running Asterisk on a folder of its own.
pub struct Exchange {
    pub asterisk: Asterisk,
    _folder: TempDir,
}

impl Exchange {
    pub async fn start(plan: Plan) -> Result<Self> {
        // With another there the calls would go to the wrong one, and the figures be of neither. Our own last one takes a moment to end.
        let deadline = Instant::now() + ENDING;
        while UdpSocket::bind(("127.0.0.1", SIP_PORT)).is_err() {
            ensure!(
                Instant::now() < deadline,
                "UDP port {SIP_PORT} is taken: the Asterisk of a run that was killed may still be there; end it first"
            );
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        let folder = TempDir::with_prefix("evb-")?;
        let etc = folder.path().join("etc");
        for name in ["etc", "lib", "db", "cache", "spool", "run", "log"] {
            fs::create_dir(folder.path().join(name))?;
        }
        for (name, text) in files(plan, folder.path())? {
            fs::write(etc.join(name), text).with_context(|| format!("cannot write {name}"))?;
        }
        let door = AriDoor {
            http_port: HTTP_PORT,
            user: "bench".into(),
            password: "bench".into(),
        };
        let asterisk = Asterisk::start(&etc, door).await?;
        Ok(Self {
            asterisk,
            _folder: folder,
        })
    }
}

fn files(plan: Plan, root: &Path) -> Result<[(&'static str, String); 8]> {
    let root = root.display();
    let directories = directories()?;
    Ok([
        (
            "asterisk.conf",
            format!(
                "[directories]\n{directories}\nastetcdir => {root}/etc\nastvarlibdir => {root}/lib\nastdbdir => {root}/db\n\
                 astkeydir => {root}/lib\nastagidir => {root}/lib\nastcachedir => {root}/cache\nastspooldir => {root}/spool\n\
                 astrundir => {root}/run\nastlogdir => {root}/log\n[options]\nverbose = 0\nmaxfiles = 20000\n"
            ),
        ),
        (
            "modules.conf",
            "[modules]\nautoload=yes\nnoload=chan_iax2.so\nnoload=res_odbc.so\nnoload=func_odbc.so\n\
             noload=app_voicemail_imap.so\nnoload=app_voicemail_odbc.so\n"
                .into(),
        ),
        (
            "http.conf",
            format!(
                "[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={HTTP_PORT}\nsessionlimit={SESSION_LIMIT}\n"
            ),
        ),
        (
            "ari.conf",
            "[general]\nenabled=yes\n[bench]\ntype=user\npassword=bench\n".into(),
        ),
        ("cdr.conf", "[general]\nenable=no\n".into()),
        ("rtp.conf", "[general]\nrtpstart=20000\nrtpend=27999\n".into()),
        (
            "extensions.conf",
            format!(
                "[from-trunk]\nexten => plain,1,Answer()\n same => n,Wait(1)\n same => n,Hangup()\n\
                 exten => bench,1,{}Stasis(bench,trunk,bench,15145550199)\n same => n,Hangup(34)\n same => n(full),Hangup(42)\n\
                 exten => T,1,Hangup(34)\n",
                before(plan)
            ),
        ),
        (
            "pjsip.conf",
            format!(
                "[udp]\ntype=transport\nprotocol=udp\nbind=127.0.0.1:{SIP_PORT}\n\
                 [trunk]\ntype=endpoint\ncontext=from-trunk\naors=trunk\ndisallow=all\nallow=ulaw\ndirect_media=no\n\
                 [trunk]\ntype=aor\n[trunk]\ntype=identify\nendpoint=trunk\nmatch=127.0.0.1\n"
            ),
        ),
    ])
}

/// What comes before `Stasis()`, each step with the beginning of the next.
fn before(plan: Plan) -> String {
    match plan {
        Plan::Open => String::new(),
        Plan::Guarded { max_calls } => {
            let steps = [
                format!("GotoIf($[${{GROUP_COUNT(evatel-trunk)}} >= {max_calls}]?full)"),
                "Set(GROUP()=evatel-trunk)".to_owned(),
                "Set(TIMEOUT(absolute)=2)".to_owned(),
            ];
            steps.map(|step| step + "\n same => n,").concat()
        }
    }
}
