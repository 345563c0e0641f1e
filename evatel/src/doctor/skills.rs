//! Whether what the assistant can be ordered to do can be read, and who does it. Nothing is posted: a server would take that for an order.

use evatel_core::skill::{SkillId, Skills};
use evatel_voice::sound_files::SoundFiles;

use super::{Check, Finding, chain, failure, ok, warning};
use crate::{serve, settings::SkillsOptions};

/// Looks at `[skills]` of the settings.
pub(super) fn examine(options: Result<SkillsOptions, String>, findings: &mut Vec<Finding>) {
    let read = options.and_then(|options| {
        let skilled = serve::load_skills(&options, &mut SoundFiles::default());
        let names = names(&skilled.map_err(|error| chain(&error))?.skills);
        Ok((names, options.post))
    });
    findings.push(match read {
        // With settings like these the daemon does not start.
        Err(seen) => failure(Check::Skills, seen, "doctor-skills"),
        Ok((names, _)) if names.is_empty() => ok(Check::Skills, "nothing beside calls can be ordered".into()),
        Ok((names, None)) => {
            let seen = format!("{names}: nobody does what is ordered");
            warning(Check::Skills, seen, "doctor-skills-undone")
        }
        Ok((names, Some(post))) => {
            let server = post.url.as_url().host_str().unwrap_or_default();
            let seen = format!("{names}: orders are posted to `{server}`, which was not asked");
            ok(Check::Skills, seen)
        }
    });
}

fn names(skills: &Skills) -> String {
    let all = (0..).map_while(|skill| skills.get(SkillId(skill)));
    let names: Vec<String> = all.map(|skill| format!("`{}`", skill.name)).collect();
    names.join(", ")
}
