//! Sound to the switch and back, in the band that calls have: two media legs in one bridge, a tone in at one, out at the other.

use std::{error::Error, time::Duration};

use evatel_ari::{
    Ari, BridgeId, ChannelId, Config,
    media::{MediaLeg, Medium},
    op,
};
use evatel_provision::MediaClient;
use evatel_voice::{AudioPort, Band, Frame};

use super::{Check, Finding, chain, failure, ok, warning};
use crate::media::{Lost, Media};

/// How long the tone may take through the switch.
const LIMIT: Duration = Duration::from_secs(3);
/// The tone, in Hz, and its amplitude: -15 dBFS.
const TONE_HZ: f32 = 1_000.0;
const AMPLITUDE: f32 = 8_000.0;
/// What counts as the tone, in dBFS.
const LOUD_DBFS: f32 = -30.0;

/// How the sound goes, and by which section Asterisk finds the doctor.
struct Road {
    media: Media,
    band: Band,
    client: MediaClient,
    medium: Medium<160>,
}

/// Tries it under an application name and at a port of its own, so that a daemon at work is not displaced.
pub(super) async fn examine(
    config: &Config,
    (media, media_port, band): (Media, u16, Band),
    findings: &mut Vec<Finding>,
) {
    let client = MediaClient::of_doctor(&config.app, media_port);
    let medium = match media.open(config, &client).await {
        Ok(medium) => medium,
        Err(error) => {
            let seen = failed(media, &error);
            return findings.push(failure(Check::Audio, seen, "doctor-audio"));
        }
    };
    let road = Road {
        media,
        band,
        client,
        medium,
    };
    let mut config = config.clone();
    config.app = "evatel-doctor".into();
    findings.push(match there_and_back(config.clone(), &road).await {
        Ok(after) => ok(Check::Audio, came_back(media, after)),
        // On a machine that stood still for a moment, once is chance.
        Err(first) => match there_and_back(config, &road).await {
            Ok(after) => warning(
                Check::Audio,
                format!("{first}; then {}", came_back(media, after)),
                "doctor-audio",
            ),
            Err(again) => failure(Check::Audio, again, "doctor-audio"),
        },
    });
}

fn came_back(media: Media, after: Duration) -> String {
    format!("over `{media}` a tone came back after {} ms", after.as_millis())
}

fn failed(media: Media, error: &dyn Error) -> String {
    format!("over `{media}`: {}", chain(error))
}

/// Gives how long the tone took, or says why it did not come back.
async fn there_and_back(config: Config, road: &Road) -> Result<Duration, String> {
    let media = road.media;
    let connected = Ari::connect(config).await;
    let (ari, _offers) = connected.map_err(|error| failed(media, &error))?;
    let heard = match road.band {
        Band::Narrow => heard_again(&ari, &road.medium).await,
        Band::Wide => heard_again(&ari, &road.medium.wide()).await,
    };
    match heard {
        Ok(Some(after)) => Ok(after),
        // Where Asterisk does not find us it says no more than that nothing came.
        lost => Err(match (media.finds_us(&ari, &road.client).await, lost) {
            (Err(lost @ (Lost::NoSection { .. } | Lost::Elsewhere { .. })), _) => failed(media, &lost),
            (_, Err(error)) => failed(media, &error),
            (_, Ok(_)) => format!("over `{media}` a tone was sent and did not come back"),
        }),
    }
}

async fn heard_again<const N: usize>(
    ari: &Ari,
    medium: &Medium<N>,
) -> Result<Option<Duration>, evatel_ari::Error> {
    let fresh = |kind| ChannelId::from(ari.mark().fresh(kind));
    let (mouth, speak) = MediaLeg::open(fresh("mouth"), medium, ari).await?;
    let (ear, listen) = MediaLeg::open(fresh("ear"), medium, ari).await?;
    let bridge = BridgeId::from(ari.mark().fresh("bridge"));
    ari.send(op::bridges::create(&bridge, "doctor")).await?;
    let joined = ari
        .send(op::bridges::add_channels(
            &bridge,
            &[mouth.channel(), ear.channel()],
        ))
        .await;
    let heard = match joined {
        Ok(()) => Ok(tone_heard(speak, listen).await),
        Err(error) => Err(error),
    };
    ari.destroy_bridge(&bridge).await?;
    for leg in [mouth, ear] {
        ari.hangup(leg.channel(), evatel_core::calls::HangupCause::Normal)
            .await?;
    }
    heard
}

async fn tone_heard<const N: usize>(speak: AudioPort<N>, mut listen: AudioPort<N>) -> Option<Duration> {
    let began = tokio::time::Instant::now();
    let step = std::f32::consts::TAU * TONE_HZ / Frame::<N>::RATE_HZ as f32;
    // 20 ms of it are whole waves.
    let tone = Frame::<N>(std::array::from_fn(|at| {
        ((at as f32 * step).sin() * AMPLITUDE) as i16
    }));
    let speaking = async {
        while speak.outgoing.send(tone.clone()).await.is_ok() {}
        std::future::pending::<()>().await;
    };
    let listening = async {
        while let Some(frame) = listen.incoming.recv().await {
            if frame.level_dbfs() > LOUD_DBFS {
                return Some(began.elapsed());
            }
        }
        None
    };
    tokio::select! {
        () = speaking => None,
        heard = tokio::time::timeout(LIMIT, listening) => heard.ok().flatten(),
    }
}
