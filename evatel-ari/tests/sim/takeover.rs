//! A daemon dies, or another takes its application's name; the next one takes its calls over.

use std::sync::Arc;

use evatel_ari::{
    Ari, Switch,
    call::{DEFAULT_SILENT_TRUNK, Settings, Skilled, Stop, TakenOver, run_calls, take_over},
    client::ConnectionState,
    config::Leftovers,
    sim::{Asterisk, Peer, RECORDING},
};
use evatel_core::flow::DEFAULT_RING_TIMEOUT;
use evatel_voice::{agent::Engines, catalogue::Catalogue, scripted::ScriptedSynthesizer, vad::VadConfig};
use tokio::{runtime::Runtime, task::JoinHandle};

use crate::{
    call::{hears, says_a_name},
    house::Memory,
    support::{APP, soon},
};

/// What outlives daemons: the switch, the store, the folder of recordings.
struct House {
    asterisk: Asterisk,
    folder: tempfile::TempDir,
    office: Arc<Memory>,
}

/// A daemon in a runtime of its own, so that it can die as a process does: at once, and with no last word.
struct Daemon {
    ari: Ari,
    calls: JoinHandle<()>,
    runtime: Option<Runtime>,
    stop: Stop,
    /// How many calls it took over: those that go on, and those that begin again.
    taken: (usize, usize),
}

impl House {
    async fn new(records_calls: bool) -> Self {
        Self {
            asterisk: Asterisk::start().await.unwrap(),
            folder: tempfile::tempdir().unwrap(),
            office: Memory::new(records_calls),
        }
    }

    async fn daemon(&self) -> Daemon {
        let mut config = self.asterisk.config(APP);
        config.leftovers = Leftovers::HandOver;
        let settings = Settings {
            dialogues: Arc::default(),
            greetings: Arc::default(),
            sounds: Arc::default(),
            catalogue: Arc::new(Catalogue::new()),
            engines: Engines {
                recognition: None,
                voice: Arc::new(ScriptedSynthesizer::default()),
                vad: VadConfig::level_only().into(),
            },
            recordings_dir: self.folder.path().to_owned(),
            ring_timeout: DEFAULT_RING_TIMEOUT,
            silent_trunk: DEFAULT_SILENT_TRUNK,
            skilled: Skilled::default(),
            keeper: None,
        };
        let (office, stop) = (self.office.clone(), Stop::default());
        let runtime = Runtime::new().unwrap();
        let stopped = stop.clone();
        let started = runtime.spawn(async move {
            let (ari, offers) = Ari::connect(config).await.unwrap();
            let (switch, offers) = Switch::new(ari.clone(), offers);
            let taken: TakenOver = take_over(&office.open(), &switch, office.as_ref()).await;
            office.keep(&taken.places());
            let counts = (taken.going(), taken.again());
            let calls = tokio::spawn(run_calls(
                offers,
                taken,
                Arc::new(switch),
                settings,
                office,
                stopped,
            ));
            (ari, calls, counts)
        });
        let (ari, calls, taken) = soon("the daemon", started).await.unwrap();
        Daemon {
            ari,
            calls,
            runtime: Some(runtime),
            stop,
            taken,
        }
    }

    /// A caller comes in and is spoken to.
    async fn greeted(&self) -> Peer {
        self.asterisk
            .offer("1700.1", "4385550100", APP, &["trunk", "t", "5145550199"]);
        let mut caller = self.asterisk.next_media().await;
        hears(&mut caller).await;
        caller
    }

    /// A telephone dials outside, and the far end rings: its leg is given.
    async fn rung(&self) -> String {
        self.asterisk
            .offer("1700.1", "phone", APP, &["device", "phone", "5145550142"]);
        let asked = self.asterisk.asked("POST", "/channels/evatel_leg-*").await;
        let leg = asked.path.trim_start_matches("/channels/").to_owned();
        self.asterisk.rings(&leg);
        leg
    }

