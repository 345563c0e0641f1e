//! Whole calls: the call task, scripted engines, and an office in memory.

use std::{future::ready, sync::Arc, time::Duration};

use evatel_ari::{
    Ari, Switch,
    call::{KeepRules, Keeper, Settings, Skilled, Stop, TakenOver, run_calls},
    client::ConnectionState,
    sim::{Asterisk, Came, Fault, Peer},
};
use evatel_core::{
    account::Language,
    did::DidStatus,
    directory::{Directory, Unserved},
    intent::Intent,
};
use evatel_voice::{
    agent::{Engines, Recognition},
    brain::{Brain, Thinking, Turn, Understood},
    catalogue::Catalogue,
    frame::{Clip, Frame8k},
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    scripted::{Line, ScriptedSynthesizer, ScriptedTranscriber},
    synth::tone,
    transcribe::{self, Overload, Session, Transcriber},
    vad::VadConfig,
};
use tokio::task::JoinHandle;
use tokio_util::sync::DropGuard;

use crate::{
    house::{self, Memory},
    support::{APP, connected, soon},
};

/// A daemon's part: calls are run until it is dropped.
pub(crate) struct Daemon {
    ari: Ari,
    pub(crate) asterisk: Asterisk,
    pub(crate) office: Arc<Memory>,
    calls: JoinHandle<()>,
    stop: DropGuard,
    folder: tempfile::TempDir,
    keeping: std::thread::JoinHandle<()>,
}

/// What a daemon begins with.
struct Beginning {
    taken: TakenOver,
    silent_trunk: Duration,
    office: Arc<Memory>,
    recognition: Option<Recognition>,
    skilled: Skilled,
    redact: bool,
}

impl Beginning {
    fn of(office: Arc<Memory>) -> Self {
        Self {
            taken: TakenOver::default(),
            // No test waits so long.
            silent_trunk: Duration::from_secs(25),
            office,
            recognition: None,
            skilled: Skilled::default(),
            redact: false,
        }
    }
}

impl Daemon {
    pub(crate) async fn start(recognition: Option<Recognition>, records_calls: bool) -> Self {
        Self::start_in(Memory::new(records_calls), recognition).await
    }

    pub(crate) async fn start_in(office: Arc<Memory>, recognition: Option<Recognition>) -> Self {
        Self::begin(Beginning {
            recognition,
            ..Beginning::of(office)
        })
        .await
    }

    /// Starts where numbers, keys and phones are left out of what calls leave.
    pub(crate) async fn start_redacting(recognition: Recognition) -> Self {
        Self::begin(Beginning {
            recognition: Some(recognition),
            redact: true,
            ..Beginning::of(Memory::new(false))
        })
        .await
    }

    pub(crate) async fn start_with(
        silent_trunk: Duration,
        office: Arc<Memory>,
        recognition: Option<Recognition>,
    ) -> Self {
        Self::begin(Beginning {
            silent_trunk,
            recognition,
            ..Beginning::of(office)
        })
        .await
    }

    /// Starts with skills.
    pub(crate) async fn start_skilled(skilled: Skilled) -> Self {
        Self::begin(Beginning {
            skilled,
            ..Beginning::of(Memory::new(false))
        })
        .await
    }

    /// Starts where another daemon was.
    pub(crate) async fn start_taken(taken: TakenOver, office: Arc<Memory>) -> Self {
        Self::begin(Beginning {
            taken,
            ..Beginning::of(office)
        })
        .await
    }

    async fn begin(beginning: Beginning) -> Self {
        let Beginning {
            taken,
            silent_trunk,
            office,
            recognition,
            skilled,
            redact,
        } = beginning;
        let (asterisk, ari, offers) = connected().await;
        let (switch, offers) = Switch::new(ari.clone(), offers);
        let folder = tempfile::tempdir().unwrap();
        let (keeper, keeping) = Keeper::start(KeepRules {
            folder: folder.path().join("calls"),
            events: true,
            transcript: true,
            sound: true,
            longest_sound: Duration::from_secs(60),
            redact,
        })
        .unwrap();
        let settings = Settings {
            dialogues: Arc::default(),
            greetings: Arc::default(),
            sounds: Arc::default(),
            keeper: Some(keeper),
            catalogue: Arc::new(Catalogue::new()),
            engines: Engines {
                recognition,
                voice: Arc::new(ScriptedSynthesizer::default()),
                vad: VadConfig::level_only().into(),
            },
            recordings_dir: folder.path().to_owned(),
            ring_timeout: Duration::from_secs(25),
            silent_trunk,
            skilled,
        };
        let stop = Stop::default();
        let running = run_calls(
            offers,
            taken,
            Arc::new(switch),
            settings,
            office.clone(),
            stop.clone(),
        );
        Self {
            ari,
            asterisk,
            office,
            calls: tokio::spawn(running),
            stop: stop.drain.drop_guard(),
            folder,
            keeping,
        }
    }

