//! A real Asterisk on a configuration folder that somebody else wrote.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail};
use tokio::{
    process::{Child, Command},
    time::{Instant, sleep, timeout},
};

use crate::process::{self, tail};

/// Where the server's ARI is reached, and as whom.
#[derive(Clone, Debug)]
pub struct AriDoor {
    /// Port of `http.conf` on 127.0.0.1.
    pub http_port: u16,
    /// User of `ari.conf`.
    pub user: String,
    /// That user's password.
    pub password: String,
}

/// A running Asterisk; dropping it kills the server.
#[derive(Debug)]
pub struct Asterisk {
    config_dir: PathBuf,
    door: AriDoor,
    program: PathBuf,
    child: Child,
}

impl Asterisk {
    /// Starts the server on `config_dir/asterisk.conf` and waits until `GET /ari/asterisk/info` answers 200. Its console goes to
    /// `config_dir/console.log`. Errors after 60 s, or earlier when the server ends, with the end of its logs.
    pub async fn start(config_dir: &Path, door: AriDoor) -> Result<Self> {
        let program = program()?;
        let child = spawn(&program, config_dir)?;
        let mut asterisk = Self {
            config_dir: config_dir.to_owned(),
            door,
            program,
            child,
        };
        asterisk.ready().await?;
        Ok(asterisk)
    }

    /// Kills the server as a crash would and starts it again on the same folder.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill().await?;
        self.start_again().await
    }

    /// Starts a server that was killed again, on the same folder.
    pub async fn start_again(&mut self) -> Result<()> {
        self.child = spawn(&self.program, &self.config_dir)?;
        self.ready().await
    }

    /// Kills the server as a crash would.
    pub async fn kill(&mut self) -> Result<()> {
        process::kill_group(&self.child);
        self.child
            .wait()
            .await
            .context("the server cannot be waited for")?;
        Ok(())
    }

    /// Ends the server as `systemctl stop` would, by force after 10 s.
    pub async fn stop(mut self) -> Result<()> {
        process::terminate(&self.child)?;
        if timeout(Duration::from_secs(10), self.child.wait()).await.is_err() {
            self.kill().await?;
        }
        Ok(())
    }

    /// Runs a console command (`pjsip show contacts`) and gives what it printed.
    pub async fn console(&self, command: &str) -> Result<String> {
        let output = Command::new(&self.program)
            .arg("-C")
            .arg(self.config_dir.join("asterisk.conf"))
            .args(["-rx", command])
            .stdin(Stdio::null())
            .output()
            .await
            .with_context(|| format!("cannot run `{}`", self.program.display()))?;
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Where its ARI is reached.
    pub fn door(&self) -> &AriDoor {
        &self.door
    }

    /// The server's process, for [`process::freeze`] and [`process::thaw`].
    pub fn child(&self) -> &Child {
        &self.child
    }

    /// The end of the server's console and logs, for error messages.
    pub fn log_tail(&self) -> String {
        let mut text = tail(&self.config_dir.join("console.log"), 40);
        for file in logs(&self.config_dir) {
            text += &format!("\n--- {}\n{}", file.display(), tail(&file, 40));
        }
        text
    }

    async fn ready(&mut self) -> Result<()> {
        let client = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(2))
            .build()?;
        let url = format!("http://127.0.0.1:{}/ari/asterisk/info", self.door.http_port);
        let deadline = Instant::now() + START_DEADLINE;
        let mut last = String::new();
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "Asterisk ended with {status} before it was ready\n{}",
                    self.log_tail()
                );
            }
            match client
                .get(&url)
                .basic_auth(&self.door.user, Some(&self.door.password))
                .send()
                .await
            {
                Ok(response) if response.status().is_success() => return Ok(()),
                Ok(response) => last = format!("status {}", response.status()),
                Err(error) => last = error.to_string(),
            }
            sleep(Duration::from_millis(100)).await;
        }
        bail!(
            "`{url}` did not answer 200 within {START_DEADLINE:?} (last: {last})\n{}",
            self.log_tail()
        )
    }
}

impl Drop for Asterisk {
    fn drop(&mut self) {
        process::kill_group(&self.child);
    }
}

/// The root of the source tree that this package was built from.
pub fn workspace() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("this package lies in the workspace")
}

/// The program that takes Asterisk's arguments: `EVATEL_ASTERISK_BIN`, or what `cargo xtask setup` installed.
pub fn program() -> Result<PathBuf> {
    if let Some(path) = env::var_os("EVATEL_ASTERISK_BIN") {
        return Ok(path.into());
    }
    let note = workspace().join("third_party/asterisk.path");
    let path = fs::read_to_string(&note).with_context(|| {
        format!(
            "no Asterisk: `{}` cannot be read. Hint: run `cargo xtask test`, which sets it up",
            note.display()
        )
    })?;
    let path = PathBuf::from(path.trim());
    Ok(if path.is_absolute() {
        path
    } else {
        workspace().join(path)
    })
}

/// The lines for `[directories]` that say where the server of `cargo xtask setup` has its modules and data; empty for a server
/// that `EVATEL_ASTERISK_BIN` names, which knows its own.
pub fn directories() -> Result<String> {
    if env::var_os("EVATEL_ASTERISK_BIN").is_some() {
        return Ok(String::new());
    }
    let note = workspace().join("third_party/asterisk.directories");
    fs::read_to_string(&note).with_context(|| {
        format!(
            "`{}` cannot be read. Hint: run `cargo xtask test`",
            note.display()
        )
    })
}

fn spawn(program: &Path, config_dir: &Path) -> Result<Child> {
    let console = config_dir.join("console.log");
    let log = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&console)
        .with_context(|| format!("cannot write `{}`", console.display()))?;
    Command::new(program)
        .arg("-C")
        .arg(config_dir.join("asterisk.conf"))
        .args(["-f", "-n"])
        .stdin(Stdio::null())
        .stdout(log.try_clone()?)
        .stderr(log)
        // A group of its own, so that a launcher and the server below it end together.
        .process_group(0)
        .kill_on_drop(true)
        .spawn()
        .with_context(|| format!("cannot start `{}`", program.display()))
}

/// The log files of the folder that `asterisk.conf` names as `astlogdir`.
fn logs(config_dir: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(config_dir.join("asterisk.conf")).unwrap_or_default();
    let folder = text.lines().find_map(|line| {
        let (key, value) = line.split_once("=>").or_else(|| line.split_once('='))?;
        (key.trim() == "astlogdir").then(|| PathBuf::from(value.trim()))
    });
    let entries = folder
        .and_then(|folder| fs::read_dir(folder).ok())
        .into_iter()
        .flatten()
        .flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect()
}

/// Asterisk is ready within 7 s on an idle machine; tests beside each other on two cores take longer.
const START_DEADLINE: Duration = Duration::from_secs(60);