    /// The same, and the far end answers.
    async fn joined(&self) -> String {
        let leg = self.rung().await;
        self.asterisk.answers(&leg);
        self.office.told("system: bridged").await;
        leg
    }

    /// A caller says his name, and the owner takes the call.
    async fn announced(&self) -> String {
        let caller = self.greeted().await;
        says_a_name(&caller).await;
        let asked = self.asterisk.asked("POST", "/channels/evatel_leg-*").await;
        let leg = asked.path.trim_start_matches("/channels/").to_owned();
        self.asterisk.rings(&leg);
        self.asterisk.answers(&leg);
        hears(&mut self.asterisk.next_media().await).await;
        self.asterisk.presses(&leg, '1');
        self.office.told("system: bridged").await;
        leg
    }

    fn lines(&self, front: &str) -> Vec<String> {
        let story = self.office.story();
        story.into_iter().filter(|line| line.starts_with(front)).collect()
    }

    /// Nothing is left: no channel, no bridge, no open entry, no place.
    async fn is_empty(&self, mut daemon: Daemon) {
        daemon.stop.drain.cancel();
        soon("the end of the calls", &mut daemon.calls).await.unwrap();
        for id in self.asterisk.channels() {
            self.asterisk.ended(&id).await;
        }
        assert_eq!(self.asterisk.bridges(), []);
        assert!(self.office.open().is_empty(), "{:#?}", self.office.open());
        assert_eq!(self.office.places().1, 0);
    }
}

impl Daemon {
    /// Kills it: its sockets close, and it says nothing any more.
    async fn dies(mut self, house: &House) {
        let closed = house.asterisk.closed(APP);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
        closed.await;
    }