    pub(crate) fn call_in(&self, id: &str, called: &str) {
        self.asterisk
            .offer(id, "4385550100", APP, &["trunk", "t", called]);
    }

    /// The caller comes in, hears the first words and says a name.
    pub(crate) async fn named(&self) -> Peer {
        self.call_in("1700.1", "5145550199");
        let mut caller = self.asterisk.next_media().await;
        hears(&mut caller).await;
        says_a_name(&caller).await;
        caller
    }

    /// The same, and the telephone is dialled: its leg is given.
    async fn announced_by_name(&self) -> (Peer, String) {
        let caller = self.named().await;
        let leg = self.dialled().await;
        (caller, leg)
    }

    pub(crate) async fn dialled(&self) -> String {
        let asked = self.asterisk.asked("POST", "/channels/evatel_leg-*").await;
        asked.path.trim_start_matches("/channels/").to_owned()
    }

    /// Lets the calls come to their end and looks that nothing is left.
    pub(crate) async fn over(self) -> Vec<String> {
        self.left().await.0
    }

    /// The same, and gives the folder of what the calls left.
    pub(crate) async fn left(self) -> (Vec<String>, tempfile::TempDir) {
        drop(self.stop);
        soon("the end of the call", self.calls).await.unwrap();
        for id in self.asterisk.channels() {
            self.asterisk.ended(&id).await;
        }
        assert!(
            self.asterisk.bridges().is_empty(),
            "{:?}",
            self.asterisk.bridges()
        );
        assert_eq!(self.office.places().1, 0, "a place in the ledger is still held");
        // Nobody has a copy of the keeper any more: it ends once all is written.
        let keeping = self.keeping;
        let kept = tokio::task::spawn_blocking(move || keeping.join().unwrap());
        soon("what the calls leave", kept).await.unwrap();
        (self.office.story(), self.folder)
    }
}

pub(crate) async fn hears(peer: &mut Peer) {
    loop {
        match soon("sound", peer.next()).await {
            Some(Came::Sound(_)) => return,
            Some(_) => {}
            None => panic!("the media connection ended"),
        }
    }
}

/// Waits until nothing was heard for half a second.
pub(crate) async fn hears_the_end(peer: &mut Peer) {
    while let Ok(came) = tokio::time::timeout(Duration::from_millis(500), peer.next()).await {
        assert!(came.is_some(), "the media connection ended");
    }
}

/// 200 ms of silence, 900 ms of voice, a second of silence: as long as it takes to say a name.
pub(crate) async fn says_a_name(peer: &Peer) {
    let voice = tone::sine(500.0, -12.0).take(45);
    let frames: Vec<Frame8k> = std::iter::repeat_n(Frame8k::SILENCE, 10)
        .chain(voice)
        .chain(std::iter::repeat_n(Frame8k::SILENCE, 50))
        .collect();
    sends(peer, &frames).await;
}

/// Sends these frames, each at its time.
pub(crate) async fn sends(peer: &Peer, frames: &[Frame8k]) {
    let clip = Clip::from_frames(frames);
    let bytes: Vec<u8> = clip
        .samples()
        .iter()
        .flat_map(|sample| sample.to_le_bytes())
        .collect();
    peer.say_paced(&bytes).await;
}

/// Says whether these beginnings of lines stand in the story in this order.
pub(crate) fn in_order(story: &[String], wanted: &[&str]) {
    let mut lines = story.iter();
    for front in wanted {
        assert!(
            lines.any(|line| line.starts_with(front)),
            "`{front}` is missing or out of order in {story:#?}"
        );
    }
}

