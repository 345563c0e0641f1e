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
    frame::{Clip, Frame8k},
    lexicon::Contacts,
    progress::{Progress, ProgressConfig, ProgressEvent},
    transcribe::{Partial, PhoneToken, Word},
    vad::Detection,
};
use serde_json::{Value, json};

use super::super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
};
use super::{Models, read_wav};
use crate::{
    serve::{self, EarOptions, SpeechOptions},
    settings::Languages,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent hear --lang fr --contact \"Marie Tremblay\" appelle-marie.wav
  evatel agent hear --lang en --expect yes-no answers/*.wav --json
  evatel agent hear --lang fr --partials appelle-marie.wav
  evatel agent hear --lang fr --words speech-models/sherpa-onnx-streaming-zipformer-fr-2023-04-14 appelle-marie.wav --json

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
    #[command(flatten)]
    models: Models,
    /// Show, too, what was heard while it was said: what stays and what might still have changed
    #[arg(long)]
    partials: bool,
    /// Say, too, who or what answered, if the file begins with an answer: a person, a machine, a fax, a tone
    #[arg(long)]
    answered: bool,
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
        let (recognition, detection) = self.ears(desk).await?;
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
        let mut grown = Vec::new();
        let mut answered = Vec::new();
        for (path, sound) in sounds {
            let heard = hear_recording(&sound, &question, &recognition, &detection);
            let turns = heard.await.map_err(serve::Error::from)?;
            let file = path.display().to_string();
            rows.extend(turns.iter().map(|turn| row(&file, turn, &question.contacts)));
            let of_turns = turns.iter().flat_map(|turn| &turn.partials);
            grown.extend(of_turns.map(|partial| partial_row(&file, partial)));
            let turns: Vec<_> = turns
                .iter()
                .map(|turn| document(turn, &question.contacts, self.partials))
                .collect();
            let mut of_file = json!({
                "file": file,
                "seconds": seconds(sound.duration()),
                "turns": turns,
            });
            if self.answered {
                let found = progress(&sound);
                of_file["progress"] = found.iter().map(progress_document).collect();
                answered.extend(found.iter().map(|event| progress_row(&file, event)));
            }
            documents.push(of_file);
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
        if self.partials {
            let headings = desk
                .texts
                .headings(["head-file", "head-to", "head-stable", "head-open"]);
            human = format!("{human}\n{}", table(headings, &grown));
        }
        if self.answered {
            let headings = desk.texts.headings(["head-file", "head-to", "head-answered"]);
            human = format!("{human}\n{}", table(headings, &answered));
        }
        for nameless in &question.contacts.unpronounceable {
            let values = [
                ("name", nameless.name.as_str()),
                ("reason", nameless.reason.as_str()),
            ];
            human = format!("{human}\n{}", desk.say("agent-unpronounceable", &values));
        }
        Ok(Answer::new(documents, human))
    }

    async fn ears(&self, desk: &Desk<'_>) -> Result<(Recognition, Detection), Failure> {
        let options = self.models.speech(desk.texts.language(), desk)?;
        let no_model = || Failure::input(desk.say("agent-no-model", &[]), "hint-model");
        let ear = options.ear.ok_or_else(no_model)?;
        // What the grammar makes of it, by itself; nothing is said.
        let options = SpeechOptions {
            ear: Some(EarOptions { brain: None, ..ear }),
            vad: options.vad,
            voices: Languages::default(),
            memory: options.memory,
        };
        let (engines, _) = serve::start_speech(&options, &[]).await?;
        let recognition = engines.recognition.ok_or_else(no_model)?;
        Ok((recognition, engines.vad))
    }

    /// Who may be named, and how: those of the command line by ids that last as long as the command, a user's contacts by their own.
    async fn names(&self, desk: &Desk<'_>) -> Result<Vec<(ContactId, String)>, Failure> {
        let told = self.contacts.iter().enumerate().map(|(index, name)| {
            let id = format!("contact-{index}");
            (
                id.parse().expect("letters and digits make an id"),
                name.to_string(),
            )
        });
        let mut names: Vec<_> = told.collect();
        if let Some(user) = &self.user {
            let store = desk.store().await?;
            let user = desk::user(Some(user.clone()), &store).await?;
            let directory = store.load_directory().await.map_err(Failure::from)?;
            names.extend(directory.contacts(&user.id).flat_map(|contact| {
                let spoken = contact.spoken_names();
                spoken.map(|name| (contact.id.clone(), name.to_string()))
            }));
        }
        Ok(names)
    }
}

fn seconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 100.0).round() / 100.0
}

/// Who was named; several where it may have been any of them.
fn named<'a>(turn: &HeardTurn, contacts: &'a Contacts) -> Vec<&'a str> {
    let named = turn.understood.intent.contacts().iter();
    let spoken = named.filter_map(|id| contacts.spoken.iter().find(|spoken| spoken.id == *id));
    spoken.map(|spoken| &*spoken.name).collect()
}

/// What a called party's sound tells of him.
fn progress(sound: &Clip) -> Vec<ProgressEvent> {
    let mut progress = Progress::new(ProgressConfig::default());
    // Who says nothing after the file is silent as one in a call.
    let tail = std::iter::repeat_n(Frame8k::SILENCE, AFTER_ANSWER);
    let frames = sound.frames().chain(tail);
    frames.filter_map(|frame| progress.push(&frame)).collect()
}

/// 20 s: by then it is decided.
const AFTER_ANSWER: usize = 1000;

fn progress_document(event: &ProgressEvent) -> Value {
    match *event {
        ProgressEvent::Decided { who, at } => json!({"who": who.word(), "at": seconds(at)}),
        ProgressEvent::Beep { at, hz } => json!({"beep": hz, "at": seconds(at)}),
        _ => Value::Null,
    }
}

fn progress_row(file: &str, event: &ProgressEvent) -> [String; 3] {
    let (at, what) = match *event {
        ProgressEvent::Decided { who, at } => (at, who.word().to_owned()),
        ProgressEvent::Beep { at, hz } => (at, format!("beep {hz} Hz")),
        _ => (Duration::ZERO, String::new()),
    };
    [file.to_owned(), format!("{:.2}", at.as_secs_f32()), what]
}

/// Words, each with when it began and when its last sound did, in the file.
fn timed_words(words: &[Word]) -> Value {
    let words = words.iter().map(|word| {
        let at = |ms: u32| seconds(Duration::from_millis(ms.into()));
        json!({"word": &*word.text, "from": at(word.from_ms), "to": at(word.to_ms)})
    });
    words.collect()
}

/// Phones, each with its time in the file.
fn timed(tokens: &[PhoneToken]) -> Value {
    let tokens = tokens.iter().map(|token| {
        let at = Duration::from_millis(token.at_ms.into());
        json!({"phone": token.phone, "at": seconds(at)})
    });
    tokens.collect()
}

fn in_a_row(tokens: &[PhoneToken]) -> String {
    let phones: Vec<&str> = tokens.iter().map(|token| token.phone.as_str()).collect();
    phones.join(" ")
}

fn partial_row(file: &str, partial: &Partial) -> [String; 4] {
    let last = partial.tokens.last().map_or(0, |token| token.at_ms);
    [
        file.to_owned(),
        format!("{:.2}", Duration::from_millis(last.into()).as_secs_f32()),
        in_a_row(partial.stable()),
        in_a_row(partial.open()),
    ]
}

fn document(turn: &HeardTurn, contacts: &Contacts, with_partials: bool) -> Value {
    let rounded = |value: f32| f64::from((value * 1000.0).round()) / 1000.0;
    let mut slots = serde_json::Map::new();
    match named(turn, contacts)[..] {
        [] => {}
        [name] => _ = slots.insert("contact".to_owned(), name.into()),
        ref several => _ = slots.insert("contacts".to_owned(), json!(several)),
    }
    let mut document = json!({
        "from": seconds(turn.utterance.from),
        "to": seconds(turn.utterance.to),
        "pause": seconds(turn.utterance.pause),
        "end": turn.utterance.end.word(),
        "heard": turn.understood.heard,
        "words": timed_words(&turn.understood.words),
        "phones": timed(&turn.tokens),
        "intent": turn.understood.intent.word(),
        "slots": slots,
        "distance": turn.understood.score.map(|score| rounded(score.distance)),
        "margin": turn.understood.score.map(|score| rounded(score.margin)),
    });
    if with_partials {
        let partial =
            |partial: &Partial| json!({"stable": timed(partial.stable()), "open": timed(partial.open())});
        document["partials"] = turn.partials.iter().map(partial).collect();
    }
    document
}

fn row(file: &str, turn: &HeardTurn, contacts: &Contacts) -> [String; 8] {
    let contact = match named(turn, contacts)[..] {
        [] => "-".to_owned(),
        ref names => names.join(" / "),
    };
    let score = |value: Option<f32>| value.map_or_else(|| "-".to_owned(), |value| format!("{value:.2}"));
    [
        file.to_owned(),
        format!("{:.2}", turn.utterance.from.as_secs_f32()),
        format!("{:.2}", turn.utterance.to.as_secs_f32()),
        turn.understood.intent.word().to_owned(),
        contact,
        score(turn.understood.score.map(|score| score.distance)),
        score(turn.understood.score.map(|score| score.margin)),
        turn.understood.heard.clone(),
    ]
}
