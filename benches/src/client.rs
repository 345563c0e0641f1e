//! The clients that are measured: ours, its peers as their own README uses them, and bare loops as the limit.

pub mod asterisk_ari;
pub mod asterisk_rs;
pub mod bare;
pub mod drive;
pub mod ours;

use anyhow::Result;
use clap::ValueEnum;

/// Who handles the events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Client {
    /// `evatel-ari`: a stream and a task a channel; what the handler looks at is decoded to its type, all of it.
    Ours,
    /// The same, but of what the handler looks at it reads the one field that it wants, as the bare loops do.
    OursByField,
    /// tokio-tungstenite and serde, one map of all channels; no routing.
    BareMap,
    /// The same with a task and a bounded queue a channel.
    BareTask,
    /// `asterisk-ari` 0.3: handlers by type; no routing.
    AsteriskAri,
    /// `asterisk-rs-ari` 0.8: one subscription; no routing.
    AsteriskRs,
    /// `ari-client` (npm, Node): handlers by type; no routing.
    AriClient,
}

/// How long an answered call is held.
const HELD: std::time::Duration = std::time::Duration::from_secs(1);

/// What a client is told.
#[derive(Debug, Clone, clap::Args)]
pub struct Task {
    /// The server's port.
    #[arg(long)]
    pub port: u16,
    /// How many events it will get, or how many requests it shall send.
    #[arg(long)]
    pub expect: u64,
    /// Sends requests in place of handling events: this many at once.
    #[arg(long)]
    pub requests_at_once: Option<usize>,
    /// Sends the requests over the event socket, where the client can.
    #[arg(long)]
    pub over_socket: bool,
    /// Answers calls of a real Asterisk, holds each for a second and hangs up, until it is killed.
    #[arg(long)]
    pub calls: bool,
    /// Events carry the time of writing.
    #[arg(long)]
    pub paced: bool,
}

impl Client {
    /// Runs as this client in this process; ends the process with a report.
    pub fn run(self, task: &Task) -> Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        // Peers run as in their README, on the runtime of `#[tokio::main]`.
        let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if task.calls {
            return match self {
                Self::Ours | Self::OursByField => runtime.block_on(ours::calls(task)),
                Self::BareMap | Self::BareTask => runtime.block_on(bare::calls(task)),
                Self::AsteriskAri => threads.block_on(asterisk_ari::calls(task)),
                Self::AsteriskRs => threads.block_on(asterisk_rs::calls(task)),
                Self::AriClient => anyhow::bail!("ari-client runs in Node"),
            };
        }
        match (self, task.requests_at_once) {
            (Self::Ours, None) => runtime.block_on(ours::events(task, ours::Look::Whole)),
            (Self::OursByField, None) => runtime.block_on(ours::events(task, ours::Look::Field)),
            (Self::Ours | Self::OursByField, Some(at_once)) => {
                runtime.block_on(ours::requests(task, at_once))
            }
            (Self::BareMap, None) => runtime.block_on(bare::map(task)),
            (Self::BareTask, None) => runtime.block_on(bare::tasks(task)),
            (Self::BareMap | Self::BareTask, Some(at_once)) => {
                runtime.block_on(bare::requests(task, at_once))
            }
            (Self::AsteriskAri, None) => threads.block_on(asterisk_ari::events(task)),
            (Self::AsteriskAri, Some(at_once)) => threads.block_on(asterisk_ari::requests(task, at_once)),
            (Self::AsteriskRs, None) => threads.block_on(asterisk_rs::events(task)),
            (Self::AsteriskRs, Some(at_once)) => threads.block_on(asterisk_rs::requests(task, at_once)),
            (Self::AriClient, _) => anyhow::bail!("ari-client runs in Node"),
        }
    }

    /// Gives the name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ours => "evatel-ari",
            Self::OursByField => "evatel-ari, field",
            Self::BareMap => "bare map",
            Self::BareTask => "bare task",
            Self::AsteriskAri => "asterisk-ari",
            Self::AsteriskRs => "asterisk-rs-ari",
            Self::AriClient => "ari-client",
        }
    }
}
