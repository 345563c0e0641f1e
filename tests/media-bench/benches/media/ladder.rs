//! More and more legs, until they are no longer held.

use std::{
    io::Write,
    net::Ipv4Addr,
    time::{Duration, Instant},
};

use anyhow::Result;
use evatel_ari::media::{Dialect, Medium, Narrow};

use super::{
    Carrier, Who, bare,
    gauge::{Gauges, Reading},
    house::House,
    ours,
};

/// Up to this lateness at p99 a number of legs counts as held.
const LIMIT_MS: f64 = 5.0;
/// So many of the 50 frames a second have to be heard.
const FRAMES: f64 = 49.0;
/// For how many legs over RTP the server has ports: some more than there are legs, since it looks for free ones at random.
const RTP_LEGS: u16 = 800;
/// After legs were added, so long nothing is measured.
const SETTLE: Duration = Duration::from_millis(1500);

/// Legs of one kind on one server.
pub(crate) struct Ladder {
    carrier: Carrier,
    who: Who,
    measured: Duration,
}

/// How far one got.
pub(crate) struct Climb {
    /// Each number of legs that was held, and what was measured there.
    pub(crate) held: Vec<(usize, Reading)>,
    /// What was measured where it ended; none if it did not, or the legs could not even be opened.
    pub(crate) beyond: Option<Reading>,
}

impl Climb {
    /// The highest number of legs that was held.
    pub(crate) fn legs(&self) -> usize {
        self.held.last().map_or(0, |(legs, _)| *legs)
    }

    /// What was measured with so many legs.
    pub(crate) fn at(&self, legs: usize) -> Option<&Reading> {
        self.held
            .iter()
            .find(|(held, _)| *held == legs)
            .map(|(_, reading)| reading)
    }
}

impl Ladder {
    pub(crate) fn new(carrier: Carrier, who: Who, seconds: f64) -> Self {
        Self {
            carrier,
            who,
            measured: Duration::from_secs_f64(seconds),
        }
    }

    /// Adds legs up to each step, until a number is not held twice in a row. One that could not be opened is tried once more, on a new server.
    pub(crate) async fn climb(&self, steps: &[usize]) -> Result<Climb> {
        let climb = self.attempt(steps).await?;
        let unopened = climb.beyond.is_none() && steps.last().is_some_and(|&last| climb.legs() < last);
        if unopened {
            return self.attempt(steps).await;
        }
        Ok(climb)
    }

    async fn attempt(&self, steps: &[usize]) -> Result<Climb> {
        // A server of its own: what another kind left behind counts for nobody.
        let rtp_legs = match self.carrier {
            Carrier::Rtp => RTP_LEGS,
            _ => 1,
        };
        let house = House::start(rtp_legs).await?;
        let gauges = Gauges::default();
        let mut climb = Climb {
            held: Vec::new(),
            beyond: None,
        };
        let mut there = 0;
        for &legs in steps {
            let opened = Instant::now();
            eprint!("{:<18} {:?} {legs:>4} legs ", self.carrier.name(), self.who);
            std::io::stderr().flush()?;
            if let Err(error) = self.open((legs - there) / 2, &house, &gauges).await {
                eprintln!("could not be opened: {error:#}");
                break;
            }
            there = legs;
            eprint!("({:.1} s to open) ", opened.elapsed().as_secs_f64());
            tokio::time::sleep(SETTLE).await;
            let mut reading = gauges.measure(self.measured, &house).await?;
            if !is_held(&reading) {
                eprint!("{reading}; once more: ");
                reading = gauges.measure(self.measured, &house).await?;
            }
            eprintln!("{reading}");
            if !is_held(&reading) {
                climb.beyond = Some(reading);
                break;
            }
            climb.held.push((legs, reading));
        }
        Ok(climb)
    }

    async fn open(&self, pairs: usize, house: &House, gauges: &Gauges) -> Result<()> {
        let local = Ipv4Addr::LOCALHOST.into();
        match (self.who, self.carrier) {
            // Who connected makes no difference to the loop.
            (Who::Bare, Carrier::Websocket | Carrier::Dialled) => {
                bare::open::<bare::WebSocket, 320>(pairs, house, gauges).await
            }
            (Who::Bare, Carrier::Audiosocket) => {
                bare::open::<bare::AudioSocket, 320>(pairs, house, gauges).await
            }
            (Who::Bare, Carrier::Rtp) => bare::open::<bare::Rtp, 160>(pairs, house, gauges).await,
            (Who::Ours, Carrier::Websocket) => {
                ours::open(pairs, &Medium::<320>::default(), house, gauges).await
            }
            (Who::Ours, Carrier::Dialled) => {
                let (door, client) = (house.media_door.clone(), evatel_tests::echo::CLIENT);
                let medium = Medium::<320>::websocket_dialled(door, client, Dialect::Json);
                ours::open(pairs, &medium, house, gauges).await
            }
            (Who::Ours, Carrier::Audiosocket) => {
                let medium = Medium::<320>::audiosocket(house.audio_door.clone());
                ours::open(pairs, &medium, house, gauges).await
            }
            (Who::Ours, Carrier::Rtp) => {
                ours::open(pairs, &Medium::rtp(Narrow::Slin, local), house, gauges).await
            }
        }
    }
}

fn is_held(reading: &Reading) -> bool {
    reading.p99_ms <= LIMIT_MS && reading.silent == 0 && reading.rate >= FRAMES
}
