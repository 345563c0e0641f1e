//! Hearing a recording as a call would be heard: the same ear, without the clock.

use std::sync::Arc;

use evatel_core::{
    account::Language,
    flow::{ActionId, Expect},
};

use super::{
    AgentEvent, Recognition,
    ear::{Ear, Listening, Noticed},
};
use crate::{
    brain::{Scene, Spent, Understood},
    endpoint::Utterance,
    lexicon::Contacts,
    sound::Sound,
    transcribe::{Error, Heard, Partial, PhoneToken},
    vad::Detection,
};

/// What the speaker of a recording is listened to for.
#[derive(Clone, Debug)]
pub struct Question {
    /// The language in which he speaks.
    pub language: Language,
    /// For what.
    pub expect: Expect,
    /// Who may be named, looked up in that language.
    pub contacts: Arc<Contacts>,
    /// What an answer is read by, where he answers a dialogue.
    pub scene: Option<Arc<Scene>>,
}

/// One turn of a recording.
#[derive(Clone, Debug, PartialEq)]
pub struct HeardTurn {
    /// Where it is.
    pub utterance: Utterance,
    /// What the recogniser had heard of it while it was said, in order; times count from the start of the recording.
    pub partials: Vec<Partial>,
    /// What the recogniser heard of it in the end, each phone with its time since the start of the recording.
    pub tokens: Vec<PhoneToken>,
    /// What it means.
    pub understood: Understood,
}

/// Silence after the recording, so that its last turn ends as one in a call does: 3.2 s.
const TAIL_FRAMES: usize = 160;

/// Hears a recording turn by turn, each as an answer to the same question, as fast as the recogniser can: a recogniser of 16 kHz hears what
/// the recording has of that. Sound in which nothing was said is no turn.
///
/// # Errors
/// [`Error::Lost`] if the recogniser cannot go on.
pub async fn hear_recording(
    recording: &[Sound],
    question: &Question,
    recognition: &Recognition,
    vad: &Detection,
) -> Result<Vec<HeardTurn>, Error> {
    let mut ear = Ear::new(vad, Some(recognition.clone()));
    let mut turns = Vec::new();
    let mut partials = Vec::new();
    let spent = Arc::new(Spent::default());
    let band = recording.first().map(Sound::band).unwrap_or_default();
    let tail = std::iter::repeat_n(Sound::silence(band), TAIL_FRAMES);
    for sound in recording.iter().cloned().chain(tail) {
        let mut noticed = Vec::new();
        if !ear.is_listening() {
            noticed.extend(ear.listen(Listening {
                id: ActionId(turns.len() as u64),
                expect: question.expect,
                contacts: question.contacts.clone(),
                language: question.language,
                scene: question.scene.clone(),
            }));
        }
        noticed.extend(ear.hear(sound, false));
        ear.settle().await;
        let mut is_behind = ear.catch_up();
        while is_behind {
            let report = ear.report().await;
            is_behind = !matches!(report, None | Some(Heard::CaughtUp | Heard::Failed { .. }));
            noticed.extend(ear.reported(report));
        }
        if let Some((report, listening, heard)) = ear.unforeseen() {
            let turn = listening.turn(heard, String::new(), spent.clone());
            let outlook = recognition.brain.clone().foresee(turn).await;
            ear.foresee(report, outlook);
        }
        while ear.is_deciding() {
            let report = ear.report().await;
            noticed.extend(ear.reported(report));
        }
        for noticed in noticed {
            match noticed {
                Noticed::Turn(listening, tokens, utterance, _) => {
                    let turn = listening.turn(tokens.clone(), String::new(), spent.clone());
                    let within = turn.bounds();
                    let understood = recognition.brain.clone().think(turn).await;
                    turns.push(HeardTurn {
                        utterance,
                        partials: std::mem::take(&mut partials),
                        tokens,
                        understood: within.keep(understood.map_err(|error| Error::Lost {
                            reason: error.to_string(),
                        })?),
                    });
                }
                Noticed::Event(AgentEvent::Hearing { partial, .. }) => partials.push(partial),
                Noticed::Event(AgentEvent::EngineFailed { reason }) => return Err(Error::Lost { reason }),
                Noticed::Event(_) | Noticed::Replaced => {}
            }
        }
    }
    Ok(turns)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use evatel_core::intent::Intent;

    use super::*;
    use crate::{
        endpoint::EndOfTurn,
        frame::{Clip, Frame8k},
        grammar::Grammar,
        lexicon::tests::lexicon,
        scripted::{Line, ScriptedTranscriber},
        synth::tone,
        vad::VadConfig,
    };

    async fn hear(script: Vec<Line>, recording: &Clip) -> Result<Vec<HeardTurn>, Error> {
        let grammar = Arc::new(Grammar::load(Arc::new(lexicon())).await.unwrap());
        let question = Question {
            language: Language::Fr,
            expect: Expect::YesNo,
            contacts: Arc::default(),
            scene: None,
        };
        let recognition = Recognition::with_grammar(Arc::new(ScriptedTranscriber::new(script)), grammar);
        hear_recording(
            &Sound::of_clip(recording),
            &question,
            &recognition,
            &VadConfig::level_only().into(),
        )
        .await
    }

    /// Silence and speech in turn, each so long, in ms.
    fn recording(lengths: &[u64]) -> Clip {
        let mut samples = Vec::new();
        for (index, length) in lengths.iter().enumerate() {
            let silence = Clip::silence(Duration::from_millis(*length));
            let frames: Vec<Frame8k> = tone::sine(500.0, -12.0).take(*length as usize / 20).collect();
            let part = if index % 2 == 0 {
                silence
            } else {
                Clip::from_frames(&frames)
            };
            samples.extend_from_slice(part.samples());
        }
        Clip::new(samples)
    }

    #[tokio::test]
    async fn each_turn_of_a_recording_is_placed_in_it_and_says_why_it_was_over() {
        let script = ["w i", "", "n on"].map(|phones| Line::Hears(phones.to_owned()));
        let recording = recording(&[600, 400, 1000, 100, 1000, 12_000]);
        let turns = hear(script.to_vec(), &recording).await.unwrap();
        let told: Vec<_> = turns
            .iter()
            .map(|turn| {
                let Utterance { from, to, end, .. } = turn.utterance;
                (
                    from.as_millis(),
                    to.as_millis(),
                    end,
                    turn.understood.intent.clone(),
                )
            })
            .collect();
        assert_eq!(
            told,
            [
                // 400 ms before the word, and the 500 ms that end a yes.
                (200, 1500, EndOfTurn::Pause, Intent::Yes),
                // The cough between the two has no phones; who does not stop is cut after 10 s.
                (2700, 12_700, EndOfTurn::TooLong, Intent::No),
            ]
        );
    }

    #[tokio::test]
    async fn a_recogniser_that_is_lost_is_an_error_and_no_silence() {
        let error = hear(vec![Line::Fails("out of memory".into())], &recording(&[500, 400]))
            .await
            .unwrap_err();
        assert!(error.to_string().contains("out of memory"), "{error}");
    }
}
