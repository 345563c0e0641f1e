//! `evatel provision`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use evatel_ari::Rest;
use evatel_provision::{Change, DeviceSecret, Plan, Reload, Rendered, Site, Templates, render};
use serde_json::{Value, json};

use super::{
    answer::{Answer, table},
    desk::Desk,
    failure::Failure,
};

#[derive(Debug, Subcommand)]
pub(super) enum Verb {
    /// Writes what changed into Asterisk's folder and lets a running Asterisk read it again
    #[command(after_help = "Examples:\n  evatel provision apply\n  evatel provision apply --no-reload")]
    Apply(Apply),
    /// Shows what apply would change, secrets hidden
    #[command(after_help = "Example:\n  evatel provision plan")]
    Plan,
    /// Prints the files, or writes them into a folder of your choice; they hold secrets
    #[command(after_help = "Example:\n  evatel provision render --out /tmp/asterisk")]
    Render(Render),
}

#[derive(Debug, Args)]
pub(super) struct Apply {
    /// Do not tell a running Asterisk
    #[arg(long)]
    no_reload: bool,
}

#[derive(Debug, Args)]
pub(super) struct Render {
    /// Folder to write into instead; must be empty or not there
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Verb {
    pub(super) async fn run(self, desk: &Desk<'_>) -> Result<Answer, Failure> {
        let (site, files) = wanted(desk).await?;
        match self {
            Self::Apply(apply) => {
                let plan = Plan::new(&site, files)?;
                plan.apply()?;
                let told = if apply.no_reload {
                    Told::default()
                } else {
                    tell(&plan, desk).await?
                };
                Ok(answer(&plan, Some(&told), desk))
            }
            Self::Plan => Ok(answer(&Plan::new(&site, files)?, None, desk)),
            Self::Render(Render { out: Some(folder) }) => {
                let elsewhere = Site { root: folder, ..site };
                let plan = Plan::new(&elsewhere, files)?;
                plan.apply()?;
                Ok(answer(&plan, None, desk))
            }
            Self::Render(Render { out: None }) => {
                let human: Vec<String> = files
                    .iter()
                    .map(|(name, text)| format!(";;; {name}\n{text}"))
                    .collect();
                Ok(Answer::new(&files, human.join("\n")))
            }
        }
    }
}

/// Says where this Asterisk listens and keeps its files, and makes the files that the store's rows want there.
pub(super) async fn wanted(desk: &Desk<'_>) -> Result<(Site, Rendered), Failure> {
    let asterisk = &desk.settings.asterisk;
    desk.require_password()?;
    let store = desk.store().await?;
    // Asterisk reads its folders from wherever it was started.
    let root = std::path::absolute(&asterisk.root);
    let root = root.map_err(|source| Failure::File {
        path: asterisk.root.clone(),
        source,
    })?;
    let site = Site {
        app: asterisk.app.clone(),
        directories: asterisk.directories.clone(),
        http_bind: asterisk.http_bind,
        language: store.default_account().await?.language,
        max_calls: asterisk.max_calls,
        media_port: asterisk.media_port,
        rtp_ports: asterisk.rtp_start..=asterisk.rtp_end,
        sip_bind: asterisk.sip_bind,
        wideband: desk.settings.speech.hears_wideband(),
        ..Site::new(root, asterisk.ari_user.clone(), asterisk.ari_password.clone())
    };
    let directory = store.load_directory().await?;
    let credentials = store.device_credentials().await?.into_iter();
    let secrets: Vec<_> = credentials
        .map(|credential| DeviceSecret {
            device: credential.device,
            ha1: credential.ha1,
        })
        .collect();
    let templates = match &asterisk.templates_dir {
        Some(folder) => Templates::with_overrides(folder)?,
        None => Templates::built_in()?,
    };
    let files = render(&site, &directory, &secrets, &templates)?;
    Ok((site, files))
}

/// What a running Asterisk was told.
#[derive(Debug, Default)]
struct Told {
    away: Option<String>,
    reloaded: Vec<&'static str>,
    restart: bool,
}

/// Lets Asterisk read again what changed. One that is not there reads it when it starts.
async fn tell(plan: &Plan, desk: &Desk<'_>) -> Result<Told, Failure> {
    let rest = Rest::new(desk.ari()?);
    let mut told = Told::default();
    for reload in plan.reloads() {
        let Some(module) = reload.module() else {
            told.restart = reload == Reload::Restart;
            continue;
        };
        match rest.send(evatel_ari::op::asterisk::reload(module)).await {
            Ok(()) => told.reloaded.push(module),
            Err(error) => {
                told.away = Some(error.to_string());
                break;
            }
        }
    }
    Ok(told)
}

fn answer(plan: &Plan, told: Option<&Told>, desk: &Desk<'_>) -> Answer {
    let changes: Vec<_> = plan.changes().collect();
    let json_files: Vec<Value> = changes
        .iter()
        .map(|(file, change)| {
            let mut entry = serde_json::to_value(change).expect("a change has text keys only");
            entry["file"] = json!(file);
            entry
        })
        .collect();
    let rows: Vec<_> = changes
        .iter()
        .map(|(file, change)| [(*file).to_owned(), word(change, desk)])
        .collect();
    let mut lines = vec![table(desk.texts.headings(["head-file", "head-change"]), &rows)];
    if told.is_none() {
        lines.extend(changes.iter().filter_map(|(_, change)| match change {
            Change::Changed { diff } => Some(format!("\n{}", diff.trim_end())),
            _ => None,
        }));
    }
    let mut json = json!({ "files": json_files });
    if let Some(told) = told {
        if !told.reloaded.is_empty() {
            lines.push(desk.say("provision-reloaded", &[("modules", &told.reloaded.join(", "))]));
        }
        if told.restart {
            lines.push(desk.say("provision-restart", &[]));
        }
        if let Some(reason) = &told.away {
            lines.push(desk.say("provision-away", &[("reason", reason)]));
        }
        json["reloaded"] = json!(told.reloaded);
        json["restart_needed"] = json!(told.restart);
        json["asterisk_away"] = json!(told.away);
    }
    Answer::new(json, lines.join("\n"))
}

fn word(change: &Change, desk: &Desk<'_>) -> String {
    match change {
        Change::Changed { .. } => desk.say("change-changed", &[]),
        Change::New => desk.say("change-new", &[]),
        Change::Same => desk.say("change-same", &[]),
    }
}