#[tokio::test]
async fn a_caller_is_greeted_announced_by_name_and_joined_with_the_owner() {
    let daemon = Daemon::start(None, true).await;
    let (_caller, leg) = daemon.announced_by_name().await;
    let asked = daemon.asterisk.asked("POST", &format!("/channels/{leg}")).await;
    assert_eq!(asked.param("endpoint"), "PJSIP/phone");
    assert_eq!(daemon.office.places(), (1, 1));
    daemon.asterisk.rings(&leg);
    daemon.asterisk.answers(&leg);
    let mut callee = daemon.asterisk.next_media().await;
    hears(&mut callee).await;
    daemon.asterisk.presses(&leg, '1');
    daemon.office.told("system: bridged").await;
    let bridges = daemon.asterisk.bridges();
    assert_eq!(bridges.len(), 1, "{bridges:?}");
    assert_eq!(bridges[0].1, ["1700.1".to_owned(), leg.clone()]);
    assert_eq!(daemon.office.places(), (1, 1));

    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.asterisk.ended(&leg).await;
    let folder = daemon.folder.path().to_owned();
    let kept = folder.join("1700.1-call.wav");
    daemon.office.told("recorded").await;
    assert_eq!(std::fs::read(kept).unwrap(), evatel_ari::sim::RECORDING);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "began 1700.1 Inbound to +15145550199 by caller: Allow smart-number",
            "answered 1700.1",
            "assistant: to caller: Bonjour. Vous êtes bien chez Luc Roy.",
            &format!("began {leg} Outbound to phone by rule:luc: Allow"),
            "system: allow",
            "assistant: to caller: Un instant, je joins Luc Roy.",
            &format!("answered {leg}"),
            "assistant: to callee: Un appel de (the recorded name)",
            "system: bridged",
            &format!("ended {leg} Normal"),
            "recorded",
            "ended 1700.1 Normal",
        ],
    );
    let ends = story.iter().filter(|line| line.starts_with("ended")).count();
    assert_eq!(ends, 2, "{story:#?}");
}

#[tokio::test]
async fn the_caller_of_an_unassigned_number_is_refused_before_an_answer() {
    let daemon = Daemon::start(None, false).await;
    daemon.call_in("1700.1", "5145550142");
    let ended = daemon.asterisk.asked("DELETE", "/channels/1700.1").await;
    assert_eq!(ended.param("reason_code"), "1");
    let asked = daemon.asterisk.requests();
    assert!(!asked.iter().any(|asked| asked.path.ends_with("/answer")));
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "began 1700.1 Inbound to +15145550142 by caller: Deny unassigned-number",
            "ended 1700.1 UnallocatedNumber",
        ],
    );
}

#[tokio::test]
async fn the_caller_of_a_number_that_rests_is_refused_as_at_nobodys_and_the_log_says_why() {
    for (status, rule) in [
        (DidStatus::Quarantined, "number-rests"),
        (DidStatus::Reserved, "number-reserved"),
        (DidStatus::Suspended, "number-suspended"),
        (DidStatus::PortInPending, "number-not-here-yet"),
        (DidStatus::Available, "unassigned-number"),
    ] {
        let daemon = Daemon::start(None, false).await;
        daemon.office.set_unserved(Unserved::OutOfService {
            status: Some(status),
            account: None,
        });
        daemon.call_in("1700.1", "5145550142");
        let ended = daemon.asterisk.asked("DELETE", "/channels/1700.1").await;
        assert_eq!(ended.param("reason_code"), "1", "{status}");
        let asked = daemon.asterisk.requests();
        assert!(!asked.iter().any(|asked| asked.path.ends_with("/answer")));
        let story = daemon.over().await;
        let began = format!("began 1700.1 Inbound to +15145550142 by caller: Deny {rule}");
        in_order(&story, &[&began, "ended 1700.1 UnallocatedNumber"]);
    }
}

#[tokio::test]
async fn a_number_that_comes_into_service_with_its_first_call_is_answered_by_it() {
    let daemon = Daemon::start(None, false).await;
    let mut records = house::records(false);
    records.dids[0].number = "+15145550142".parse().unwrap();
    daemon
        .office
        .set_unserved(Unserved::InService(Arc::new(Directory::new(records, 2).unwrap())));
    daemon.call_in("1700.1", "5145550142");
    daemon.asterisk.asked("POST", "/channels/1700.1/answer").await;
    daemon.office.told("assistant: to caller: Bonjour").await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "began 1700.1 Inbound to +15145550142 by caller: Allow smart-number",
            "answered 1700.1",
            "assistant: to caller: Bonjour. Vous êtes bien chez Luc Roy.",
        ],
    );
}

