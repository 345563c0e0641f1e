//! Many calls while everything breaks: afterwards nothing may be left, and everything must be told.
//!
//! Real SIPp callers and called ends, a real Asterisk, the daemon with its log and ledger. What breaks is planned by a seed.

mod after;
mod peak;
mod plan;

use std::{
    fmt,
    net::SocketAddr,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, ensure};
use evatel_ari::{Ari, Config, config::Leftovers};
use serde::Serialize;

use self::peak::Peak;
pub use self::plan::{Fault, Plan};
use crate::{
    asterisk::workspace,
    ports::{CARRIER_IP, Lease, PHONE_IP},
    proxy::{Proxy, Which},
    sipp::{Crowd, CrowdPlan},
    world::{DID, Options, World},
};

/// How many calls begin each second, of each kind.
const RATE: u32 = 10;
/// How much longer than a call lasts it may take until so many are up: a busy machine answers late.
const RAMP: Duration = Duration::from_secs(60);
/// Longest wait for callers to end once they should: SIP's own retransmissions included.
const CALLERS_END: Duration = Duration::from_secs(60);

/// What a run came to.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Outcome {
    /// Of which seed.
    pub seed: u64,
    /// The most calls that Asterisk had at once.
    pub peak: u32,
    /// Legs in the log.
    pub legs: usize,
    /// Legs that were answered.
    pub answered: usize,
    /// Calls that a later daemon went on with.
    pub taken_over: usize,
    /// Calls that a later daemon began again.
    pub begun_again: usize,
    /// Daemons that were needed.
    pub daemons: usize,
    /// How long everything took, in seconds.
    pub seconds: f32,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "seed {}: {} calls at once, {} legs, {} answered; {} calls taken over, {} begun again, by {} daemons; {:.0} s",
            self.seed,
            self.peak,
            self.legs,
            self.answered,
            self.taken_over,
            self.begun_again,
            self.daemons,
            self.seconds
        )
    }
}

/// Runs a plan. Errors with what was left over, and with the command that repeats it.
pub async fn run(plan: &Plan) -> Result<Outcome> {
    println!("chaos: {plan}");
    played(plan).await.with_context(|| {
        let (seed, command) = (plan.seed, plan.command());
        format!("chaos failed; its logs are in `target/chaos/{seed}`; to repeat it: {command}")
    })
}

async fn played(plan: &Plan) -> Result<Outcome> {
    let began = Instant::now();
    let mut stage = Stage::build(plan).await?;
    let peak = Peak::watch(&config(&stage.world)?);
    let crowds = stage.crowds(plan)?;
    // A storm that breaks before anybody calls proves nothing.
    peak.reaches(plan.target(), hold(plan) + RAMP).await?;
    println!(
        "chaos: {:>5.1} s {} calls at once",
        began.elapsed().as_secs_f32(),
        peak.now()
    );
    for (pause, fault) in &plan.faults {
        tokio::time::sleep(*pause).await;
        if *fault == Fault::KillAsterisk {
            // What was left until now would be gone with it, and nobody would know.
            after::nobody_is_in_limbo(&config(&stage.world)?, &stage.world).await?;
        }
        println!("chaos: {:>5.1} s {fault:?}", began.elapsed().as_secs_f32());
        stage.suffer(*fault).await.with_context(|| format!("{fault:?}"))?;
        stage.mend().await?;
        after::the_log_is_true(&config(&stage.world)?, &stage.world)
            .await
            .with_context(|| format!("after {fault:?}"))?;
    }
    println!(
        "chaos: {:>5.1} s no more faults; {} calls at once, {} now",
        began.elapsed().as_secs_f32(),
        peak.highest(),
        peak.now()
    );
    let highest = peak.highest();
    drop(peak);
    after::nobody_is_in_limbo(&config(&stage.world)?, &stage.world).await?;
    for crowd in &crowds {
        crowd.wind_down()?;
    }
    for mut crowd in crowds {
        crowd.over(hold(plan) + CALLERS_END).await?;
    }
    println!("chaos: {:>5.1} s no more callers", began.elapsed().as_secs_f32());
    let mut outcome = after::everything_is_closed(&stage.world).await?;
    outcome.seed = plan.seed;
    outcome.peak = highest;
    outcome.daemons = stage.daemons;
    outcome.seconds = began.elapsed().as_secs_f32();
    Ok(outcome)
}

/// The world with a proxy in it, and its called ends.
struct Stage {
    world: World,
    proxy: Proxy,
    daemons: usize,
    ports: Lease,
    _called: [Crowd; 2],
}

