//! `cargo xtask bench media`: how many duplex legs this machine holds beside its Asterisk, and what one costs.
//!
//! Legs stand in pairs, each pair in one bridge, so that each hears what the other says. Every leg sends and hears 50 frames a second, and each
//! frame carries when it was said. The limit is a bare loop of tokio-tungstenite on the same websocket: one task a leg, an interval, nothing else.

mod bare;
mod gauge;
mod house;
mod ours;
mod report;

use std::{
    io::Write,
    time::{Duration, Instant},
};

use anyhow::{Result, bail};
use evatel_ari::media::{Dialect, Medium, Narrow};

use self::{
    gauge::Gauges,
    house::House,
    report::{Found, report},
};

/// Up to this lateness at p99 a number of legs counts as held.
const LIMIT_MS: f64 = 5.0;
/// After legs were added, so long nothing is measured.
const SETTLE: Duration = Duration::from_millis(1500);

/// What is asked for.
struct Options {
    kinds: Vec<Kind>,
    steps: Vec<usize>,
    seconds: f64,
    json: bool,
}

/// What carries the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The loop without a client, over the websocket that we open, 16 kHz.
    Bare,
    WebSocket,
    Dialled,
    AudioSocket,
    Rtp,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::Bare,
        Self::WebSocket,
        Self::Dialled,
        Self::AudioSocket,
        Self::Rtp,
    ];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::WebSocket => "websocket",
            Self::Dialled => "dialled",
            Self::AudioSocket => "audiosocket",
            Self::Rtp => "rtp",
        }
    }
}

const HELP: &str = "\
cargo xtask bench media [--json] [-- OPTIONS]

  --kinds LIST     bare,websocket,dialled,audiosocket,rtp (all): bare and websocket at 16 kHz, rtp is slin at 8 kHz
  --steps LIST     numbers of legs, even, rising (50,100,150,200,250,300,350,400); a kind ends at the first that it does not hold
  --seconds N      how long each number is measured (4)
  --quick          4 legs, 1 s: only whether it runs

Examples:
  cargo xtask bench media
  cargo xtask bench media --json -- --kinds bare,websocket --steps 300,350,400
";

/// Reads the command line; gives nothing if it only asked for help.
fn options() -> Result<Option<Options>> {
    let mut options = Options {
        kinds: Kind::ALL.to_vec(),
        steps: vec![50, 100, 150, 200, 250, 300, 350, 400],
        seconds: 4.0,
        json: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            // cargo itself says this to every benchmark.
            "--bench" => {}
            "--help" | "-h" => {
                print!("{HELP}");
                return Ok(None);
            }
            "--json" => options.json = true,
            "--kinds" => {
                options.kinds.clear();
                for name in value().split(',') {
                    match Kind::ALL.into_iter().find(|kind| kind.name() == name) {
                        Some(kind) => options.kinds.push(kind),
                        None => bail!("there is no kind `{name}`\n\n{HELP}"),
                    }
                }
            }
            "--quick" => {
                options.steps = vec![4];
                options.seconds = 1.0;
            }
            "--seconds" => options.seconds = value().parse()?,
            "--steps" => {
                options.steps = value().split(',').map(str::parse).collect::<Result<_, _>>()?;
                if !options.steps.is_sorted() || options.steps.iter().any(|legs| legs % 2 == 1) {
                    bail!("steps are even and rise\n\n{HELP}");
                }
            }
            other => bail!("`{other}` is no option\n\n{HELP}"),
        }
    }
    Ok(Some(options))
}

#[tokio::main]
async fn main() -> Result<()> {
    let Some(options) = options()? else {
        return Ok(());
    };
    let mut found = Vec::new();
    for kind in &options.kinds {
        found.push(highest(*kind, &options).await?);
    }
    report(&found, options.json);
    Ok(())
}

/// Adds legs of one kind until they are no longer held.
async fn highest(kind: Kind, options: &Options) -> Result<Found> {
    // A server of its own: what the kind before left behind counts for nobody.
    let house = House::start().await?;
    let gauges = Gauges::default();
    let mut found = Found::none(kind);
    let mut pairs = 0;
    for &legs in &options.steps {
        let opened = Instant::now();
        let missing = legs / 2 - pairs;
        match kind {
            Kind::Bare => bare::open(&house, missing, &gauges).await?,
            Kind::WebSocket => ours::open(&house, missing, &Medium::<320>::default(), &gauges).await?,
            Kind::Dialled => {
                let medium = Medium::<320>::websocket_dialled(
                    house.media_door.clone(),
                    evatel_tests::echo::CLIENT,
                    Dialect::Json,
                );
                ours::open(&house, missing, &medium, &gauges).await?;
            }
            Kind::AudioSocket => {
                let medium = Medium::<320>::audiosocket(house.audio_door.clone());
                ours::open(&house, missing, &medium, &gauges).await?;
            }
            Kind::Rtp => {
                let here = std::net::Ipv4Addr::LOCALHOST.into();
                ours::open(&house, missing, &Medium::rtp(Narrow::Slin, here), &gauges).await?;
            }
        }
        pairs = legs / 2;
        eprint!(
            "{:<12} {legs:>4} legs ({:.1} s to open) ",
            kind.name(),
            opened.elapsed().as_secs_f64()
        );
        std::io::stderr().flush()?;
        tokio::time::sleep(SETTLE).await;
        let reading = gauges
            .measure(Duration::from_secs_f64(options.seconds), &house)
            .await?;
        eprintln!("{reading}");
        let held = reading.p99_ms <= LIMIT_MS && reading.silent == 0;
        found.last = Some(reading.clone());
        if !held {
            break;
        }
        found.legs = legs;
        found.held = Some(reading);
    }
    Ok(found)
}
