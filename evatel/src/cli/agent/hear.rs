//! `evatel agent hear`

mod asked;
mod told;

use std::{path::PathBuf, sync::Arc};

use clap::Args;
use evatel_core::{
    directory::Directory,
    flow::SpokenOption,
    id::{ContactId, UserId},
    name::Name,
    skill::Skills,
};
use evatel_voice::{
    agent::{Question, Recognition, hear_recording},
    brain::Scene,
    frame::{FRAME, Frame8k},
    progress::{Progress, ProgressConfig, ProgressEvent},
    sound::Sound,
    sound_files::SoundFiles,
    vad::Detection,
    wav,
};
use jiff::Zoned;
use serde_json::json;

use self::{
    asked::{Asked, Phrases},
    told::{Teller, partial_row, progress_document, progress_row, seconds},
};
use super::super::{
    answer::{Answer, table},
    desk::{self, Desk},
    failure::Failure,
    model::of_synthetic_speech,
};
use super::{Models, moment, read_wav};
use crate::{
    serve::{self, EarOptions, SpeechOptions},
    settings::Languages,
};

#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evatel agent hear --lang fr --contact \"Marie Tremblay\" appelle-marie.wav
  evatel agent hear --lang en --expect yes-no answers/*.wav --json
  evatel agent hear --lang fr --expect amount montant.wav --json
  evatel agent hear --lang fr --expect choice --option \"ventes|le service des ventes\" --option soutien reponse.wav
  evatel agent hear --lang en --expect moment --at \"2026-11-26T10:00[America/Toronto]\" when.wav
  evatel agent hear --lang fr --partials appelle-marie.wav
  evatel agent hear --lang fr --skills examples/skills/skills.yaml table.wav --json
  evatel agent hear --lang fr --words speech-models/sherpa-onnx-streaming-zipformer-fr-2023-04-14 appelle-marie.wav --json

Answers to a dialogue's questions are understood as in a call: what may mean two things is both, and a dialogue would ask. \
What is heard depends on the model: ours (models/phones) was trained on synthetic voices only. Names are compared as French and as English \
say them, whatever the language.")]
pub(in crate::cli) struct Hear {
    /// WAV files of any rate; channels are mixed
    #[arg(required = true, value_name = "FILE.wav")]
    files: Vec<PathBuf>,
    /// What the assistant has asked
    #[arg(long, value_enum, default_value_t = Asked::Command)]
    expect: Asked,
    /// What can be chosen: a phrase, or several with | between, the first of which names it; may be given often
    #[arg(long = "option", value_name = "PHRASE", required_if_eq("expect", "choice"))]
    options: Vec<Phrases>,
    /// When it was said, with its time zone: what `tomorrow` is [default: now, here]
    #[arg(long, value_name = "TIME[ZONE]", value_parser = moment)]
    at: Option<Zoned>,
    /// Somebody who can be named; may be given often
    #[arg(long = "contact", value_name = "NAME")]
    contacts: Vec<Name>,
    /// Whose contacts of the database can be named, too
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
    /// What can be ordered beside calls [default: `skills.file` of the settings]
    #[arg(long, value_name = "FILE.yaml")]
    skills: Option<PathBuf>,
    #[command(flatten)]
    models: Models,
    /// Show, too, what was heard while it was said: what stays and what might still have changed
    #[arg(long)]
    partials: bool,
    /// Say, too, who or what answered, if the file begins with an answer: a person, a machine, a fax, a tone
    #[arg(long)]
    answered: bool,
}

impl Hear {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        if !self.options.is_empty() && self.expect != Asked::Choice {
            return Err(Failure::input(desk.say("agent-no-choice", &[]), "hint-choice"));
        }
        // A file that cannot be read is told before anything is loaded.
        let sounds: Vec<(&PathBuf, Vec<Sound>)> = self
            .files
            .iter()
            .map(|path| Ok((path, read_wav(path, wav::read_both)?)))
            .collect::<Result<_, Failure>>()?;
        let file = desk.skills_file(self.skills.clone());
        let skills = serve::load_skills_file(file.as_deref(), &mut SoundFiles::default())?;
        let (recognition, detection) = self.ears(skills.clone(), desk).await?;
        let owner = self.owner(desk).await?;
        let names = self.names(owner.as_ref());
        let language = desk.texts.language();
        let options = asked::options(&self.options);
        let scene = self.scene(&options, owner.as_ref(), &recognition, desk).await?;
        let contacts = recognition.lexicon.contacts(&names, language).await;
        let question = Question {
            language,
            expect: self.expect.into(),
            contacts: Arc::new(contacts.map_err(serve::Error::from)?),
            scene,
        };
        let teller = Teller {
            question: &question,
            skills: &skills,
            options: &options,
        };
        let synthetic = self.models.synthetic(language, desk);
        let mut documents = Vec::new();
        let mut rows = Vec::new();
        let mut grown = Vec::new();
        let mut answered = Vec::new();
        for (path, sound) in sounds {
            let heard = hear_recording(&sound, &question, &recognition, &detection);
            let turns = heard.await.map_err(serve::Error::from)?;
            let file = path.display().to_string();
            rows.extend(turns.iter().map(|turn| teller.row(&file, turn)));
            let of_turns = turns.iter().flat_map(|turn| &turn.partials);
            grown.extend(of_turns.map(|partial| partial_row(&file, partial)));
            let turns: Vec<_> = turns
                .iter()
                .map(|turn| teller.document(turn, self.partials))
                .collect();
            let mut of_file = json!({
                "file": file,
                "seconds": seconds(FRAME * sound.len() as u32),
                "turns": turns,
                "synthetic_voices_only": synthetic.is_some(),
            });
            if self.answered {
                let found = progress(&sound);
                of_file["progress"] = found.iter().map(progress_document).collect();
                answered.extend(found.iter().map(|event| progress_row(&file, event, desk)));
            }
            documents.push(of_file);
        }
        let mut human = table(
            desk.texts.headings([
                "head-file",
                "head-from",
                "head-to",
                "head-intent",
                "head-slot",
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
        if let Some(folder) = &synthetic {
            human = format!("{human}\n{}", of_synthetic_speech(folder, desk));
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

    async fn ears(&self, skills: Arc<Skills>, desk: &Desk<'_>) -> Result<(Recognition, Detection), Failure> {
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
        let (engines, _) = serve::start_speech(&options, &[], skills).await?;
        let recognition = engines.recognition.ok_or_else(no_model)?;
        Ok((recognition, engines.vad))
    }

    /// Whose contacts and numbers they are, if the command line says.
    async fn owner(&self, desk: &Desk<'_>) -> Result<Option<(UserId, Directory)>, Failure> {
        let Some(user) = &self.user else {
            return Ok(None);
        };
        let store = desk.store().await?;
        let user = desk::user(Some(user.clone()), &store).await?;
        let directory = store.load_directory().await.map_err(Failure::from)?;
        Ok(Some((user.id, directory)))
    }

    /// Who may be named, and how: those of the command line by ids that last as long as the command, a user's contacts by their own.
    fn names(&self, owner: Option<&(UserId, Directory)>) -> Vec<(ContactId, String)> {
        let told = self.contacts.iter().enumerate().map(|(index, name)| {
            let id = format!("contact-{index}");
            (
                id.parse().expect("letters and digits make an id"),
                name.to_string(),
            )
        });
        let mut names: Vec<_> = told.collect();
        if let Some((user, directory)) = owner {
            names.extend(directory.contacts(user).flat_map(|contact| {
                let spoken = contact.spoken_names();
                spoken.map(|name| (contact.id.clone(), name.to_string()))
            }));
        }
        names
    }

    /// What an answer is read by that stands in an order or answers a dialogue's question, as in a call.
    async fn scene(
        &self,
        options: &[SpokenOption],
        owner: Option<&(UserId, Directory)>,
        recognition: &Recognition,
        desk: &Desk<'_>,
    ) -> Result<Option<Arc<Scene>>, Failure> {
        if self.expect.slot().is_none() && self.expect != Asked::Command {
            return Ok(None);
        }
        let account = owner.and_then(|(user, directory)| Some((directory.account_of(user)?, directory)));
        let plan = account.map(|(account, directory)| directory.dial_plan(&account.id));
        let (language, now) = (desk.texts.language(), self.at.clone());
        let scene = Scene::look_up(
            options,
            language,
            now.unwrap_or_else(Zoned::now),
            plan.unwrap_or_default(),
            &recognition.lexicon,
        );
        Ok(Some(Arc::new(scene.await.map_err(serve::Error::from)?)))
    }
}

/// What a called party's sound tells of him.
fn progress(sound: &[Sound]) -> Vec<ProgressEvent> {
    let mut progress = Progress::new(ProgressConfig::default());
    // Who says nothing after the file is silent as one in a call.
    let tail = std::iter::repeat_n(&Frame8k::SILENCE, AFTER_ANSWER);
    let frames = sound.iter().map(Sound::narrow).chain(tail);
    frames.filter_map(|frame| progress.push(frame)).collect()
}

/// 20 s: by then it is decided.
const AFTER_ANSWER: usize = 1000;
