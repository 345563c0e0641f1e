//! `evatel doctor`

use super::{answer::Answer, desk::Desk, failure::Failure, provision};
use crate::doctor::{self, Finding, Patient, Severity};

/// Checks everything that a call needs. The answer is given whole; exit code 1 says that something is broken.
pub(super) async fn run(desk: &Desk<'_>) -> Result<(Answer, bool), Failure> {
    let configuration = provision::wanted(desk)
        .await
        .map_err(|failure| failure.chain(desk.texts));
    let settings = &desk.settings;
    let findings = doctor::examine(Patient {
        ari: desk.ari()?,
        media: settings.asterisk.media,
        media_port: settings.asterisk.media_port,
        database_url: &settings.database.url,
        model: settings
            .speech
            .model_dir
            .as_deref()
            .map(|folder| settings.speech.pool(folder)),
        words: settings.speech.words(),
        vad: settings.speech.vad(),
        voices: settings.speech.voices(),
        brain: settings
            .brain
            .options(&settings.egress)
            .map_err(|error| error.to_string()),
        skills: settings
            .skills
            .options(&settings.egress)
            .map_err(|error| error.to_string()),
        configuration,
    })
    .await;
    let works = findings
        .iter()
        .all(|finding| finding.severity != Severity::Failure);
    let mut lines: Vec<String> = findings.iter().map(|finding| line(finding, desk)).collect();
    lines.push(desk.say(
        if works {
            "doctor-works"
        } else {
            "doctor-does-not-work"
        },
        &[],
    ));
    let findings: Vec<_> = findings
        .iter()
        .map(|finding| {
            let mut json = serde_json::to_value(finding).expect("a finding has text keys only");
            json["hint"] = finding.hint.map(|hint| desk.say(hint, &[])).into();
            json
        })
        .collect();
    let json = serde_json::json!({ "ok": works, "findings": findings });
    Ok((Answer::new(json, lines.join("\n")), works))
}

fn line(finding: &Finding, desk: &Desk<'_>) -> String {
    let severity = match finding.severity {
        Severity::Failure => desk.say("severity-failure", &[]),
        Severity::Ok => desk.say("severity-ok", &[]),
        Severity::Warning => desk.say("severity-warning", &[]),
    };
    let check = desk.say(finding.check.text(), &[]);
    let said = desk.say(
        "doctor-finding",
        &[
            ("severity", &severity),
            ("check", &check),
            ("seen", &desk.texts.error(&finding.seen)),
        ],
    );
    match finding.hint {
        Some(hint) => format!(
            "{said}\n  {}",
            desk.say("hint-line", &[("hint", &desk.say(hint, &[]))])
        ),
        None => said,
    }
}