#[tokio::test]
async fn a_telephone_that_dials_outside_is_answered_when_the_far_end_is() {
    let daemon = Daemon::start(None, false).await;
    let asterisk = &daemon.asterisk;
    asterisk.offer("1700.1", "phone", APP, &["device", "phone", "5145550142"]);
    let leg = daemon.dialled().await;
    let asked = asterisk.asked("POST", &format!("/channels/{leg}")).await;
    assert_eq!(asked.param("endpoint"), "PJSIP/5145550142@t");
    // Outside, the account's own number is shown as the trunk writes it, not the telephone's.
    assert_eq!(asked.param("callerId"), "\"\" <5145550199>");
    asterisk.rings(&leg);
    asterisk.asked("POST", "/channels/1700.1/ring").await;
    let asked = asterisk.requests();
    assert!(!asked.iter().any(|asked| asked.path == "/channels/1700.1/answer"));
    asterisk.answers(&leg);
    daemon.office.told("system: bridged").await;
    asterisk.asked("POST", "/channels/1700.1/answer").await;
    asterisk.hangs_up(&leg, 16);
    asterisk.ended("1700.1").await;
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "began 1700.1 Inbound to 5145550142 by device:phone:",
            &format!("began {leg} Outbound to +15145550142 by device:phone: Allow"),
            "system: bridged",
            &format!("ended {leg} Normal"),
            "ended 1700.1 Normal",
        ],
    );
}

#[tokio::test]
async fn a_leg_is_dialled_only_once_its_entry_is_on_the_disk() {
    let daemon = Daemon::start(None, false).await;
    daemon.office.disk_writes(false);
    daemon
        .asterisk
        .offer("1700.1", "phone", APP, &["device", "phone", "5145550142"]);
    daemon.office.told("the disk is waited for").await;
    let asked = daemon.asterisk.requests();
    assert!(
        !asked.iter().any(|asked| asked.path.contains("evatel_leg-")),
        "{asked:?}"
    );
    in_order(
        &daemon.office.story(),
        &["began 1700.1", "began evatel_leg-", "the disk is waited for"],
    );
    daemon.office.disk_writes(true);
    let leg = daemon.dialled().await;
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.asterisk.ended(&leg).await;
    daemon.over().await;
}

#[tokio::test]
async fn two_calls_at_once_do_not_mix() {
    let daemon = Daemon::start(None, false).await;
    let asterisk = &daemon.asterisk;
    asterisk.offer("1700.1", "phone", APP, &["device", "phone", "5145550142"]);
    let first = daemon.dialled().await;
    daemon.call_in("1700.2", "5145550142");
    asterisk.ended("1700.2").await;
    assert!(asterisk.channels().contains(&first));
    asterisk.hangs_up("1700.1", 16);
    asterisk.ended(&first).await;
    let story = daemon.over().await;
    assert!(
        story.contains(&"ended 1700.2 UnallocatedNumber".to_owned()),
        "{story:#?}"
    );
    assert!(story.contains(&"ended 1700.1 Normal".to_owned()), "{story:#?}");
}

#[tokio::test]
async fn a_lost_connection_to_the_switch_ends_no_call() {
    let daemon = Daemon::start(None, false).await;
    let (_caller, leg) = daemon.announced_by_name().await;
    let mut state = daemon.ari.state();
    daemon.asterisk.inject(Fault::EventsRefused);
    daemon.asterisk.drop_events();
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { attempt: 2.. }));
    soon("the loss", lost).await.unwrap();
    daemon.asterisk.heal(&Fault::EventsRefused);
    let back = state.wait_for(|state| *state == ConnectionState::Connected);
    soon("the connection", back).await.unwrap();
    assert!(daemon.asterisk.channels().contains(&leg));
    daemon.asterisk.answers(&leg);
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon.asterisk.presses(&leg, '1');
    daemon.office.told("system: bridged").await;
    daemon.asterisk.hangs_up(&leg, 16);
    daemon.asterisk.ended("1700.1").await;
    daemon.over().await;
}

#[tokio::test]
async fn an_owner_who_answers_while_nobody_listens_is_lost_and_the_caller_may_leave_a_message() {
    let daemon = Daemon::start(None, false).await;
    let (_caller, leg) = daemon.announced_by_name().await;
    let mut state = daemon.ari.state();
    daemon.asterisk.inject(Fault::EventsRefused);
    daemon.asterisk.drop_events();
    let lost = state.wait_for(|state| matches!(state, ConnectionState::Reconnecting { .. }));
    soon("the loss", lost).await.unwrap();
    daemon.asterisk.answers(&leg);
    // Asterisk has no application to give the answered leg to, and hangs it up.
    daemon.asterisk.ended(&leg).await;
    daemon.asterisk.heal(&Fault::EventsRefused);
    daemon.office.told(&format!("ended {leg}")).await;
    daemon.asterisk.presses("1700.1", '1');
    daemon.office.told("caller: key 1").await;
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.over().await;
}

