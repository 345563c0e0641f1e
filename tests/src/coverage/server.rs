//! The Asterisk whose documents are read: ARI and nothing else.

use std::{fs, path::Path, time::Duration};

use anyhow::{Context, Result, bail};
use reqwest::StatusCode;
use serde_json::Value;
use tempfile::TempDir;

use super::{
    Docs,
    scene::{self, Said},
};
use crate::{
    asterisk::{AriDoor, Asterisk, directories},
    ports::Lease,
};

/// A running server; dropping it ends it.
#[derive(Debug)]
pub struct Server {
    asterisk: Asterisk,
    http: reqwest::Client,
    url: String,
    _folder: TempDir,
    _ports: Lease,
}

/// Asterisk answers at once or, by some of its faults, never.
const PATIENCE: Duration = Duration::from_secs(20);
pub(super) const USER: &str = "coverage";
pub(super) const PASSWORD: &str = "secret";

impl Server {
    /// Starts the server of `cargo xtask setup`, or that of `EVATEL_ASTERISK_BIN`, in a folder of its own.
    pub async fn start() -> Result<Self> {
        let mut ports = Lease::new(1)?;
        let http_port = ports.port()?;
        let folder = TempDir::with_prefix("ev-")?;
        write_files(folder.path(), http_port)?;
        let door = AriDoor {
            http_port,
            user: USER.to_owned(),
            password: PASSWORD.to_owned(),
        };
        let asterisk = Asterisk::start(&folder.path().join("etc"), door).await?;
        let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
        Ok(Self {
            asterisk,
            http,
            url: format!("http://127.0.0.1:{http_port}"),
            _folder: folder,
            _ports: ports,
        })
    }

    /// Fetches a document below `/ari`.
    pub async fn get(&self, path: &str) -> Result<Value> {
        let found = self.found(path).await?;
        found.with_context(|| format!("the server has no `{path}`\n{}", self.asterisk.log_tail()))
    }

    /// Fetches a document, or none where the server has nothing such.
    async fn found(&self, path: &str) -> Result<Option<Value>> {
        let url = format!("{}/ari{path}", self.url);
        let sent = self.http.get(&url).basic_auth(USER, Some(PASSWORD)).send().await;
        let answer = sent.with_context(|| format!("`{url}` was not answered"))?;
        let status = answer.status();
        if status == StatusCode::NOT_FOUND {
            return Ok(None);
        }
        if !status.is_success() {
            bail!("`{url}` gave {status}\n{}", self.asterisk.log_tail());
        }
        let document = answer.json().await;
        document.map(Some).with_context(|| format!("`{url}` is no JSON"))
    }

    /// Asks everything that can be asked without an id, and gives the answers with their models.
    pub(super) async fn answers(&self, docs: &Docs) -> Result<Vec<(String, Value)>> {
        let mut answers = Vec::new();
        let asked = docs.operations().filter(|it| {
            let needs_more = it.path.contains('{') || it.name == "events.eventWebsocket";
            it.method == "GET" && !needs_more && !it.parameters.iter().any(|it| it.name == "variable")
        });
        for operation in asked {
            // Debian builds Asterisk without `res_ari_mailboxes`, and documents it nevertheless.
            let Some(answer) = self.found(&operation.path).await? else {
                continue;
            };
            let listed = operation.answer.strip_prefix("List[");
            match listed.and_then(|it| it.strip_suffix(']')) {
                Some(model) => {
                    let items = answer.as_array().cloned().unwrap_or_default();
                    answers.extend(items.into_iter().map(|item| (model.to_owned(), item)));
                }
                None => answers.push((operation.answer.clone(), answer)),
            }
        }
        Ok(answers)
    }

    /// Lets a little of everything happen, and gives what the server said to it.
    pub async fn scene(&self, docs: &Docs) -> Result<Said> {
        let played = scene::play(self, docs).await;
        played.with_context(|| format!("the scene broke off\n{}", self.asterisk.log_tail()))
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server.
    pub async fn stop(self) -> Result<()> {
        self.asterisk.stop().await
    }
}

fn write_files(root: &Path, http_port: u16) -> Result<()> {
    for name in ["etc", "lib", "db", "cache", "spool/recording", "run", "log"] {
        fs::create_dir_all(root.join(name))?;
    }
    let write = |name: &str, text: String| fs::write(root.join("etc").join(name), text);
    let folder = root.display();
    write(
        "asterisk.conf",
        format!(
            "[directories]\n{}\nastetcdir => {folder}/etc\nastvarlibdir => {folder}/lib\nastdbdir => {folder}/db\n\
             astkeydir => {folder}/lib\nastagidir => {folder}/lib\nastcachedir => {folder}/cache\n\
             astspooldir => {folder}/spool\nastrundir => {folder}/run\nastlogdir => {folder}/log\n",
            directories()?
        ),
    )?;
    write("modules.conf", MODULES.to_owned())?;
    write(
        "http.conf",
        format!("[general]\nenabled=yes\nbindaddr=127.0.0.1\nbindport={http_port}\n"),
    )?;
    write(
        "ari.conf",
        format!("[general]\nenabled=yes\n[{USER}]\ntype=user\npassword={PASSWORD}\n"),
    )?;
    write("extensions.conf", scene::EXTENSIONS.to_owned())?;
    write(
        "logger.conf",
        "[logfiles]\nfull => notice,warning,error\n".to_owned(),
    )?;
    Ok(())
}

/// Everything but what looks for a database or takes another's port.
const MODULES: &str = "[modules]\nautoload=yes\nnoload=chan_iax2.so\nnoload=chan_pjsip.so\nnoload=res_odbc.so\nnoload=func_odbc.so\n\
                       noload=app_voicemail_imap.so\nnoload=app_voicemail_odbc.so\n";
