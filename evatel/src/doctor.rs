//! `evatel doctor`: looks at everything a call needs and says what to do about what it finds.
//!
//! It changes nothing; for the audio path it makes two media legs of its own on the switch and ends them.

mod audio;
mod brain;
mod skills;

use std::sync::Arc;

use evatel_ari::{Config, Rest, op};
use evatel_core::{account::Language, directory::Directory, id::ContactId};
use evatel_provision::{Change, Plan, Rendered, Site};
use evatel_store::Store;
use evatel_voice::{
    Band,
    lexicon::{Lexicon, PhoneSet},
    models::is_of_synthetic_speech,
    transcribe,
    worker::{Form, PoolConfig, VoiceConfig, admit, try_model},
};
use serde::Serialize;

use crate::{
    media::Media,
    settings::{BrainOptions, Languages, SkillsOptions},
};

/// What was looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Sound goes to the switch and back.
    Audio,
    /// The endpoints of the brain answer, with tools.
    Brain,
    /// The switch's configuration is the one that the rows make.
    Configuration,
    /// Contacts can be pronounced.
    Contacts,
    /// The database opens and has this version's schema.
    Database,
    /// The model loads and hears.
    Model,
    /// The switch's modules.
    Modules,
    /// The rows make sense for calls.
    Rows,
    /// What the assistant can be ordered to do can be read, and somebody does it.
    Skills,
    /// The switch answers, with these credentials, in a version that will do.
    Switch,
    /// espeak-ng speaks.
    Voice,
}

impl Check {
    /// Gives the id of its name in the catalogues.
    pub fn text(self) -> &'static str {
        match self {
            Self::Audio => "check-audio",
            Self::Brain => "check-brain",
            Self::Configuration => "check-configuration",
            Self::Contacts => "check-contacts",
            Self::Database => "check-database",
            Self::Model => "check-model",
            Self::Modules => "check-modules",
            Self::Rows => "check-rows",
            Self::Skills => "check-skills",
            Self::Switch => "check-switch",
            Self::Voice => "check-voice",
        }
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// As it should be.
    Ok,
    /// Calls work; something is missing.
    Warning,
    /// Calls do not work.
    Failure,
}

/// One result.
#[derive(Debug, Clone, Serialize)]
pub struct Finding {
    /// What was looked at.
    pub check: Check,
    /// How bad it is.
    pub severity: Severity,
    /// What was seen, in the words of whoever said it.
    pub seen: String,
    /// The id of the text that says what to do about it.
    pub hint: Option<&'static str>,
}

/// Where to look.
#[derive(Debug)]
pub struct Patient<'a> {
    /// The switch.
    pub ari: Config,
    /// How the sound of calls travels.
    pub media: Media,
    /// The setting `asterisk.media_port`.
    pub media_port: u16,
    /// The database.
    pub database_url: &'a str,
    /// The recogniser's model, where there is one.
    pub model: Option<PoolConfig>,
    /// Models that hear words.
    pub words: Languages<PoolConfig>,
    /// A model that finds speech.
    pub vad: Option<PoolConfig>,
    /// Voices that speak in place of espeak-ng.
    pub voices: Languages<VoiceConfig>,
    /// Who advises the grammar, or why that cannot be made out.
    pub brain: Result<Option<BrainOptions>, String>,
    /// What can be ordered, or why that cannot be made out.
    pub skills: Result<SkillsOptions, String>,
    /// Where the switch's configuration is, and the files that the rows make, or why they cannot be made.
    pub configuration: Result<(Site, Rendered), String>,
}

/// The modules that a call needs beside those of its medium; each must run.
const MODULES: [&str; 9] = [
    "app_stasis.so",
    "chan_pjsip.so",
    "codec_alaw.so",
    "codec_ulaw.so",
    "res_ari_bridges.so",
    "res_ari_channels.so",
    "res_ari_events.so",
    "res_pjsip_outbound_authenticator_digest.so",
    "res_rtp_asterisk.so",
];

/// Those that a call needs, too, whose sound is 16 kHz.
const WIDEBAND_MODULES: [&str; 2] = ["codec_g722.so", "codec_resample.so"];