#[tokio::test]
async fn a_caller_who_hangs_up_while_the_owner_is_rung_takes_the_ringing_back() {
    let daemon = Daemon::start(None, false).await;
    let (_caller, leg) = daemon.announced_by_name().await;
    daemon.asterisk.rings(&leg);
    daemon.asterisk.hangs_up("1700.1", 16);
    daemon.asterisk.ended(&leg).await;
    let story = daemon.over().await;
    in_order(
        &story,
        &[&format!("began {leg}"), &format!("ended {leg}"), "ended 1700.1"],
    );
}

#[tokio::test]
async fn an_owner_without_telephone_leaves_the_caller_the_choice_of_a_message() {
    let daemon = Daemon::start(None, false).await;
    daemon.asterisk.inject(Fault::Unreachable("PJSIP/phone".into()));
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    says_a_name(&caller).await;
    daemon.office.told("ended evatel_leg-").await;
    daemon.asterisk.presses("1700.1", '1');
    daemon.office.told("caller: key 1").await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    assert!(
        story
            .iter()
            .any(|line| line.starts_with("ended evatel_leg-") && line.ends_with("Absent"))
    );
}

#[tokio::test]
async fn sound_that_breaks_is_opened_again_and_the_call_goes_on_from_there() {
    let daemon = Daemon::start(None, false).await;
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    caller.cut();
    // The greeting again, and his name is heard over the new connection.
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    daemon
        .office
        .told("system: the sound of the caller broke and is back")
        .await;
    says_a_name(&caller).await;
    let leg = daemon.dialled().await;
    daemon.asterisk.answers(&leg);
    let mut callee = daemon.asterisk.next_media().await;
    hears(&mut callee).await;
    callee.cut();
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon
        .office
        .told("system: the sound of the callee broke and is back")
        .await;
    daemon.asterisk.presses(&leg, '1');
    daemon.office.told("system: bridged").await;
    let bridges = daemon.asterisk.bridges();
    assert_eq!(bridges.len(), 1, "{bridges:?}");
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(
        &story,
        &["answered 1700.1", "system: bridged", "ended 1700.1 Normal"],
    );
}

#[tokio::test]
async fn a_call_whose_sound_cannot_be_opened_again_ends_and_does_not_hang_in_silence() {
    let daemon = Daemon::start(None, false).await;
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    daemon.asterisk.inject(Fault::Refused {
        method: "POST".into(),
        path: "/channels/externalMedia".into(),
        status: 500,
        message: "Allocation failed".into(),
    });
    caller.cut();
    daemon.asterisk.ended("1700.1").await;
    let tries = daemon.asterisk.requests();
    let tries = tries
        .iter()
        .filter(|asked| asked.path == "/channels/externalMedia");
    assert_eq!(tries.count(), 5, "the first, and four to open it again");
    let story = daemon.over().await;
    in_order(
        &story,
        &[
            "answered 1700.1",
            "system: the sound of the caller broke for good",
            "ended 1700.1 TemporaryFailure",
        ],
    );
}

#[tokio::test]
async fn a_caller_who_hangs_up_while_his_sound_is_opened_again_is_not_waited_for() {
    let daemon = Daemon::start(None, false).await;
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    let stalled = Fault::MediaStalled;
    daemon.asterisk.inject(stalled.clone());
    caller.cut();
    daemon.asterisk.next_media().await;
    daemon.asterisk.hangs_up("1700.1", 16);
    let story = daemon.over().await;
    in_order(&story, &["answered 1700.1", "ended 1700.1 Normal"]);
}

