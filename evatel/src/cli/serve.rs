//! `evatel serve`

use std::{
    io::{self, IsTerminal},
    time::Duration,
};

use serde_json::json;
use tracing_subscriber::EnvFilter;

use super::{answer::Answer, desk::Desk, failure::Failure, print};
use crate::{
    metrics,
    serve::{self, GreetingFiles, Ready, ServeOptions},
};

/// Runs the daemon until it is told to stop; says on standard output when it is ready for calls.
pub(super) async fn run(desk: &Desk<'_>, as_json: bool) -> Result<Answer, Failure> {
    let settings = &desk.settings;
    log_to_stderr(&settings.log)?;
    if let Some(address) = settings.metrics.listen {
        metrics::listen(address).map_err(serve::Error::from)?;
    }
    let options = ServeOptions {
        ari: desk.ari()?,
        dialogues: settings.calls.dialogues.clone(),
        greetings: GreetingFiles {
            assistant: settings.calls.assistant_greeting.clone(),
            numbers: settings.calls.greetings.clone(),
        },
        switch_patience: Duration::from_secs(settings.asterisk.wait_s),
        database_url: settings.database.url.clone(),
        keeping: settings
            .keeping
            .rules()
            .map(|rules| (rules, settings.keeping.retention())),
        media: settings.asterisk.media,
        media_port: settings.asterisk.media_port,
        recordings_dir: settings.calls.recordings_dir.clone(),
        recordings_kept: settings.keeping.recordings(),
        ring_timeout: Duration::from_secs(settings.calls.ring_timeout_s),
        silent_trunk: Duration::from_secs(settings.calls.silent_trunk_s),
        skills: desk.skills(None)?,
        speech: desk.speech(None)?,
    };
    let ready = |found: &Ready| {
        if as_json {
            print(&json!({ "ready": found }).to_string());
        } else {
            let keys_only = desk.say("serve-keys-only", &[]);
            let synthetic = if found.synthetic_voices_only { "yes" } else { "no" };
            let values = [
                ("synthetic", synthetic),
                ("asterisk", &*found.asterisk),
                ("dids", &*found.dids.to_string()),
                ("media", &*found.media.to_string()),
                ("speech", found.speech.as_deref().unwrap_or(&keys_only)),
            ];
            print(&desk.say("serve-ready", &values));
        }
    };
    serve::run(options, ready).await?;
    Ok(Answer::new(
        json!({ "stopped": true }),
        desk.say("serve-stopped", &[]),
    ))
}

/// Writes the log to standard error: standard output belongs to the answers.
fn log_to_stderr(filter: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(filter).map_err(|error| {
        let reason = error.to_string();
        Failure::Settings(crate::settings::Error::Value { key: "log", reason })
    })?;
    // A program that embeds the command line may have a log of its own already.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(io::stderr().is_terminal())
        .try_init();
    Ok(())
}
