//! A client's process.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
};

use anyhow::{Context, Result};

use super::exchange::HTTP_PORT;
use crate::client::Client;

/// A client that answers calls; dropping it ends it.
pub struct Running(Child);

impl Running {
    /// Starts it and waits until it says that it is ready.
    pub fn start(client: Client, node: Option<&Path>) -> Result<Self> {
        let port = HTTP_PORT.to_string();
        let mut command = match (client, node) {
            (Client::AriClient, Some(folder)) => {
                let mut node = Command::new("node");
                node.arg(folder.join("ari-client.js")).args([&port, "0", "calls"]);
                node
            }
            _ => {
                let name = clap::ValueEnum::to_possible_value(&client).context("every client has a name")?;
                let mut this = Command::new(std::env::current_exe()?);
                this.args([
                    "client",
                    name.get_name(),
                    "--calls",
                    "--expect",
                    "0",
                    "--port",
                    &port,
                ]);
                this
            }
        };
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let mut lines = BufReader::new(child.stdout.take().context("its output is piped")?).lines();
        for line in &mut lines {
            if line?.trim() == "ready" {
                // What it prints from now on goes nowhere.
                std::thread::spawn(move || lines.for_each(drop));
                return Ok(Self(child));
            }
        }
        anyhow::bail!("{} ended before it was ready", client.name())
    }

    /// Gives what it has used so far.
    pub fn cpu(&self) -> f64 {
        cpu_of(self.0.id())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Gives user and system time of a process in seconds, by the clock of 100 ticks (`/proc/PID/stat`, fields 14 and 15).
pub fn cpu_of(process: u32) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let after_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = |field: usize| {
        after_name
            .split_whitespace()
            .nth(field - 3)
            .and_then(|text| text.parse::<f64>().ok())
    };
    (ticks(14).unwrap_or_default() + ticks(15).unwrap_or_default()) / 100.0
}
