//! Many calls at once, which nobody looks at one by one: one SIPp process, no sound.

use std::{net::SocketAddr, time::Duration};

use anyhow::{Context, Result};
use tempfile::TempDir;
use tokio::time::timeout;

use super::{
    Digest,
    link::{Process, Run},
};
use crate::asterisk::workspace;

/// Calls that are made by one SIPp.
#[derive(Debug, Clone)]
pub struct CrowdPlan {
    /// The server's SIP address.
    pub server: SocketAddr,
    /// Where the calls come from; the port after it is for media.
    pub local: SocketAddr,
    /// Who is called.
    pub number: String,
    /// Who calls.
    pub caller: String,
    /// What a challenge is answered with.
    pub digest: Option<Digest>,
    /// How many calls at once; when one ends, another begins.
    pub calls: u32,
    /// How many begin each second.
    pub rate: u32,
    /// How long each lasts once it is answered.
    pub hold: Duration,
}

/// A SIPp at work; dropping it ends it, and with it its calls without a BYE.
#[derive(Debug)]
pub struct Crowd {
    process: Process,
    _scenario: Option<TempDir>,
}

impl Crowd {
    /// Begins to make calls, until [`Self::wind_down`].
    pub fn call(plan: &CrowdPlan) -> Result<Self> {
        let folder = TempDir::with_prefix("evatel-crowd-")?;
        let scenario = folder.path().join("caller.xml");
        let text = std::fs::read_to_string(workspace().join("tests/sipp/crowd_caller.xml"))?;
        std::fs::write(
            &scenario,
            text.replace("HOLD_MS", &plan.hold.as_millis().to_string()),
        )?;
        let (calls, rate) = (plan.calls.to_string(), plan.rate.to_string());
        let mut arguments: Vec<&str> = vec!["-l", &calls, "-r", &rate];
        arguments.extend(["-s", &plan.number, "-key", "caller", &plan.caller]);
        if let Some(Digest { user, password }) = &plan.digest {
            arguments.extend(["-au", user, "-ap", password]);
        }
        let scenario = scenario.to_str().context("a folder's name is text")?;
        let process = start(scenario, plan.server, plan.local, &arguments)?;
        Ok(Self {
            process,
            _scenario: Some(folder),
        })
    }

    /// Answers whatever calls come to `local`, until it is dropped.
    pub fn answer(local: SocketAddr, server: SocketAddr) -> Result<Self> {
        Ok(Self {
            process: start("crowd_callee.xml", server, local, &["-aa"])?,
            _scenario: None,
        })
    }

    /// Lets nobody call any more.
    pub fn wind_down(&self) -> Result<()> {
        self.process.wind_down()
    }

    /// Waits until every call has ended, well or not.
    pub async fn over(&mut self, within: Duration) -> Result<()> {
        let over = timeout(within, self.process.ended()).await;
        over.with_context(|| {
            format!(
                "the crowd still calls after {within:?}: {}",
                self.process.complaint()
            )
        })?
    }
}

fn start(scenario: &str, server: SocketAddr, local: SocketAddr, arguments: &[&str]) -> Result<Process> {
    let media = (local.port() + 1).to_string();
    let mut all: Vec<String> = ["-mp", &media, "-max_retrans", "8", "-max_invite_retrans", "5"]
        .map(str::to_owned)
        .to_vec();
    all.extend(arguments.iter().map(|argument| (*argument).to_owned()));
    let run = Run {
        scenario,
        server,
        local,
        arguments: all,
    };
    Process::start(&run, &[])
}
