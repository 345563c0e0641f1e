//! `evatel agent hear`

use std::{path::PathBuf, sync::Arc, time::Duration};

use clap::{Args, ValueEnum};
use evatel_core::{
    flow::Expect,
    id::{ContactId, UserId},
    name::Name,
};
use evatel_voice::{
    agent::{HeardTurn, Question, Recognition, hear_recording},
    endpoint::EndOfTurn,
    frame::Clip,
    lexicon::Contacts,
    vad::VadConfig,
    worker::{Model, PoolConfig},
};
use serde_json::{Value, json};

use super::super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
};
use super::{model, read_wav};
use crate::serve::{self, SpeechOptions};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent hear --lang fr --contact \"Marie Tremblay\" appelle-marie.wav
  evatel agent hear --lang en --expect yes-no answers/*.wav --json

What is heard depends on the model: ours (models/phones) was trained on synthetic voices only.")]
pub(in crate::cli) struct Hear {
    /// WAV files of any rate; channels are mixed
    #[arg(required = true, value_name = "FILE.wav")]
    files: Vec<PathBuf>,
    /// What the assistant has asked
    #[arg(long, value_enum, default_value_t = Asked::Command)]
    expect: Asked,
    /// Somebody who can be named; may be given often
    #[arg(long = "contact", value_name = "NAME")]
    contacts: Vec<Name>,
    /// Whose contacts of the database can be named, too
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
    /// The recogniser's model [default: `speech.model_dir` of the settings]
    #[arg(long, value_name = "FOLDER")]
    model: Option<PathBuf>,
}

/// The questions of the flows, by the words of the command line.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Asked {
    /// Take or leave an announced call
    AcceptRefuse,
    /// A message, another attempt, or the end
    AfterFailure,
    /// An order to the assistant
    Command,
    /// A name spoken freely
    Name,
    /// Yes or no
    YesNo,
}

impl From<Asked> for Expect {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::AcceptRefuse => Self::AcceptRefuse,
            Asked::AfterFailure => Self::AfterFailure,
            Asked::Command => Self::Command,
            Asked::Name => Self::Name,
            Asked::YesNo => Self::YesNo,
        }
    }
}

impl Hear {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        // A file that cannot be read is told before anything is loaded.
        let sounds: Vec<(&PathBuf, Clip)> = self
            .files
            .iter()
            .map(|path| Ok((path, read_wav(path)?)))
            .collect::<Result<_, Failure>>()?;
        let recognition = self.recognition(desk).await?;
        let names = self.names(desk).await?;
        let language = desk.texts.language();
        let contacts = recognition.lexicon.contacts(&names, language).await;
        let question = Question {
            language,
            expect: self.expect.into(),
            contacts: Arc::new(contacts.map_err(serve::Error::from)?),
        };
        let mut documents = Vec::new();
        let mut rows = Vec::new();
        for (path, sound) in sounds {
            let heard = hear_recording(&sound, &question, &recognition, VadConfig::default());
            let turns = heard.await.map_err(serve::Error::from)?;
            let file = path.display().to_string();
            rows.extend(turns.iter().map(|turn| row(&file, turn, &question.contacts)));
            let turns: Vec<_> = turns
                .iter()
                .map(|turn| document(turn, &question.contacts))
                .collect();
            documents.push(json!({
                "file": file,
                "seconds": seconds(sound.duration()),
                "turns": turns,
            }));
        }
        let mut human = table(
            desk.texts.headings([
                "head-file",
                "head-from",
                "head-to",
                "head-intent",
                "head-contact",
                "head-distance",
                "head-margin",
                "head-heard",
            ]),
            &rows,
        );
        for nameless in &question.contacts.unpronounceable {
            let values = [
                ("name", nameless.name.as_str()),
                ("reason", nameless.reason.as_str()),
            ];
            human = format!("{human}\n{}", desk.say("agent-unpronounceable", &values));
        }
        Ok(Answer::new(documents, human))
    }

    async fn recognition(&self, desk: &Desk<'_>) -> Result<Recognition, Failure> {
        let Some(folder) = model(self.model.clone(), desk) else {
            return Err(Failure::input(desk.say("agent-no-model", &[]), "hint-model"));
        };
        let options = SpeechOptions::Model {
            pool: PoolConfig::new(Model::phones(folder)),
            brain: None,
            grammar: desk.settings.speech.grammar.clone(),
        };
        let (engines, _) = serve::start_speech(&options, &[]).await?;
        Ok(engines.recognition.expect("a model was asked for"))
    }

    /// Who may be named, each by an id that lasts as long as the command.
    async fn names(&self, desk: &Desk<'_>) -> Result<Vec<(ContactId, String)>, Failure> {
        let mut names: Vec<String> = self.contacts.iter().map(Name::to_string).collect();
        if let Some(user) = &self.user {
            let store = desk.store().await?;
            let user = desk::user(Some(user.clone()), &store).await?;
            let directory = store.load_directory().await.map_err(Failure::from)?;
            names.extend(
                directory
                    .contacts(&user.id)
                    .map(|contact| contact.name.to_string()),
            );
        }
        Ok(names
            .into_iter()
            .enumerate()
            .map(|(index, name)| {
                let id = format!("contact-{index}")
                    .parse()
                    .expect("letters and digits make an id");
                (id, name)
            })
            .collect())
    }
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}

fn named<'a>(turn: &HeardTurn, contacts: &'a Contacts) -> Option<&'a str> {
    let contact = turn.understood.intent.contact()?;
    let spoken = contacts.spoken.iter().find(|spoken| spoken.id == *contact)?;
    Some(&spoken.name)
}

fn document(turn: &HeardTurn, contacts: &Contacts) -> Value {
    let rounded = |value: f32| f64::from((value * 1000.0).round()) / 1000.0;
    let mut slots = serde_json::Map::new();
    if let Some(name) = named(turn, contacts) {
        slots.insert("contact".to_owned(), name.into());
    }
    json!({
        "from": seconds(turn.utterance.from),
        "to": seconds(turn.utterance.to),
        "end": match turn.utterance.end {
            EndOfTurn::Pause => "pause",
            EndOfTurn::TooLong => "too-long",
        },
        "heard": turn.understood.heard,
        "intent": turn.understood.intent.word(),
        "slots": slots,
        "distance": turn.understood.score.map(|score| rounded(score.distance)),
        "margin": turn.understood.score.map(|score| rounded(score.margin)),
    })
}

fn row(file: &str, turn: &HeardTurn, contacts: &Contacts) -> [String; 8] {
    let score = |value: Option<f32>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
    [
        file.to_owned(),
        format!("{:.2}", turn.utterance.from.as_secs_f32()),
        format!("{:.2}", turn.utterance.to.as_secs_f32()),
        turn.understood.intent.word().to_owned(),
        named(turn, contacts).unwrap_or("-").to_owned(),
        score(turn.understood.score.map(|score| score.distance)),
        score(turn.understood.score.map(|score| score.margin)),
        turn.understood.heard.clone(),
    ]
}
