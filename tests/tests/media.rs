//! Media legs on a real Asterisk: each transport and rate gives back what was said, tells what was heard, and ends with its call.

#![allow(clippy::unwrap_used, reason = "what the tests share may panic as they do")]

mod media_line;

use std::{net::IpAddr, sync::Arc, time::Duration};

use evatel_ari::{
    ChannelId, Error, Switch,
    media::{Account, Dialect, Mark, MediaLeg, Medium, Narrow},
    op,
};
use evatel_core::{
    account::Language,
    flow::{ActionId, Expect},
    intent::Intent,
};
use evatel_tests::echo::{ECHO, KEYS};
use evatel_voice::{
    Agent, AgentCommand, AgentEvent, Band, Engines, Frame, Frame16k, Recognition,
    grammar::Grammar,
    lexicon::{Lexicon, PhoneSet},
    scripted::{ScriptedSynthesizer, SharpTranscriber},
    vad::VadConfig,
};
use tokio::time::timeout;

use self::media_line::{House, SOON, loud_frames, signal};

const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

/// Speaks two hundred frames into an echo over this medium, and expects them all back in order; `through` says what a coding makes of them.
/// Where the machine stood still and our own clock slipped, Asterisk may leave a frame out: then it speaks again.
async fn echoes<const N: usize>(house: &House, medium: Medium<N>, through: impl Fn(&mut [i16])) {
    const TRIES: usize = 3;
    let said = signal::<N>();
    let mut expected = said.clone();
    expected.iter_mut().for_each(|frame| through(&mut frame.0));
    for number in 1..=TRIES {
        let mut line = house.line(&medium, ECHO).await;
        let heard = line.echo_of(&said).await;
        let stats = line.leg.stats();
        if stats.slipped > 0 && heard.len() != expected.len() && number < TRIES {
            line.close().await;
            continue;
        }
        assert_eq!(heard.len(), expected.len(), "{medium:?} {stats:?}");
        let different = heard.iter().zip(&expected).position(|(a, b)| a != b);
        assert_eq!(different, None, "{medium:?}: the first frame that differs");
        assert_eq!(
            (stats.dropped, stats.unheard_by_ear, stats.lost),
            (0, 0, 0),
            "{stats:?}"
        );
        return line.close().await;
    }
}

fn unchanged(_: &mut [i16]) {}

