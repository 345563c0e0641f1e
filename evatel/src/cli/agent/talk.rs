//! `evatel agent talk`: a whole call without a switch. The call's task, the agent and the rules are those of the daemon; only the
//! switch is the simulator.

mod caller;
mod line;
mod office;
mod stage;

use std::{collections::HashMap, fs, path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use evatel_core::{
    account::Language,
    dialogue::Dialogue,
    directory::Directory,
    id::UserId,
    number::{ASSISTANT_CODE, E164},
};
use evatel_voice::{frame::Clip, sound_files::SoundFiles, wav};
use serde_json::json;

use self::{
    caller::{Input, Voice},
    office::{TalkOffice, Told},
    stage::Stage,
};
use super::super::{
    answer::Answer,
    desk::{self, Desk},
    failure::Failure,
    lines::MAX_LINE_BYTES,
    model::of_synthetic_speech,
    values,
};
use super::{Models, read_wav};
use crate::serve;

#[derive(Debug, Args)]
#[command(
    after_help = "Each typed line is spoken by the computer's voice as soon as the assistant is silent; a line of digits, * and # is keyed. The \
end of input (Ctrl-D) hangs up. Nothing is written to the database, and no PIN is right. Endpoints of `[brain]` are asked as in a call, and \
what skills do is posted to `skills.url`, too.

Examples:
  evatel agent talk
  evatel agent talk --caller stranger --callee busy -o call.wav
  printf 'appelle Marie Tremblay\\noui\\n' | evatel agent talk --json
  evatel agent talk --dialogue dialogues/fr/rendez-vous.yaml
  evatel agent talk --skills examples/skills/skills.yaml
  evatel agent talk --caller stranger --sound visitor.wav -o call.wav"
)]
pub(in crate::cli) struct Talk {
    /// Who calls: the owner from his telephone, or somebody from outside
    #[arg(long, value_enum, default_value_t = Caller::Owner)]
    caller: Caller,
    /// Whose assistant it is [default: the user that init made]
    #[arg(long, value_name = "USER")]
    user: Option<UserId>,
    /// The number that somebody from outside calls [default: the user's first]
    #[arg(long, value_name = "NUMBER", value_parser = values::public_number)]
    did: Option<E164>,
    /// A dialogue that answers somebody from outside, in place of the assistant
    #[arg(long, value_name = "FILE.yaml")]
    dialogue: Option<PathBuf>,
    /// What the assistant can be ordered to do beside calling [default: `skills.file` of the settings]
    #[arg(long, value_name = "FILE.yaml")]
    skills: Option<PathBuf>,
    /// What whoever is rung does
    #[arg(long, value_enum, default_value_t = Callee::Answers)]
    callee: Callee,
    /// The caller's part as one sound file, in place of typed lines
    #[arg(long, value_name = "FILE.wav")]
    sound: Option<PathBuf>,
    /// Keeps the sound of the call: the caller left, the assistant right
    #[arg(short, long, value_name = "FILE.wav")]
    output: Option<PathBuf>,
    #[command(flatten)]
    models: Models,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Caller {
    /// The user, from his telephone
    Owner,
    /// Somebody from outside
    Stranger,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Callee {
    /// Answers, and takes an announced call
    Answers,
    /// Is on the telephone
    Busy,
    /// Lets it ring
    NoAnswer,
    /// Answers, and does not take an announced call
    Refuses,
}

impl Talk {
    pub(super) async fn run(self, desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
        let sound = self.sound.as_ref().map(|path| read_wav(path, wav::read));
        let sound = sound.transpose()?;
        let store = desk.store().await?;
        let user = desk::user(self.user.clone(), &store).await?.id;
        let directory = Arc::new(store.load_directory().await?);
        let entry = self.entry(&user, &directory, desk)?;
        let mut sounds = SoundFiles::default();
        let skilled = serve::load_skills(&desk.skills(self.skills.clone())?, &mut sounds)?;
        let dialogue = self.dialogue.as_deref();
        let dialogue = dialogue
            .map(|path| serve::read_dialogue(path, &skilled.skills, &mut sounds))
            .transpose()?;
        let account = directory.account_of(&user);
        let language = match &dialogue {
            Some(dialogue) => dialogue.language,
            None => account.map_or(Language::En, |account| account.language),
        };
        let numbers = self.dialogue_numbers(&user, &directory, dialogue);
        let speech = self.models.speech(language, desk)?;
        let answering: Vec<Arc<Dialogue>> = numbers.values().take(1).cloned().collect();
        let (engines, _) = serve::start_speech(&speech, &answering, skilled.skills.clone()).await?;
        let input = match sound {
            Some(sound) => Input::Sound(sound),
            None => {
                let most = MAX_LINE_BYTES.to_string();
                Input::typed(desk.say("agent-line-too-long", &[("most", &most)]))
            }
        };
        let (office, mut told) = TalkOffice::new(directory);
        let stage = Stage::open(office, engines.clone(), numbers, skilled, sounds).await?;
        let arguments: Vec<&str> = entry.iter().map(String::as_str).collect();
        stage
            .asterisk
            .offer(stage::CALLER, "5145550100", stage::APP, &arguments);
        let mut story = Vec::new();
        let tell = |line: Told| {
            if !as_json {
                println!("{:>6.2}  {:<9}  {}", line.at, line.who, line.text);
            }
            story.push(line);
        };
        let voice = Voice { engines, language };
        let synthetic = self.models.synthetic(language, desk);
        let sound = stage.play(self.callee, input, voice, &mut told, tell).await?;
        if let Some(path) = &self.output {
            let (left, right) = (Clip::new(sound.said), Clip::new(sound.heard));
            fs::write(path, wav::stereo(&left, &right)).map_err(|source| Failure::File {
                path: path.clone(),
                source,
            })?;
        }
        let file = self.output.as_ref().map(|path| path.display().to_string());
        let human = match &file {
            Some(file) => desk.say("agent-kept", &[("file", file)]),
            None => desk.say("agent-talked", &[]),
        };
        let human = match &synthetic {
            Some(folder) => format!("{human}\n{}", of_synthetic_speech(folder, desk)),
            None => human,
        };
        let told = json!({ "story": story, "file": file, "synthetic_voices_only": synthetic.is_some() });
        Ok(Answer::new(told, human))
    }

    /// The dialogue answers whichever of the user's numbers is called.
    fn dialogue_numbers(
        &self,
        user: &UserId,
        directory: &Directory,
        dialogue: Option<Dialogue>,
    ) -> HashMap<E164, Arc<Dialogue>> {
        let Some(dialogue) = dialogue.map(Arc::new) else {
            return HashMap::new();
        };
        let dids = directory.dids();
        let his = dids.into_iter().filter(|did| did.target.user() == user);
        his.map(|did| (did.number.clone(), dialogue.clone())).collect()
    }

    /// What the dialplan would say of the call.
    fn entry(&self, user: &UserId, directory: &Directory, desk: &Desk<'_>) -> Result<[String; 3], Failure> {
        match self.caller {
            Caller::Owner if self.dialogue.is_none() => {
                let device = directory.device_of(user).ok_or_else(|| {
                    Failure::input(
                        desk.say("agent-no-device", &[("user", user.as_str())]),
                        "hint-device",
                    )
                })?;
                Ok(["device".into(), device.id.to_string(), ASSISTANT_CODE.into()])
            }
            Caller::Owner | Caller::Stranger => {
                let wanted = |number: &E164| self.did.as_ref().is_none_or(|did| did == number);
                let dids = directory.dids();
                let did = dids
                    .into_iter()
                    .find(|did| did.target.user() == user && wanted(&did.number));
                let trunk = did.and_then(|did| Some((did, directory.trunk(&did.trunk)?)));
                let (did, trunk) = trunk.ok_or_else(|| {
                    Failure::input(
                        desk.say("agent-no-number", &[("user", user.as_str())]),
                        "hint-no-number",
                    )
                })?;
                let called = trunk.format.write(&did.number);
                Ok(["trunk".into(), trunk.id.to_string(), called.to_string()])
            }
        }
    }
}