impl Stage {
    async fn build(plan: &Plan) -> Result<Self> {
        // It stays, with the logs of daemon and Asterisk, until the seed is run again.
        let folder = workspace().join(format!("target/chaos/{}", plan.seed));
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let options = Options {
            speech: false,
            ring_timeout_s: Some(10),
            calls_at_once: u16::try_from(plan.calls)? + 10,
            log: Some("info,evatel_ari::media=debug"),
            ..Options::default()
        };
        let mut world = World::start_at(&folder, options).await?;
        world
            .change(&["account", "set", "--max-legs", &plan.calls.to_string()])
            .await?;
        let proxy = Proxy::between(&mut world).await?;
        // In place of ends whose every call the harness follows with sound.
        let (carrier, phone) = (world.carrier.callee(), world.phone.callee());
        let called = [carrier, phone].map(|callee| {
            callee.leave();
            callee.address()
        });
        let called = [
            answer(called[0], world.sip).await?,
            answer(called[1], world.sip).await?,
        ];
        Ok(Self {
            world,
            proxy,
            daemons: 1,
            ports: Lease::new(20)?,
            _called: called,
        })
    }

    /// Lets people call: most key a number at their telephone, some call the Smart Number and are greeted.
    fn crowds(&mut self, plan: &Plan) -> Result<Vec<Crowd>> {
        let outside = plan.calls / 5;
        let digest = self.world.phone.digest().clone();
        let device = self.world.device.clone();
        let hold = hold(plan);
        let kinds = [
            (
                PHONE_IP,
                plan.calls / 2,
                "5145550142",
                device.as_str(),
                Some(digest.clone()),
                hold,
            ),
            (
                PHONE_IP,
                plan.calls - plan.calls / 2 - outside,
                "5145550143",
                device.as_str(),
                Some(digest),
                hold / 2,
            ),
            (
                CARRIER_IP,
                outside,
                DID.trim_start_matches('+'),
                "4385550177",
                None,
                hold,
            ),
        ];
        let mut crowds = Vec::new();
        for (ip, calls, number, caller, digest, hold) in kinds {
            if calls == 0 {
                continue;
            }
            let sip = self.ports.rtp(6)?;
            crowds.push(Crowd::call(&CrowdPlan {
                server: self.world.sip,
                local: SocketAddr::new(ip, *sip.start()),
                number: number.to_owned(),
                caller: caller.to_owned(),
                digest,
                calls,
                rate: RATE,
                hold,
            })?);
        }
        Ok(crowds)
    }

    async fn suffer(&mut self, fault: Fault) -> Result<()> {
        let world = &mut self.world;
        match fault {
            Fault::CutAll => self.proxy.cut(Which::All),
            Fault::CutEvents => self.proxy.cut(Which::Events),
            Fault::Stall(time) => {
                self.proxy.stall(true);
                tokio::time::sleep(time).await;
                self.proxy.stall(false);
            }
            Fault::FreezeDaemon(time) => {
                world.daemon.freeze()?;
                tokio::time::sleep(time).await;
                world.daemon.thaw()?;
            }
            Fault::KillDaemon(pause) => {
                world.daemon.kill().await?;
                tokio::time::sleep(pause).await;
            }
            Fault::StopDaemonTwice => {
                world.daemon.ask_to_stop()?;
                tokio::time::sleep(Duration::from_millis(200)).await;
                // One without calls has ended by now.
                if world.daemon.runs()? {
                    world.daemon.ask_to_stop()?;
                    world.daemon.stopped(Duration::from_secs(20)).await?;
                }
            }
            Fault::TakeName(time) => {
                let (_other, _) = Ari::connect(config(world)?).await?;
                world.daemon.stopped(Duration::from_secs(20)).await?;
                tokio::time::sleep(time).await;
            }
            Fault::KillAsterisk => {
                world.asterisk.kill().await?;
                world.asterisk.start_again().await?;
            }
        }
        Ok(())
    }

    /// Starts a daemon where there is none any more, as a service manager does.
    async fn mend(&mut self) -> Result<()> {
        if !self.world.daemon.runs()? {
            self.world.start_daemon().await?;
            self.daemons += 1;
        }
        Ok(())
    }
}

/// How long a call lasts: long enough that so many are up at once, with so few that begin each second.
fn hold(plan: &Plan) -> Duration {
    Duration::from_secs(u64::from(plan.calls / RATE).max(6))
}

/// Answers at an address as soon as the SIPp that had it is gone.
async fn answer(local: SocketAddr, server: SocketAddr) -> Result<Crowd> {
    let deadline = Instant::now() + Duration::from_secs(5);
    while std::net::UdpSocket::bind(local).is_err() {
        ensure!(Instant::now() < deadline, "`{local}` does not become free");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Crowd::answer(local, server)
}

/// Says how to reach the switch beside the proxy, under the daemon's name.
fn config(world: &World) -> Result<Config> {
    let door = world.asterisk.door();
    let url = format!("http://127.0.0.1:{}", door.http_port);
    let mut config = Config::new(&url, door.user.clone(), door.password.clone().into(), "evatel")?;
    config.leftovers = Leftovers::HandOver;
    Ok(config)
}