    /// Another program takes the application's name.
    async fn is_displaced(&mut self, house: &House) -> Ari {
        let mut config = house.asterisk.config(APP);
        config.leftovers = Leftovers::HandOver;
        let (other, _) = Ari::connect(config).await.unwrap();
        let mut state = self.ari.state();
        let replaced = state.wait_for(|state| *state == ConnectionState::Replaced);
        soon("the replacement", replaced).await.unwrap();
        soon("the end of the calls", &mut self.calls).await.unwrap();
        other
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_are_joined_talk_on_under_the_next_daemon_until_one_hangs_up() {
    for (leaves, ends) in [("caller", "callee"), ("callee", "caller")] {
        let house = House::new(false).await;
        let first = house.daemon().await;
        let leg = house.joined().await;
        let place = house.asterisk.variable(&leg, "EVATEL_PLACE");
        assert_eq!(place.as_deref(), Some("place-1"));
        let bridges = house.asterisk.bridges();
        first.dies(&house).await;

        let next = house.daemon().await;
        assert_eq!(next.taken, (1, 0));
        assert_eq!(house.asterisk.bridges(), bridges);
        assert_eq!(house.office.places(), (1, 1));
        let legs = |who: &str| if who == "caller" { "1700.1" } else { leg.as_str() }.to_owned();
        house.asterisk.hangs_up(&legs(leaves), 16);
        house.asterisk.ended(&legs(ends)).await;
        house.is_empty(next).await;
        assert_eq!(house.lines("began").len(), 2);
        for leg in ["1700.1", &leg] {
            assert_eq!(
                house.lines(&format!("ended {leg}")),
                [format!("ended {leg} Normal")]
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_goes_on_and_is_kept_and_so_is_one_whose_call_ended_meanwhile() {
    for hangs_up_meanwhile in [false, true] {
        let house = House::new(true).await;
        let first = house.daemon().await;
        let leg = house.announced().await;
        first.dies(&house).await;
        if hangs_up_meanwhile {
            let (bridge, _) = house.asterisk.bridges().remove(0);
            let call = bridge.trim_start_matches("evatel_joined-").to_owned();
            let name = format!("evatel_recording-{call}");
            house.asterisk.hangs_up("1700.1", 16);
            house.asterisk.hangs_up(&leg, 16);
            house.asterisk.finishes_recording(&name);
        }
        let next = house.daemon().await;
        if !hangs_up_meanwhile {
            assert_eq!(next.taken, (1, 0));
            house.asterisk.hangs_up("1700.1", 16);
        }
        house.office.told("recorded").await;
        let kept = std::fs::read(house.folder.path().join("1700.1-call.wav")).unwrap();
        assert_eq!(kept, RECORDING);
        house.is_empty(next).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_was_spoken_to_is_greeted_again_in_the_same_call() {
    let house = House::new(false).await;
    let first = house.daemon().await;
    let caller = house.greeted().await;
    first.dies(&house).await;
    drop(caller);

    let next = house.daemon().await;
    assert_eq!(next.taken, (0, 1));
    hears(&mut house.asterisk.next_media().await).await;
    assert_eq!(house.lines("began").len(), 1);
    assert_eq!(house.lines("system: the daemon was restarted").len(), 1);
    house.asterisk.hangs_up("1700.1", 16);
    house.is_empty(next).await;
    assert_eq!(house.lines("ended"), ["ended 1700.1 Normal"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_telephone_that_rang_is_rung_anew_and_counted_once() {
    let house = House::new(false).await;
    let first = house.daemon().await;
    let leg = house.rung().await;
    first.dies(&house).await;

    let next = house.daemon().await;
    assert_eq!(next.taken, (0, 1));
    house.asterisk.ended(&leg).await;
    let anew = || {
        house
            .asterisk
            .channels()
            .into_iter()
            .find(|id| id.starts_with("evatel_leg"))
    };
    house.office.told("system: the daemon was restarted").await;
    while house.lines("began evatel_leg").len() < 2 || anew().is_none() {
        tokio::task::yield_now().await;
    }
    assert_eq!(house.office.places(), (2, 1));
    let anew = anew().unwrap();
    assert_ne!(anew, leg);
    house.asterisk.hangs_up("1700.1", 16);
    house.asterisk.ended(&anew).await;
    house.is_empty(next).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hung_up_while_no_daemon_was_there_is_closed_in_the_log_and_leaves_nobody_alone() {
    let house = House::new(false).await;
    let first = house.daemon().await;
    let leg = house.joined().await;
    first.dies(&house).await;
    house.asterisk.hangs_up(&leg, 16);

    let next = house.daemon().await;
    assert_eq!(next.taken, (0, 0));
    house.asterisk.ended("1700.1").await;
    house.is_empty(next).await;
    assert_eq!(house.lines("ended").len(), 2);
    assert!(house.lines("ended").iter().all(|line| line.ends_with("Normal")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leg_of_ours_that_is_answered_after_it_was_given_up_is_ended_and_is_no_call() {
    let house = House::new(false).await;
    let daemon = house.daemon().await;
    house.asterisk.offer("evatel_leg-late", "", APP, &["dialled"]);
    house.asterisk.ended("evatel_leg-late").await;
    house.is_empty(daemon).await;
    assert_eq!(house.office.story(), [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_displaced_daemon_sends_on_whom_it_spoke_to_and_leaves_those_who_are_joined() {
    let house = House::new(false).await;
    let mut first = house.daemon().await;
    let _caller = house.greeted().await;
    let other = first.is_displaced(&house).await;
    house.asterisk.asked("POST", "/channels/1700.1/continue").await;
    assert_eq!(house.lines("ended"), ["ended 1700.1 TemporaryFailure"]);
    drop(other);

    let house = House::new(false).await;
    let mut first = house.daemon().await;
    let leg = house.joined().await;
    let other = first.is_displaced(&house).await;
    assert_eq!(house.asterisk.channels(), ["1700.1", &leg]);
    drop((first, other));
    house.asterisk.closed(APP).await;
    let next = house.daemon().await;
    assert_eq!(next.taken, (1, 0));
    house.asterisk.hangs_up(&leg, 16);
    house.asterisk.ended("1700.1").await;
    house.is_empty(next).await;
}