/// Looks at everything; a failure of one thing does not keep the rest from being looked at.
pub async fn examine(patient: Patient<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let directory = database(patient.database_url, &mut findings).await;
    if let Some(directory) = &directory {
        rows(directory, &mut findings);
        configuration(patient.configuration, &mut findings);
    }
    let band = match patient.words.is_empty() {
        false => Band::Wide,
        true => Band::Narrow,
    };
    if switch(&patient.ari, patient.media, band, &mut findings).await {
        let road = (patient.media, patient.media_port, band);
        audio::examine(&patient.ari, road, &mut findings).await;
    }
    let lexicon = speech(patient.model.as_ref(), directory.as_ref(), &mut findings).await;
    let words = patient.words.iter().map(|(_, pool)| pool);
    for pool in words.chain(&patient.vad) {
        findings.push(hears(pool).await);
    }
    for (_, voice) in patient.voices.iter() {
        findings.push(speaks(voice).await);
    }
    brain::examine(patient.brain, lexicon, &mut findings).await;
    skills::examine(patient.skills, &mut findings);
    findings
}

async fn database(url: &str, findings: &mut Vec<Finding>) -> Option<Directory> {
    let opened = async { Store::open(url).await?.load_directory().await };
    match opened.await {
        Ok(directory) => {
            let seen = format!(
                "revision {}, numbers: {}",
                directory.revision(),
                directory.dids().len()
            );
            findings.push(ok(Check::Database, seen));
            Some(directory)
        }
        Err(error) => {
            findings.push(failure(Check::Database, chain(&error), "doctor-database"));
            None
        }
    }
}

fn rows(directory: &Directory, findings: &mut Vec<Finding>) {
    let before = findings.len();
    if directory.trunks().is_empty() {
        findings.push(warning(Check::Rows, "no trunk".into(), "doctor-no-trunk"));
    }
    if directory.dids().is_empty() {
        findings.push(warning(Check::Rows, "no number".into(), "doctor-no-did"));
    }
    for did in directory.dids() {
        if directory.device_of(did.target.user()).is_none() {
            let seen = format!("the owner of `{}` has no device", did.number);
            findings.push(warning(Check::Rows, seen, "doctor-no-device"));
        }
    }
    for account in directory.accounts() {
        if directory.emergency_place(&account.id).is_none() {
            let seen = format!("account `{}` has no emergency address", account.id);
            findings.push(warning(Check::Rows, seen, "doctor-no-emergency"));
        }
    }
    if findings.len() == before {
        findings.push(ok(
            Check::Rows,
            "trunks, numbers, devices and emergency addresses are there".into(),
        ));
    }
}

fn configuration(configuration: Result<(Site, Rendered), String>, findings: &mut Vec<Finding>) {
    let plan = configuration.and_then(|(site, files)| {
        let plan = Plan::new(&site, files).map_err(|error| chain(&error))?;
        Ok((site.etc(), plan))
    });
    match plan {
        Err(seen) => findings.push(failure(Check::Configuration, seen, "doctor-configuration")),
        Ok((etc, plan)) => {
            let changed: Vec<_> = plan
                .changes()
                .filter(|(_, change)| **change != Change::Same)
                .map(|(name, _)| name)
                .collect();
            findings.push(if changed.is_empty() {
                ok(Check::Configuration, format!("`{}` is up to date", etc.display()))
            } else {
                let seen = format!("`{}` differs in {}", etc.display(), changed.join(", "));
                warning(Check::Configuration, seen, "doctor-drift")
            });
        }
    }
}

/// Looks at the switch; says whether it is worth trying sound on it.
async fn switch(config: &Config, media: Media, band: Band, findings: &mut Vec<Finding>) -> bool {
    let rest = Rest::new(config.clone());
    match rest.checked_info().await {
        Ok(info) => findings.push(ok(Check::Switch, format!("Asterisk {}", info.system.version))),
        Err(error) => {
            let hint = match &error {
                evatel_ari::Error::Unauthorized { .. } => "doctor-credentials",
                evatel_ari::Error::TooOld { .. } => "doctor-too-old",
                _ => "doctor-no-switch",
            };
            let url = config.url.as_ref().map_or_else(String::new, ToString::to_string);
            let seen = format!("`{url}`: {}", chain(&error));
            findings.push(failure(Check::Switch, seen, hint));
            return false;
        }
    }
    match rest.send(op::asterisk::modules()).await {
        Ok(modules) => {
            let runs = |name: &str| {
                modules
                    .iter()
                    .any(|module| module.name == name && module.status == "Running")
            };
            let wideband = match band {
                Band::Narrow => &[][..],
                Band::Wide => &WIDEBAND_MODULES,
            };
            let needed = MODULES.iter().chain(media.modules()).chain(wideband);
            let missing: Vec<_> = needed.copied().filter(|name| !runs(name)).collect();
            findings.push(if missing.is_empty() {
                ok(
                    Check::Modules,
                    format!("{} modules, all that calls need among them", modules.len()),
                )
            } else {
                failure(
                    Check::Modules,
                    format!("not running: {}", missing.join(", ")),
                    "doctor-modules",
                )
            });
            missing.is_empty()
        }
        Err(error) => {
            findings.push(failure(Check::Modules, chain(&error), "doctor-no-switch"));
            false
        }
    }
}

