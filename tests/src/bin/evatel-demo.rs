//! `cargo xtask demo`: the main job, on real parts, as a story that a person can read.

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use anyhow::{Context, Result, ensure};
use evatel_tests::{
    asterisk::workspace,
    calls::{self, Accept, Order, Report, check_joined},
    story,
    world::{Options, World},
};

fn main() -> ExitCode {
    let json = std::env::args().any(|argument| argument == "--json");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let played = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(play()));
    match played {
        Ok(played) => {
            if json {
                println!("{}", played.document());
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("demo: {error:#}");
            if json {
                println!(
                    "{}",
                    serde_json::json!({ "ok": false, "error": format!("{error:#}") })
                );
            }
            ExitCode::FAILURE
        }
    }
}

struct Played {
    asterisk: String,
    calls: Vec<Report>,
    entries: usize,
}

impl Played {
    fn document(&self) -> serde_json::Value {
        serde_json::json!({
            "ok": true,
            "asterisk": self.asterisk,
            "calls": self.calls,
            "call_log_entries": self.entries,
        })
    }
}

async fn play() -> Result<Played> {
    let began = Instant::now();
    let out = workspace().join("target/demo");
    let run = fresh_folder(&out)?;
    story::say(
        "A database, a trunk, a number, a telephone, contacts and rules; an Asterisk on them; the daemon …",
    );
    let mut world = World::start_at(&run, Options::default()).await?;
    let asterisk = world.daemon.ready["asterisk"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    story::say(&format!(
        "Asterisk {asterisk} and the daemon are ready after {:.1} s.",
        began.elapsed().as_secs_f32()
    ));

    let mut calls = Vec::new();
    let mut tell = |report: Report| -> Result<()> {
        story::tell(&report, &out)?;
        calls.push(report);
        Ok(())
    };
    let report = calls::outside(Accept::Voice, "fr", &world)
        .await
        .with_context(|| why("A", &world))?;
    check_joined(&report)?;
    tell(report)?;

    let b = |name, lang, words, allowed| Order {
        name,
        lang,
        words,
        allowed,
    };
    let report = calls::assistant(b("B", "fr", "appelle Marie Tremblay", true), &world).await;
    let report = report.with_context(|| why("B", &world))?;
    check_joined(&report)?;
    tell(report)?;
    let report = calls::assistant(b("B abroad", "fr", "appelle Pierre Dupont", false), &world).await;
    let report = report.with_context(|| why("B abroad", &world))?;
    ensure!(
        report.decision == "deny" && report.rule == format!("restriction:{}", world.restriction),
        "{report:?}"
    );
    tell(report)?;
    world
        .change(&["contact", "add", "Zoé Beauchemin", "514-555-0177"])
        .await?;
    let report = calls::assistant(b("B new contact", "fr", "appelle Zoé Beauchemin", true), &world).await;
    let report = report.with_context(|| why("B new contact", &world))?;
    check_joined(&report)?;
    tell(report)?;

    let report = calls::outside_order("fr", &world)
        .await
        .with_context(|| why("C", &world))?;
    ensure!(
        report.decision == "deny" && report.rule == "caller-has-no-authority",
        "{report:?}"
    );
    tell(report)?;
    let report = calls::pin("appelle Marie Tremblay", "fr", &world)
        .await
        .with_context(|| why("C with PIN", &world))?;
    check_joined(&report)?;
    tell(report)?;

    world.change(&["account", "set", "--language", "en"]).await?;
    let report = calls::assistant(b("B", "en", "call Marie Tremblay", true), &world).await;
    let report = report.with_context(|| why("B in English", &world))?;
    check_joined(&report)?;
    tell(report)?;

    let ended = calls::unassigned(&world).await?;
    story::say(&format!(
        "A number that is nobody's: SIP {} before answer, Q.850 cause {:?}.",
        ended.status, ended.cause
    ));

    world.daemon.freeze()?;
    let report = calls::fallback("fallback, daemon hangs", &world).await?;
    check_joined(&report)?;
    tell(report)?;
    world.daemon.kill().await?;
    let report = calls::fallback("fallback, daemon killed", &world).await?;
    check_joined(&report)?;
    tell(report)?;

    let entries = world
        .evatel(&["call", "list", "--limit", "1000"])
        .await?
        .as_array()
        .map_or(0, Vec::len);
    story::say(&format!(
        "{entries} legs are in the call log. Everything is in {}; it took {:.0} s.",
        out.display(),
        began.elapsed().as_secs_f32()
    ));
    Ok(Played {
        asterisk,
        calls,
        entries,
    })
}

fn why(call: &str, world: &World) -> String {
    format!("call {call}; the daemon's log ends:\n{}", world.daemon.log())
}

/// Empties the demo's folder, and gives the place of this run's world.
fn fresh_folder(out: &PathBuf) -> Result<PathBuf> {
    match fs::remove_dir_all(out) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("`{}` cannot be emptied", out.display()))?;
        }
        _ => {}
    }
    fs::create_dir_all(out)?;
    Ok(out.join("run"))
}
