//! Scenarios over the wire: the files of `scenarios/`, with real SIP callers, a real Asterisk and the daemon.
//!
//! A step means what `docs/scenarios.md` says, or the scenario is refused with the reason ([`refusal`]). That a party hears a prompt is
//! heard at his RTP port: what the daemon says is spoken here once more by the same voice, and found in the sound that came. The
//! rest (who is rung, what is refused, when the two are joined) is what the SIP ends and the story of the call tell.

mod director;
mod house;
mod line;
mod listener;
mod log;

use std::{collections::BTreeMap, fs, path::PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use evatel_voice::scenario::{Played, Scenario, Step, files_of};
use serde::Serialize;

use self::{
    director::direct,
    house::{House, Voices},
};
use crate::world::World;

/// How one file went.
#[derive(Debug, Serialize)]
pub struct Report {
    /// Which.
    pub file: PathBuf,
    /// What it shows.
    pub title: String,
    /// Whose complaints it answers.
    pub complaints: Vec<String>,
    /// The caller's voice.
    pub voice: String,
    /// Why it is not played over the wire.
    pub refused: Option<String>,
    /// All went as the file has it; times are told, and fail nothing.
    pub passed: bool,
    /// How it went; nothing where it was refused.
    #[serde(flatten)]
    pub played: Option<Played>,
}

/// Reads scenario files, and those of folders and of folders below.
pub fn read(paths: &[PathBuf]) -> Result<Vec<(PathBuf, Scenario)>> {
    let files = files_of(paths).map_err(|(path, error)| anyhow!("`{}`: {error}", path.display()))?;
    ensure!(!files.is_empty(), "there are no scenarios in {paths:?}");
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).with_context(|| format!("`{}`", file.display()))?;
            let mut scenario = Scenario::parse(&text).with_context(|| format!("`{}`", file.display()))?;
            if let (Some(dialogue), Some(folder)) = (&mut scenario.dialogue, file.parent()) {
                let named = folder.join(&dialogue);
                *dialogue = named
                    .canonicalize()
                    .with_context(|| format!("the dialogue `{}` of `{}`", named.display(), file.display()))?;
            }
            Ok((file, scenario))
        })
        .collect()
}

/// Says why a scenario cannot be played over the wire.
pub fn refusal(scenario: &Scenario) -> Option<String> {
    if scenario.ear_takes > 0 {
        return Some("`ear-takes` slows the scripted ear; the recogniser takes the time it takes".to_owned());
    }
    if !scenario.line.is_clean() {
        let why = "`line`: the caller's RTP comes in time and whole; what a stuttering leg does, the faults of the live tests show";
        return Some(why.to_owned());
    }
    if scenario.skills.is_some() {
        let why = "`skills`: an integrator's server would have to do what the file says; a live test has one";
        return Some(why.to_owned());
    }
    if scenario.steps.contains(&Step::EarFails) {
        let why =
            "`ear-fails`: killed workers are replaced and the words kept, so that no ear is lost for good";
        return Some(why.to_owned());
    }
    None
}

/// Plays scenarios, those of one house in one Asterisk and daemon; tells each report as soon as it is there.
pub async fn play(scenarios: Vec<(PathBuf, Scenario)>, mut tell: impl FnMut(&Report)) -> Result<Vec<Report>> {
    let mut voices = Voices::default();
    let mut houses: BTreeMap<House, Vec<(PathBuf, Scenario, String)>> = BTreeMap::new();
    let mut reports = Vec::new();
    for (file, mut scenario) in scenarios {
        let voice = voices.give(&mut scenario);
        if let Some(why) = refusal(&scenario) {
            let report = Report {
                refused: Some(why),
                ..report(file, &scenario, voice)
            };
            tell(&report);
            reports.push(report);
            continue;
        }
        let house = House::of(&scenario);
        houses.entry(house).or_default().push((file, scenario, voice));
    }
    for (house, scenarios) in houses {
        let mut world = World::start(house.options()).await?;
        for (file, scenario, voice) in scenarios {
            let played = direct(&scenario, &house, &world)
                .await
                .with_context(|| format!("`{}`", file.display()))?;
            let failed = played.failed.is_some();
            let report = Report {
                passed: !failed,
                played: Some(played),
                ..report(file, &scenario, voice)
            };
            tell(&report);
            reports.push(report);
            if failed {
                // What a scenario that failed left behind is none of the next one's.
                drop(world);
                world = World::start(house.options()).await?;
            }
        }
    }
    Ok(reports)
}

fn report(file: PathBuf, scenario: &Scenario, voice: String) -> Report {
    Report {
        file,
        title: scenario.title.clone(),
        complaints: scenario.complaints.clone(),
        voice,
        refused: None,
        passed: false,
        played: None,
    }
}