/// Looks at ear and voice; gives the lexicon where words can be looked up.
async fn speech(
    model: Option<&PoolConfig>,
    directory: Option<&Directory>,
    findings: &mut Vec<Finding>,
) -> Option<Arc<Lexicon>> {
    let Some(pool) = model else {
        findings.push(warning(
            Check::Model,
            "no model is set: keys only".into(),
            "doctor-no-model",
        ));
        return None;
    };
    let folder = &pool.model.folder;
    findings.push(hears(pool).await);
    let lexicon = match PhoneSet::load(folder) {
        Ok(phones) => Arc::new(Lexicon::new(phones)),
        Err(error) => {
            findings.push(failure(Check::Model, chain(&error), "doctor-model"));
            return None;
        }
    };
    match lexicon.pronounce("bonjour", Language::Fr).await {
        Ok(_) => findings.push(ok(Check::Voice, "espeak-ng speaks".into())),
        Err(error) => {
            findings.push(failure(Check::Voice, chain(&error), "doctor-espeak"));
            return None;
        }
    }
    if let Some(directory) = directory {
        contacts(directory, &lexicon, findings).await;
    }
    Some(lexicon)
}

/// What is said beside the name of our own model, lest somebody relies on it.
const SYNTHETIC: &str = "a small model that knows synthetic voices only and is not made to recognise people";

/// Lets a model hear a second of noise.
async fn hears(pool: &PoolConfig) -> Finding {
    match admit(pool).await {
        Ok(info) => {
            let folder = &pool.model.folder;
            let seen = format!(
                "`{}`, {} on `{}`",
                folder.display(),
                info.engine,
                pool.model.provider
            );
            ok(
                Check::Model,
                match is_of_synthetic_speech(folder) {
                    true => format!("{seen}: {SYNTHETIC}"),
                    false => seen,
                },
            )
        }
        Err(error @ transcribe::Error::NoProvider { .. }) => {
            failure(Check::Model, chain(&error), "doctor-provider")
        }
        Err(error) => failure(Check::Model, chain(&error), "doctor-model"),
    }
}

/// Lets a voice say a word.
async fn speaks(voice: &VoiceConfig) -> Finding {
    let folder = &voice.folder;
    match try_model(Form::Voice, folder, voice.program.clone()).await {
        Ok(info) => ok(Check::Voice, format!("`{}`, {}", folder.display(), info.engine)),
        Err(error) => failure(Check::Voice, chain(&error), "doctor-model"),
    }
}

async fn contacts(directory: &Directory, lexicon: &Lexicon, findings: &mut Vec<Finding>) {
    let mut spoken = 0;
    for account in directory.accounts() {
        for user in directory.users_of(&account.id) {
            let names: Vec<(ContactId, String)> = directory
                .contacts(&user.id)
                .flat_map(|contact| {
                    contact
                        .spoken_names()
                        .map(|name| (contact.id.clone(), name.to_string()))
                })
                .collect();
            match lexicon.contacts(&names, account.language).await {
                Ok(contacts) => {
                    spoken += contacts.spoken.len();
                    for one in contacts.unpronounceable {
                        let seen = format!("`{}` ({}): {}", one.name, one.id, one.reason);
                        findings.push(warning(Check::Contacts, seen, "doctor-unpronounceable"));
                    }
                }
                Err(error) => findings.push(failure(Check::Contacts, chain(&error), "doctor-espeak")),
            }
        }
    }
    findings.push(ok(Check::Contacts, format!("{spoken} can be called by name")));
}

fn ok(check: Check, seen: String) -> Finding {
    Finding {
        check,
        severity: Severity::Ok,
        seen,
        hint: None,
    }
}

fn warning(check: Check, seen: String, hint: &'static str) -> Finding {
    Finding {
        check,
        severity: Severity::Warning,
        seen,
        hint: Some(hint),
    }
}

fn failure(check: Check, seen: String, hint: &'static str) -> Finding {
    Finding {
        check,
        severity: Severity::Failure,
        seen,
        hint: Some(hint),
    }
}

/// Says an error with its causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