#[tokio::test]
async fn a_websocket_that_we_open_gives_back_every_sample() {
    let house = House::start().await;
    echoes::<160>(&house, Medium::websocket(Dialect::Json), unchanged).await;
    echoes::<320>(&house, Medium::websocket(Dialect::Json).wide(), unchanged).await;
    echoes::<160>(&house, Medium::websocket(Dialect::PlainText), unchanged).await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_websocket_that_asterisk_opens_gives_back_every_sample() {
    let house = House::start().await;
    for dialect in [Dialect::Json, Dialect::PlainText] {
        echoes::<160>(&house, house.dialled(dialect), unchanged).await;
        echoes::<320>(&house, house.dialled::<160>(dialect).wide(), unchanged).await;
    }
    house.is_empty().await;
}

#[tokio::test]
async fn audiosocket_gives_back_every_sample() {
    let house = House::start().await;
    echoes::<160>(&house, house.audiosocket(), unchanged).await;
    echoes::<320>(&house, house.audiosocket::<160>().wide(), unchanged).await;
    house.is_empty().await;
}

#[tokio::test]
async fn rtp_gives_back_what_its_coding_leaves() {
    use audio_codec::{Decoder, Encoder, pcma, pcmu};
    let house = House::start().await;
    echoes::<160>(&house, Medium::rtp(Narrow::Slin, HERE), unchanged).await;
    echoes::<160>(&house, Medium::rtp(Narrow::Ulaw, HERE), |samples| {
        let coded = pcmu::PcmuEncoder::new().encode(samples);
        samples.copy_from_slice(&pcmu::PcmuDecoder::new().decode(&coded));
    })
    .await;
    echoes::<160>(&house, Medium::rtp(Narrow::Alaw, HERE), |samples| {
        let coded = pcma::PcmaEncoder::new().encode(samples);
        samples.copy_from_slice(&pcma::PcmaDecoder::new().decode(&coded));
    })
    .await;
    house.is_empty().await;
}

#[tokio::test]
async fn rtp_carries_wideband_both_ways_with_g722() {
    let house = House::start().await;
    let wide = Medium::rtp(Narrow::Ulaw, HERE).wide();
    let mut line = house.line(&wide, ECHO).await;
    let said = signal::<320>();
    let heard = line.echo_of(&said).await;
    let flat = |frames: &[Frame16k]| frames.iter().flat_map(|frame| frame.0).collect::<Vec<_>>();
    let found = evatel_tests::signal::find(&flat(&said[10..40]), &flat(&heard));
    assert!(found.peak > 0.9, "{found:?} {:?}", line.leg.stats());
    line.close().await;
    house.is_empty().await;
}

/// 16 kHz frames of a vowel of 500 Hz, and of a hiss of 5,600 Hz, which no telephone of 8 kHz carries.
fn vowel_with_hiss() -> impl Iterator<Item = Frame16k> {
    (0..).map(|frame| {
        let sample = |index: usize| {
            let time = (frame * 320 + index) as f32 / 16_000.0;
            let sine = |hertz: f32| (std::f32::consts::TAU * hertz * time).sin();
            ((sine(500.0) + sine(5600.0)) * 6000.0) as i16
        };
        Frame(std::array::from_fn(sample))
    })
}

#[tokio::test]
async fn an_agent_on_a_wide_leg_hears_of_a_g722_telephone_what_one_on_a_narrow_leg_does_not() {
    let house = House::start().await;
    let (ari, offers) = house.connect("telephone").await;
    let (switch, _offers) = Switch::new(ari.clone(), offers);
    let phones = PhoneSet::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../models/phones").as_ref()).unwrap();
    let grammar = Arc::new(Grammar::load(Arc::new(Lexicon::new(phones))).await.unwrap());
    let sharp = SharpTranscriber::new("w i", "n on");
    let engines = Engines {
        recognition: Some(Recognition::with_grammar(Arc::new(sharp), grammar)),
        voice: Arc::new(ScriptedSynthesizer::default()),
        vad: VadConfig::level_only().into(),
    };
    for (band, understood) in [(Band::Wide, Intent::Yes), (Band::Narrow, Intent::No)] {
        let channel = ChannelId::from(ari.mark().fresh("telephone"));
        let (telephone, line) = MediaLeg::open(channel, &Medium::g722(HERE), &ari).await.unwrap();
        let leg = telephone.channel().as_str().parse().unwrap();
        let port = switch.open_media(&leg, band).await.unwrap();
        assert_eq!(port.band(), band);
        let (agent, mut events) = Agent::start(port, engines.clone(), Language::Fr);
        let listen = AgentCommand::Listen {
            id: ActionId(1),
            expect: Expect::YesNo,
            contacts: Arc::default(),
            scene: None,
        };
        agent.send(listen).await.unwrap();
        let speaking = async {
            let silence = std::iter::repeat(Frame16k::SILENCE);
            for frame in vowel_with_hiss().take(25).chain(silence) {
                line.outgoing.send(frame).await.unwrap();
            }
        };
        let hearing = async {
            loop {
                if let AgentEvent::Heard { intent, .. } = events.recv().await.unwrap() {
                    return intent;
                }
            }
        };
        tokio::select! {
            () = speaking => {}
            intent = timeout(SOON, hearing) => assert_eq!(intent.unwrap(), understood, "{band:?}"),
        }
        drop(agent);
        switch.close_media(&leg).await.unwrap();
        house.hang_up(telephone.channel()).await;
    }
    house.is_empty().await;
}

#[tokio::test]
async fn wideband_samples_over_rtp_can_be_heard() {
    let house = House::start().await;
    let speaker = house.line(&Medium::<320>::default(), ECHO).await;
    let (ear, mut heard) = MediaLeg::listen(house.new_id(), HERE, &house.ari).await.unwrap();
    house.join(&speaker.bridge, ear.channel()).await;
    let said = signal::<320>();
    let speaking = speaker.say(&said);
    let hearing = async {
        loop {
            let frame = timeout(SOON, heard.recv()).await.unwrap().unwrap();
            if frame.level_dbfs() > -40.0 {
                return frame;
            }
        }
    };
    let (_, frame) = tokio::join!(speaking, hearing);
    assert!(frame.level_dbfs() > -40.0);
    drop(ear);
    speaker.close().await;
    house.is_empty().await;
}

#[tokio::test]
async fn a_mark_is_heard_when_all_before_it_was() {
    let house = House::start().await;
    for medium in [
        Medium::<160>::default(),
        house.audiosocket(),
        Medium::rtp(Narrow::Slin, HERE),
    ] {
        let line = house.line(&medium, ECHO).await;
        line.say(&signal()[..20]).await;
        let mark = timeout(SOON, line.leg.mark()).await.unwrap();
        assert_eq!(mark, Mark::Heard, "{medium:?}");
        let flushed = line.leg.flush().await.unwrap();
        assert_eq!((flushed.heard, flushed.thrown), (20, 0), "{medium:?} {flushed:?}");
        line.close().await;
    }
    house.is_empty().await;
}

#[tokio::test]
async fn after_a_flush_what_was_heard_is_known_to_the_frame() {
    let house = House::start().await;
    for dialect in [Dialect::Json, Dialect::PlainText] {
        let mut line = house.line(&Medium::<160>::websocket(dialect), ECHO).await;
        let (leg, mouth) = (&line.leg, &line.port.outgoing);
        let speaking = async {
            let mut flushes = 0;
            for frame in signal() {
                mouth.send(frame).await.unwrap();
                flushes += 1;
                if flushes % 20 == 0 {
                    // What is in the port goes out still, what is with Asterisk is thrown away.
                    let flushed = leg.flush().await.unwrap();
                    assert_eq!(flushed.by, Account::Asterisk);
                    assert!((1..=6).contains(&flushed.thrown), "{flushed:?}");
                }
            }
            leg.mark().await
        };
        let (mark, echoed) = tokio::join!(speaking, loud_frames(&mut line.port.incoming));
        assert_eq!(mark, Mark::Heard);
        let (heard, echoed) = (leg.flush().await.unwrap().heard, echoed.len() as u64);
        // A tick of Asterisk between the question and the flush cannot be told from one before.
        assert!(
            (heard..=heard + 1).contains(&echoed),
            "{heard} were heard, {echoed} came back"
        );
        assert_eq!(leg.stats().sent - leg.stats().flushed, heard);
        line.close().await;
    }
    house.is_empty().await;
}

#[tokio::test]
async fn a_leg_over_a_transport_without_marks_says_that_it_reckons_by_the_clock() {
    let house = House::start().await;
    let mut line = house.line(&house.audiosocket::<160>(), ECHO).await;
    line.say(&signal()[..30]).await;
    let flushed = line.leg.flush().await.unwrap();
    assert_eq!((flushed.by, flushed.thrown), (Account::Clock, 0));
    assert_eq!(line.leg.mark().await, Mark::Heard);
    assert_eq!(line.leg.flush().await.unwrap().heard, 30);
    assert_eq!(line.loud_frames().await.len(), 30);
    line.close().await;
    house.is_empty().await;
}

#[tokio::test]
async fn keys_come_over_the_medium_where_it_has_them() {
    let house = House::start().await;
    for medium in [
        Medium::<160>::default(),
        house.dialled(Dialect::PlainText),
        house.audiosocket(),
    ] {
        let line = house.line(&medium, KEYS).await;
        let mut digits = line.leg.digits();
        for expected in ['1', '2', '#'] {
            let digit = timeout(SOON, digits.recv()).await.unwrap().unwrap();
            assert_eq!(digit, expected, "{medium:?}");
        }
        line.close().await;
    }
    house.is_empty().await;
}

async fn ends_with_its_call<const N: usize>(house: &House, medium: Medium<N>) {
    // The channel is hung up.
    let mut line = house.line(&medium, ECHO).await;
    house
        .ari
        .send(op::channels::hangup(
            line.leg.channel(),
            evatel_core::calls::HangupCause::Normal,
        ))
        .await
        .unwrap();
    timeout(SOON, line.leg.ended()).await.unwrap();
    while timeout(SOON, line.port.incoming.recv()).await.unwrap().is_some() {}
    line.close().await;
    // The agent is gone.
    let line = house.line(&medium, ECHO).await;
    let id = line.leg.channel().clone();
    drop(line.port);
    timeout(SOON, line.leg.ended()).await.unwrap();
    house.gone(&id).await;
    house.ari.destroy_bridge(&line.bridge).await.unwrap();
    house.hang_up(&line.party).await;
    // The handle is dropped.
    let line = house.line(&medium, ECHO).await;
    let id = line.leg.channel().clone();
    drop(line.leg);
    house.gone(&id).await;
    house.ari.destroy_bridge(&line.bridge).await.unwrap();
    house.hang_up(&line.party).await;
    // Nobody waits for it to open any more.
    for after in [0, 1, 3, 10, 30] {
        let opening = MediaLeg::open(house.new_id(), &medium, &house.ari);
        let _ = timeout(Duration::from_millis(after), opening).await;
    }
    house.is_empty().await;
}

#[tokio::test]
async fn a_leg_ends_with_its_call_on_every_path() {
    let house = House::start().await;
    ends_with_its_call::<160>(&house, Medium::default()).await;
    ends_with_its_call::<320>(&house, house.dialled(Dialect::Json)).await;
    ends_with_its_call::<160>(&house, house.audiosocket()).await;
    ends_with_its_call::<160>(&house, Medium::rtp(Narrow::Ulaw, HERE)).await;
}

#[tokio::test]
async fn a_door_that_asterisk_does_not_reach_leaves_no_channel_behind() {
    let house = House::start().await;
    let nowhere =
        Medium::<160>::websocket_dialled(house.media_door.clone(), "no-such-section", Dialect::Json);
    let error = MediaLeg::open(house.new_id(), &nowhere, &house.ari)
        .await
        .unwrap_err();
    assert!(!matches!(error, Error::Closed), "{error}");
    house.is_empty().await;
}

#[tokio::test]
async fn a_full_queue_asks_us_to_wait_and_a_flush_lets_us_go_on() {
    use evatel_ari::media::websocket::control::{Command, Event};
    let house = House::start().await;
    let mut socket = house.bare_socket().await;
    socket.ask(Command::StartBuffering).await;
    let loud = vec![0x11; 64_000];
    for _ in 0..5 {
        socket.send(&loud).await;
    }
    socket.until(|event| *event == Event::XOff).await;
    socket.ask(Command::Flush).await;
    socket.ask(Command::ReportQueueDrained).await;
    socket.until(|event| *event == Event::XOn).await;
    socket.until(|event| *event == Event::QueueDrained).await;
    socket.ask(Command::GetStatus).await;
    socket
        .until(
            |event| matches!(event, Event::Status(status) if status.queue_length == 0 && !status.bulk_media),
        )
        .await;
    socket.close().await;
    house.is_empty().await;
}
