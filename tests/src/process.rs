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

/// Sends SIGUSR1, at which SIPp begins no more calls and ends once the last is over.
pub(crate) fn wind_down(child: &Child) -> Result<()> {
    signal(child, Signal::USR1)
}

/// Sends SIGKILL to the whole group of a child that was started with `process_group(0)`; one that is gone is no error.
pub(crate) fn kill_group(child: &Child) {
    if let Some(pid) = pid(child) {
        // The only failure is that the group is gone, which is what is wanted.
        let _ = kill_process_group(pid, Signal::KILL);
    }
}

/// Sends SIGKILL to a process that is not a child of ours; one that is gone is no error.
pub fn kill(pid: u32) {
    if let Some(pid) = Pid::from_raw(pid as i32) {
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// The children of a process whose environment has this in it.
pub fn children(parent: u32, variable: &str) -> Result<Vec<u32>> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Some(pid) = entry
            .file_name()
            .to_str()
            .and_then(|name| name.parse::<u32>().ok())
        else {
            continue;
        };
        // A process may end while it is looked at.
        let Ok(stat) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        // proc(5): the name stands in parentheses and may hold anything; state and parent follow.
        let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
        let mut fields = after.split_whitespace();
        let alive = fields.next() != Some("Z");
        let ours = fields.next().and_then(|field| field.parse().ok()) == Some(parent);
        let environment = fs::read(entry.path().join("environ")).unwrap_or_default();
        if alive && ours && String::from_utf8_lossy(&environment).contains(variable) {
            found.push(pid);
        }
    }
    Ok(found)
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
