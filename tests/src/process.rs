//! Signals to child processes, and what their log files said last.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tokio::process::Child;

/// Sends SIGSTOP: the process keeps its sockets open and does nothing any more.
pub fn freeze(child: &Child) -> Result<()> {
    signal(child, Signal::STOP)
}

/// Sends SIGCONT: the frozen process goes on.
pub fn thaw(child: &Child) -> Result<()> {
    signal(child, Signal::CONT)
}

/// Sends SIGTERM: the process may clean up.
pub fn terminate(child: &Child) -> Result<()> {
    signal(child, Signal::TERM)
}

/// Sends SIGKILL to the whole group of a child that was started with `process_group(0)`; one that is gone is no error.
pub(crate) fn kill_group(child: &Child) {
    if let Some(pid) = pid(child) {
        // The only failure is that the group is gone, which is what is wanted.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// The last `lines` lines of a text file, for error messages; empty where there is no such file.
pub fn tail(file: &Path, lines: usize) -> String {
    let bytes = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let all: Vec<_> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}

fn signal(child: &Child, signal: Signal) -> Result<()> {
    let pid = pid(child).context("the process has already ended")?;
    kill_process(pid, signal).with_context(|| format!("cannot send {signal:?} to process {pid:?}"))
}

fn pid(child: &Child) -> Option<Pid> {
    Pid::from_raw(child.id()? as i32)
}
