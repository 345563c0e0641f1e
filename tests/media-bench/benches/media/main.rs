//! `cargo xtask bench media`: how many duplex legs this machine holds beside its Asterisk, and what one costs.
//!
//! Legs stand in pairs, each pair in one bridge, so that each hears what the other says. Every leg sends and hears 50 frames a second, and each
//! frame carries when it was said. Beside our legs of a kind stand those of a bare loop over the same connection: a task a leg, an interval,
//! nothing else. The two take turns, kind by kind, each with an Asterisk of its own.

mod bare;
mod gauge;
mod house;
mod ladder;
mod ours;
mod report;

use anyhow::{Result, ensure};
use clap::{Parser, ValueEnum};

use self::{ladder::Ladder, report::report};

/// What is asked for.
#[derive(Parser)]
#[command(
    name = "cargo xtask bench media [--json] --",
    about = "How many media legs this machine holds beside its Asterisk, and what one costs",
    after_help = "Examples:\n  cargo xtask bench media --json\n  cargo xtask bench media -- --carriers websocket --steps 300,350,400"
)]
struct Options {
    /// Ends with one line of JSON
    #[arg(long)]
    json: bool,
    /// What carries the sound: websocket, dialled and audiosocket at 16 kHz, rtp with slin at 8 kHz
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "websocket,dialled,audiosocket,rtp"
    )]
    carriers: Vec<Carrier>,
    /// Numbers of legs, even, rising; a line ends at the first that it does not hold twice
    #[arg(
        long,
        value_delimiter = ',',
        default_value = "100,200,300,350,400,450,500,550,600,650,700"
    )]
    steps: Vec<usize>,
    /// How long each number is measured
    #[arg(long, default_value_t = 3.0)]
    seconds: f64,
    /// 4 legs, 1 s: only whether it runs
    #[arg(long)]
    quick: bool,
    /// cargo itself says this to every benchmark
    #[arg(long, hide = true)]
    bench: bool,
}

/// What carries the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Carrier {
    /// `chan_websocket`; we connect.
    Websocket,
    /// `chan_websocket`; Asterisk connects.
    Dialled,
    /// AudioSocket; Asterisk connects.
    Audiosocket,
    /// Two UDP ports.
    Rtp,
}

/// Who has the legs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Bare,
    Ours,
}

impl Carrier {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Websocket => "websocket",
            Self::Dialled => "dialled websocket",
            Self::Audiosocket => "audiosocket",
            Self::Rtp => "rtp",
        }
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut options = Options::parse();
    if options.quick {
        (options.steps, options.seconds) = (vec![4], 1.0);
    }
    ensure!(
        options.steps.is_sorted() && options.steps.iter().all(|legs| legs % 2 == 0),
        "steps are even and rise"
    );
    let mut found = Vec::new();
    for carrier in &options.carriers {
        let mut steps = options.steps.clone();
        let bare = Ladder::new(*carrier, Who::Bare, options.seconds)
            .climb(&steps)
            .await?;
        // Whether the goal is met is seen exactly, not to the next step.
        let goal = report::goal(bare.legs());
        if goal > 0
            && let Err(place) = steps.binary_search(&goal)
        {
            steps.insert(place, goal);
        }
        let ours = Ladder::new(*carrier, Who::Ours, options.seconds)
            .climb(&steps)
            .await?;
        found.push((*carrier, bare, ours));
    }
    report(&found, options.json);
    Ok(())
}
