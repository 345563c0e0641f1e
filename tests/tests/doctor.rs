//! What `evatel doctor` finds, and what it says to do about it.

use std::fs;

use anyhow::{Context, Result, ensure};
use evatel_tests::world::{Options, Outcome, World};
use serde_json::Value;

/// The checks of a world in which calls work.
const ALL: [&str; 11] = [
    "audio",
    "brain",
    "configuration",
    "contacts",
    "database",
    "model",
    "modules",
    "rows",
    "skills",
    "switch",
    "voice",
];

/// What `doctor --json` says: its exit code, and its document.
async fn examined(world: &World, variables: &[(&str, &str)]) -> Result<(Option<i32>, Value)> {
    let Outcome { code, stdout, stderr } = world.cli().outcome(&["doctor", "--json"], variables).await?;
    let document = serde_json::from_str(&stdout).with_context(|| format!("`{stdout}`\n{stderr}"))?;
    Ok((code, document))
}

/// Gives the findings of one check.
fn of<'v>(check: &str, document: &'v Value) -> Vec<&'v Value> {
    let findings = document["findings"].as_array().into_iter().flatten();
    findings.filter(|finding| finding["check"] == check).collect()
}

/// Refuses a document that does not say that this is broken, with what was seen and what to do about it.
fn check_told(check: &str, seen: &str, remedy: &str, code: Option<i32>, document: &Value) -> Result<()> {
    ensure!(
        code == Some(1) && document["ok"] == false,
        "{code:?}: {document:#}"
    );
    let findings = of(check, document);
    let broken = findings.iter().find(|finding| finding["severity"] == "failure");
    let broken = broken.with_context(|| format!("nothing failed of `{check}`: {document:#}"))?;
    let says = |key: &str, wanted: &str| broken[key].as_str().is_some_and(|text| text.contains(wanted));
    ensure!(says("seen", seen), "no `{seen}`: {broken:#}");
    ensure!(says("hint", remedy), "no `{remedy}`: {broken:#}");
    Ok(())
}

#[tokio::test]
async fn a_healthy_world_passes_all_checks_with_and_without_the_daemon() -> Result<()> {
    let mut world = World::start(Options::default()).await?;
    for _ in 0..2 {
        let (code, document) = examined(&world, &[]).await?;
        ensure!(
            code == Some(0) && document["ok"] == true,
            "{code:?}: {document:#}"
        );
        for check in ALL {
            let findings = of(check, &document);
            let fine = |finding: &&Value| finding["severity"] == "ok" && finding["hint"].is_null();
            ensure!(
                !findings.is_empty() && findings.iter().all(fine),
                "`{check}`: {document:#}"
            );
        }
        world.nothing_is_up(std::time::Duration::from_secs(5)).await?;
        if world.daemon.runs()? {
            // The daemon at work was not displaced by the examination.
            ensure!(
                !world.daemon.log().contains("another program"),
                "{}",
                world.daemon.log()
            );
            world.daemon.kill().await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn each_thing_that_is_broken_is_told_with_what_to_do_about_it() -> Result<()> {
    let mut world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;

    // No model is no failure: keys are left.
    let (code, document) = examined(&world, &[]).await?;
    let model = of("model", &document);
    ensure!(
        code == Some(0)
            && model.len() == 1
            && model[0]["severity"] == "warning"
            && model[0]["hint"].is_string(),
        "{document:#}"
    );

    let (code, document) = examined(&world, &[("EVATEL_ASTERISK__ARI_PASSWORD", "wrong")]).await?;
    check_told("switch", "evatel", "ari.conf", code, &document)?;
    ensure!(of("audio", &document).is_empty(), "{document:#}");
    ensure!(
        !of("database", &document).is_empty(),
        "one failure hid the rest: {document:#}"
    );

    let garbage = world.dir().join("garbage");
    fs::create_dir(&garbage)?;
    fs::write(garbage.join("phones.onnx"), [0xa5; 4096])?;
    let garbage = garbage.to_str().context("a temporary folder's name is text")?;
    let (code, document) = examined(&world, &[("EVATEL_SPEECH__MODEL_DIR", garbage)]).await?;
    check_told("model", garbage, "speech.model_dir", code, &document)?;

    let elsewhere = format!("sqlite://{}", world.dir().join("nowhere.db").display());
    let (code, document) = examined(&world, &[("EVATEL_DATABASE__URL", &elsewhere)]).await?;
    check_told("database", "nowhere.db", "evatel init", code, &document)?;
    ensure!(
        !world.dir().join("nowhere.db").exists(),
        "the examination made a database"
    );

    world.asterisk.kill().await?;
    let (code, document) = examined(&world, &[]).await?;
    check_told("switch", "http://127.0.0.1:", "start Asterisk", code, &document)?;
    // For people, too.
    let said = world.outcome(&["doctor"]).await?;
    ensure!(
        said.code == Some(1) && said.stdout.contains("hint: start Asterisk"),
        "{}",
        said.stdout
    );
    Ok(())
}

#[tokio::test]
async fn an_asterisk_that_was_not_told_the_way_of_the_sound_is_refused_until_it_is_told() -> Result<()> {
    let mut world = World::start(Options {
        speech: false,
        ..Options::default()
    })
    .await?;
    world.daemon.kill().await?;
    // As an Evatel that connected to Asterisk left it.
    fs::remove_file(world.dir().join("asterisk/etc/websocket_client.conf"))?;
    world.asterisk.kill().await?;
    world.asterisk.start_again().await?;

    let (code, document) = examined(&world, &[]).await?;
    let section = "no section `evatel_doctor` of websocket_client.conf";
    check_told("audio", section, "evatel provision apply", code, &document)?;
    let served = world.outcome(&["serve"]).await?;
    let (section, remedy) = ("no section `evatel` of", "hint: run `evatel provision apply`");
    ensure!(
        served.code == Some(2) && served.stderr.contains(section) && served.stderr.contains(remedy),
        "{served:?}"
    );

    let applied = world.evatel(&["provision", "apply"]).await?;
    ensure!(applied["restart_needed"] == false, "{applied:#}");
    let (code, document) = examined(&world, &[]).await?;
    ensure!(code == Some(0), "{document:#}");
    world.start_daemon().await
}

#[tokio::test]
async fn a_contact_that_cannot_be_pronounced_is_named_and_calls_still_work() -> Result<()> {
    let world = World::start(Options::default()).await?;
    world.change(&["contact", "add", "张伟", "514-555-0188"]).await?;
    let (code, document) = examined(&world, &[]).await?;
    ensure!(
        code == Some(0) && document["ok"] == true,
        "{code:?}: {document:#}"
    );
    let contacts = of("contacts", &document);
    let told = contacts.iter().find(|finding| finding["severity"] == "warning");
    let told = told.with_context(|| format!("{document:#}"))?;
    ensure!(
        told["seen"].as_str().is_some_and(|seen| seen.contains("张伟")),
        "{told:#}"
    );
    ensure!(
        told["hint"].as_str().is_some_and(|hint| hint.contains("keys")),
        "{told:#}"
    );
    Ok(())
}
