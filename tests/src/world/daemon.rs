//! The daemon as a process of its own.

use std::{
    fs::File,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::Child,
    time::{Instant, timeout},
};

use super::cli::Cli;
use crate::process;

/// How long the daemon may take until it is ready: its models load and are tried first.
const START: Duration = Duration::from_secs(30);

/// A running `evatel serve`; dropping it kills it.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    log: PathBuf,
    /// What it said when it was ready.
    pub ready: Value,
}

impl Daemon {
    /// Starts it in a world's folder and waits until it says that it is ready.
    pub async fn start(cli: &Cli) -> Result<Self> {
        let filter = std::env::var("EVATEL_DEMO_LOG").unwrap_or_else(|_| "info".into());
        Self::start_logging(cli, &filter).await
    }

    /// Starts it so that it logs what passes this filter.
    pub async fn start_logging(cli: &Cli, filter: &str) -> Result<Self> {
        let log = cli.dir().join("serve.log");
        let mut command = cli.command()?;
        command
            .args(["serve", "--json", "--log", filter])
            .stdout(Stdio::piped());
        command.stderr(File::options().create(true).append(true).open(&log)?);
        let mut child = command.spawn().context("the daemon cannot be started")?;
        let stdout = child.stdout.take().context("the daemon has a standard output")?;
        let mut lines = BufReader::new(stdout).lines();
        let first = timeout(START, lines.next_line()).await;
        let Ok(Ok(Some(line))) = first else {
            bail!(
                "the daemon was not ready within {START:?}:\n{}",
                process::tail(&log, 30)
            );
        };
        // What it says later must not fill the pipe.
        tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        let ready: Value = serde_json::from_str(&line).with_context(|| format!("`{line}` is no document"))?;
        Ok(Self {
            child,
            log,
            ready: ready["ready"].clone(),
        })
    }

    /// Kills it as a crash would.
    pub async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.context("the daemon cannot be killed")
    }

    /// Stops it without closing anything (SIGSTOP): its sockets stay open and nobody is at home.
    pub fn freeze(&self) -> Result<()> {
        process::freeze(&self.child)
    }

    /// Lets it go on.
    pub fn thaw(&self) -> Result<()> {
        process::thaw(&self.child)
    }

    /// Asks it to stop (SIGTERM) and gives whether it ended well.
    pub async fn stop(&mut self) -> Result<bool> {
        self.ask_to_stop()?;
        self.stopped(Duration::from_secs(10)).await
    }

    /// Asks it to stop (SIGTERM) and does not wait for it.
    pub fn ask_to_stop(&self) -> Result<()> {
        process::terminate(&self.child)
    }

    /// Waits until it has ended and gives whether it ended well.
    pub async fn stopped(&mut self, within: Duration) -> Result<bool> {
        let ended = timeout(within, self.child.wait()).await;
        let status = ended.with_context(|| format!("the daemon did not stop:\n{}", self.log()))??;
        Ok(status.success())
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> Result<bool> {
        Ok(self.child.try_wait()?.is_none())
    }

    /// The speech workers that are its children now.
    pub fn workers(&self) -> Result<Vec<u32>> {
        let own = self.pid().context("the daemon has ended")?;
        process::children(own, "EVATEL_VOICE_WORKER=")
    }

    /// Waits until its log holds a line with this in it.
    pub async fn logs(&self, wanted: &str, within: Duration) -> Result<()> {
        let deadline = Instant::now() + within;
        while !std::fs::read_to_string(&self.log)
            .unwrap_or_default()
            .contains(wanted)
        {
            ensure!(
                Instant::now() < deadline,
                "no `{wanted}` in the daemon's log within {within:?}:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    /// The file of its log.
    pub fn log_file(&self) -> &Path {
        &self.log
    }

    /// Its process.
    pub fn pid(&self) -> Option<u32> {
        self.child.id()
    }

    /// How often it has taken changes of the store in.
    pub fn refreshes(&self) -> usize {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        log.matches("Snapshot refreshed").count()
    }

    /// What its log says of something, such as a channel, and what else it said then: the last 200 lines from where it came up.
    pub fn log_of(&self, what: &str) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let from = log
            .find(what)
            .map_or(log.len(), |at| log[..at].rfind('\n').unwrap_or(0));
        let since: Vec<_> = log[from..].lines().collect();
        since[since.len().saturating_sub(200)..].join("\n")
    }

    /// The end of its log.
    pub fn log(&self) -> String {
        process::tail(&self.log, 60)
    }
}
