//! The two places where a behaviour is looked at.

use std::{fs, path::Path, time::Duration};

use anyhow::Result;
use evatel_ari::sim::{self, Step};
use tempfile::TempDir;

use crate::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::Lease,
};

/// The context in which all extensions are.
const CONTEXT: &str = "lab";
/// The application that takes the calls of the extension `stasis`.
pub const PROGRAM: &str = "lab";
const USER: &str = "lab";
const READER: &str = "reader";
const PASSWORD: &str = "secret";

/// How an ARI is reached, as whom, and what its build lacks.
#[derive(Clone, Debug)]
pub struct Place {
    /// `asterisk` or `simulator`.
    pub name: &'static str,
    /// The HTTP server's host and port.
    pub authority: String,
    /// Who may do everything, and his password.
    pub user: (String, String),
    /// Who may only read.
    pub reader: (String, String),
}

/// Whatever runs there; dropping it ends it.
#[derive(Debug)]
pub enum Running {
    /// A real one.
    Asterisk {
        /// The server.
        server: Box<Asterisk>,
        /// Where its files are.
        folder: TempDir,
        /// Its ports.
        ports: Lease,
    },
    /// The simulator.
    Simulator(sim::Asterisk),
}

fn place(name: &'static str, authority: String) -> Place {
    let user = |name: &str| (name.to_owned(), PASSWORD.to_owned());
    Place {
        name,
        authority,
        user: user(USER),
        reader: user(READER),
    }
}

impl Place {
    /// Starts a simulator with the extensions that the behaviours dial.
    pub async fn simulator() -> Result<(Self, Running)> {
        let asterisk = sim::Asterisk::start().await?;
        asterisk.set_user(USER, PASSWORD, false);
        asterisk.set_user(READER, PASSWORD, true);
        let long = || Step::Wait(Duration::from_secs(60));
        let stasis = |args: &str| Step::Stasis {
            app: PROGRAM.to_owned(),
            args: args.to_owned(),
        };
        let keep = || Step::SetGlobal {
            global: "FELL".to_owned(),
            from: "STASISSTATUS".to_owned(),
        };
        for (exten, steps) in [
            ("answer", vec![Step::Answer, long()]),
            ("busy", vec![Step::Hangup(17)]),
            ("ring", vec![Step::Ringing, long()]),
            ("echo", vec![Step::Answer, Step::Echo]),
            ("hangup", vec![Step::Answer, Step::Hangup(16)]),
            ("stasis", vec![stasis("in,stasis"), keep(), long()]),
            (
                "broadcast",
                vec![Step::StasisBroadcast(Duration::from_secs(10)), keep(), long()],
            ),
            (
                "unclaimed",
                vec![Step::StasisBroadcast(Duration::from_millis(200)), keep(), long()],
            ),
        ] {
            asterisk.extension(CONTEXT, exten, steps);
        }
        let authority = asterisk.url().replace("http://", "");
        Ok((place("simulator", authority), Running::Simulator(asterisk)))
    }

    /// Starts a real Asterisk with the same extensions.
    pub async fn asterisk() -> Result<(Self, Running)> {
        let mut ports = Lease::new(40)?;
        let http_port = ports.port()?;
        let rtp = ports.rtp(30)?;
        let folder = TempDir::with_prefix("ev-")?;
        write_files(folder.path(), http_port, (*rtp.start(), *rtp.end()))?;
        let door = AriDoor {
            http_port,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let server = Asterisk::start(&folder.path().join("etc"), door).await?;
        let running = Running::Asterisk {
            server: Box::new(server),
            folder,
            ports,
        };
        Ok((place("asterisk", format!("127.0.0.1:{http_port}")), running))
    }
}

fn write_files(root: &Path, http_port: u16, rtp: (u16, u16)) -> Result<()> {
    for name in ["etc", "lib", "db", "cache", "spool/recording", "run", "log"] {
        fs::create_dir_all(root.join(name))?;
    }
    let write = |name: &str, text: &str| fs::write(root.join("etc").join(name), text);
    let folder = root.display();
    write(
        "asterisk.conf",
        &format!(
            "[directories]\n{}\nastetcdir => {folder}/etc\nastvarlibdir => {folder}/lib\nastdbdir => {folder}/db\n\
             astkeydir => {folder}/lib\nastagidir => {folder}/lib\nastcachedir => {folder}/cache\n\
             astspooldir => {folder}/spool\nastrundir => {folder}/run\nastlogdir => {folder}/log\n",
            directories()?
        ),
    )?;
    write("modules.conf", MODULES)?;
    write(
        "http.conf",
        &format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http_port}\n"),
    )?;
    write(
        "ari.conf",
        &format!(
            "[general]\nenabled=yes\n[{USER}]\ntype=user\npassword={PASSWORD}\n\
             [{READER}]\ntype=user\npassword={PASSWORD}\nread_only=yes\n"
        ),
    )?;
    write(
        "rtp.conf",
        &format!("[general]\nrtpstart={}\nrtpend={}\n", rtp.0, rtp.1),
    )?;
    write("logger.conf", "[logfiles]\nfull => notice,warning,error\n")?;
    write("cdr.conf", "[general]\nenable=no\n")?;
    write("indications.conf", INDICATIONS)?;
    write("extensions.conf", &format!("[{CONTEXT}]\n{EXTENSIONS}"))?;
    Ok(())
}

/// Everything but what looks for a database or takes another's port.
const MODULES: &str = "[modules]\nautoload=yes\nnoload=chan_iax2.so\nnoload=chan_pjsip.so\nnoload=res_odbc.so\nnoload=func_odbc.so\n\
                       noload=app_voicemail_imap.so\nnoload=app_voicemail_odbc.so\n";

const INDICATIONS: &str = "[general]\ncountry=us\n[us]\ndescription=us\nringcadence=2000,4000\nring=440+480/2000,0/4000\ndial=350+440\n";

const EXTENSIONS: &str = "\
exten => answer,1,Answer()
 same => n,Wait(60)
exten => busy,1,Hangup(17)
exten => ring,1,Ringing()
 same => n,Wait(60)
exten => echo,1,Answer()
 same => n,Echo()
exten => hangup,1,Answer()
 same => n,Hangup(16)
exten => stasis,1,Stasis(lab,in,stasis)
 same => n,Set(GLOBAL(FELL)=${STASISSTATUS})
 same => n,Wait(60)
exten => broadcast,1,StasisBroadcast(10000)
 same => n,Set(GLOBAL(FELL)=${STASISSTATUS})
 same => n,Wait(60)
exten => unclaimed,1,StasisBroadcast(200)
 same => n,Set(GLOBAL(FELL)=${STASISSTATUS})
 same => n,Wait(60)
";
