//! Sound to the switch and back: two media legs in one bridge, a tone in at one, out at the other.

use std::time::Duration;

use evatel_ari::{Ari, BridgeId, ChannelId, Config, media::MediaLeg, op};
use evatel_voice::{port::AudioPort, synth::tone};

use super::{Check, Finding, chain, failure, ok, warning};
use crate::media::Media;

/// How long the tone may take through the switch.
const LIMIT: Duration = Duration::from_secs(3);
/// What counts as the tone, in dBFS; it is sent at -12.
const LOUD_DBFS: f32 = -30.0;

/// Tries it under an application name of its own, so that a daemon at work is not displaced.
pub(super) async fn examine(config: &Config, media: Media, findings: &mut Vec<Finding>) {
    let mut config = config.clone();
    config.app = "evatel-doctor".into();
    findings.push(match there_and_back(config.clone(), media).await {
        Ok(after) => ok(Check::Audio, came_back(media, after)),
        // On a machine that stood still for a moment, once is chance.
        Err(first) => match there_and_back(config, media).await {
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

/// Gives how long the tone took, or says why it did not come back.
async fn there_and_back(config: Config, media: Media) -> Result<Duration, String> {
    match heard_again(config, media).await {
        Ok(Some(after)) => Ok(after),
        Ok(None) => Err(format!("over `{media}` a tone was sent and did not come back")),
        Err(error) => Err(format!("over `{media}`: {}", chain(&error))),
    }
}

async fn heard_again(config: Config, media: Media) -> Result<Option<Duration>, evatel_ari::Error> {
    let medium = media.open(&config).await?;
    let (ari, _offers) = Ari::connect(config).await?;
    let fresh = |kind| ChannelId::from(ari.mark().fresh(kind));
    let (mouth, speak) = MediaLeg::open(fresh("mouth"), &medium, &ari).await?;
    let (ear, listen) = MediaLeg::open(fresh("ear"), &medium, &ari).await?;
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

async fn tone_heard(speak: AudioPort, mut listen: AudioPort) -> Option<Duration> {
    let began = tokio::time::Instant::now();
    let speaking = async {
        for frame in tone::sine(1_000.0, -12.0) {
            if speak.outgoing.send(frame).await.is_err() {
                break;
            }
        }
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
