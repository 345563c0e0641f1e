//! A telephone with G.722 and a recogniser of 16 kHz: what only they carry is heard.

use std::f32::consts::TAU;

use anyhow::Result;
use evatel_tests::{
    asterisk::workspace,
    calls::{talk::from_device_with, voice},
    rtp::Codec,
    world::{Known, Options, World},
};

/// The tones in which the smallest recogniser of words (evatel-voice/tests/models/make.py) hears "appelle Marie Roy", in Hz: the last is one
/// that no telephone of 8 kHz carries.
const APPELLE_MARIE_ROY: [f32; 5] = [400.0, 560.0, 780.0, 1080.0, 5600.0];

/// 200 ms of each tone, at 16 kHz.
fn said(tones: &[f32]) -> Vec<i16> {
    let tone = |hertz: &f32| {
        let step = TAU * hertz / 16_000.0;
        (0..3200).map(move |index| ((index as f32 * step).sin() * 9000.0) as i16)
    };
    tones.iter().flat_map(tone).collect()
}

#[tokio::test]
async fn a_name_that_no_narrow_telephone_carries_is_heard_of_one_with_g722() -> Result<()> {
    let models = workspace().join("evatel-voice/tests/models");
    let contacts = [("Marie Roy", "+15145550143"), ("Marie Tremblay", "+15145550142")];
    let world = World::start(Options {
        contacts: contacts.map(Known::new).into(),
        // Tones are no speech to the network that is built in.
        settings: format!(
            "vad = {:?}\n[speech.words]\nfr = {:?}\n",
            models.join("vad"),
            models.join("transducer")
        ),
        ..Options::default()
    })
    .await?;
    let mut talk = from_device_with(Codec::G722, "*55", voice("fr"), &world).await?;
    talk.hears("Bonjour. Qui dois-je appeler?").await?;
    let sent = talk.call.audio.speak_wide(&said(&APPELLE_MARIE_ROY)).await?;
    talk.since = sent.last_at;
    talk.hears("Appeler Marie Roy?").await?;
    talk.hangs_up().await?;
    Ok(())
}
