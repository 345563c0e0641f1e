//! The server and the client that are measured: processes of their own, each on its core.

use std::{
    io::{BufRead, BufReader, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdout, Command, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::measure::Outcome;

/// The fake server.
pub(super) struct Server {
    pub(super) port: u16,
    _running: Running,
}

impl Server {
    pub(super) fn start(plan: &[&str], api_docs: Option<&PathBuf>) -> Result<Self> {
        let mut command = pinned("0");
        command.arg(std::env::current_exe()?).arg("server").args(plan);
        if let Some(folder) = api_docs {
            command.arg("--api-docs").arg(folder);
        }
        let mut running = Running::start(command)?;
        let port = running
            .line()?
            .trim()
            .parse()
            .context("the server gave no port")?;
        Ok(Self {
            port,
            _running: running,
        })
    }

    /// Lets it send the events.
    pub(super) fn go(&self) -> Result<()> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port))?;
        stream.write_all(b"POST /go HTTP/1.1\r\nContent-Length: 0\r\n\r\n")?;
        Ok(())
    }
}

/// A process of ours, which ends with its handle.
pub(super) struct Running {
    child: Child,
    lines: BufReader<ChildStdout>,
}

impl Running {
    pub(super) fn start(mut command: Command) -> Result<Self> {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let lines = BufReader::new(child.stdout.take().context("its output is piped")?);
        Ok(Self { child, lines })
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            bail!("it ended without a word: {}", self.child.wait()?);
        }
        Ok(line)
    }

    /// Waits until the client listens.
    pub(super) fn ready(&mut self) -> Result<()> {
        while self.line()?.trim() != "ready" {}
        Ok(())
    }

    /// Reads the outcome, skipping whatever else a client prints.
    pub(super) fn outcome(&mut self) -> Result<Outcome> {
        loop {
            let line = self.line()?;
            if line.starts_with('{') {
                return serde_json::from_str(&line).context("the outcome cannot be read");
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A command that runs on one core.
pub(super) fn pinned(core: &str) -> Command {
    let mut command = Command::new("taskset");
    command.args(["-c", core]);
    command
}