#[tokio::test]
async fn a_message_is_kept_as_a_file() {
    let daemon = Daemon::start(None, false).await;
    daemon.asterisk.inject(Fault::Unreachable("PJSIP/phone".into()));
    daemon.call_in("1700.1", "5145550199");
    let mut caller = daemon.asterisk.next_media().await;
    hears(&mut caller).await;
    says_a_name(&caller).await;
    daemon.office.told("ended evatel_leg-").await;
    daemon.asterisk.presses("1700.1", '1');
    daemon.office.told("assistant: to caller: Laissez").await;
    // The beep comes last: what follows the flush of the menu and the whole prompt is the message.
    hears_the_end(&mut caller).await;
    says_a_name(&caller).await;
    daemon.asterisk.presses("1700.1", '#');
    daemon.office.told("system: message kept").await;
    let file = std::fs::read(daemon.folder.path().join("1700.1-message.wav")).unwrap();
    assert_eq!(&file[..4], b"RIFF");
    // 900 ms of voice, 8,000 samples of two bytes a second.
    assert!((12_000..24_000).contains(&file.len()), "{} bytes", file.len());
    daemon.asterisk.ended("1700.1").await;
    daemon.over().await;
}

#[tokio::test]
async fn an_ear_that_fails_leaves_the_keys() {
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let grammar = Grammar::load(Arc::new(Lexicon::new(phones))).await.unwrap();
    let transcriber = ScriptedTranscriber::new([Line::Fails("worker died".into())]);
    let recognition = Recognition::with_grammar(Arc::new(transcriber), Arc::new(grammar));
    let daemon = Daemon::start(Some(recognition), false).await;
    let (_caller, leg) = daemon.announced_by_name().await;
    daemon.office.told("system: the ear of the caller failed").await;
    daemon.asterisk.answers(&leg);
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon.asterisk.presses(&leg, '1');
    daemon.office.told("system: bridged").await;
    daemon.asterisk.hangs_up(&leg, 16);
    daemon.over().await;
}

/// A recogniser that has no room for one more call.
#[derive(Debug)]
struct Full;

impl Transcriber for Full {
    fn open(&self, _: Language) -> Result<Session, transcribe::Error> {
        panic!("a call without a seat is not heard")
    }

    fn admit(&self, _: Language) -> Result<(), transcribe::Error> {
        Err(transcribe::Error::Overloaded(Overload::Full { calls: 64 }))
    }
}

#[tokio::test]
async fn a_call_that_is_one_too_many_for_the_recogniser_has_the_keys_from_its_first_question() {
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let grammar = Grammar::load(Arc::new(Lexicon::new(phones))).await.unwrap();
    let recognition = Recognition::with_grammar(Arc::new(Full), Arc::new(grammar));
    let daemon = Daemon::start(Some(recognition), false).await;
    let (_caller, leg) = daemon.announced_by_name().await;
    daemon.office.told("system: the ear of the caller failed").await;
    daemon.asterisk.answers(&leg);
    hears(&mut daemon.asterisk.next_media().await).await;
    daemon.asterisk.presses(&leg, '1');
    daemon.office.told("system: bridged").await;
    daemon.asterisk.hangs_up(&leg, 16);
    daemon.over().await;
}

/// A brain that does what the worst of callers would like: a model whose head was turned.
#[derive(Debug)]
struct Obedient(Intent);

impl Brain for Obedient {
    fn think(self: Arc<Self>, _: Turn) -> Thinking {
        Box::pin(ready(Ok(Understood {
            intent: self.0.clone(),
            score: None,
            heard: "a".to_owned(),
            words: Vec::new(),
            remarks: Vec::new(),
        })))
    }
}

#[tokio::test]
async fn a_brain_that_obeys_a_stranger_dials_nothing_and_the_story_tells_it() {
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let lexicon = Arc::new(Lexicon::new(phones));
    for (intent, told) in [
        (
            Intent::CallEmergency,
            "system: the brain proposed `call-emergency`, which is no answer here",
        ),
        (
            Intent::CallContact("nobodys".parse().unwrap()),
            "system: the brain proposed `call-contact`, which is no answer here",
        ),
        (
            Intent::CallContact("marie".parse().unwrap()),
            "system: deny +15145550142 by caller-has-no-authority",
        ),
    ] {
        let recognition = Recognition {
            transcriber: Arc::new(ScriptedTranscriber::hearing(["a", "a", "a"])),
            brain: Arc::new(Obedient(intent)),
            lexicon: lexicon.clone(),
        };
        let daemon = Daemon::start(Some(recognition), false).await;
        let _caller = daemon.named().await;
        daemon.office.told(told).await;
        let dialled = daemon.asterisk.requests();
        let dialled = dialled.iter().filter(|asked| {
            asked.param("endpoint").contains("5145550142") || asked.param("endpoint").contains("911")
        });
        assert_eq!(dialled.count(), 0);
        daemon.asterisk.hangs_up("1700.1", 16);
        daemon.over().await;
    }
}
