//! `cargo xtask scenarios`: the files of `scenarios/`, played over the wire.

use std::{path::PathBuf, process::ExitCode};

use anyhow::Result;
use clap::Parser;
use evatel_tests::{
    asterisk::workspace,
    wire::{self, Report},
};
use evatel_voice::scenario::is_wanted;
use serde_json::json;

/// Plays scenarios through a real Asterisk and the daemon, with SIP callers spoken by espeak-ng.
#[derive(Parser)]
struct Options {
    /// Scenario files, or folders of them [default: scenarios/]
    paths: Vec<PathBuf>,
    /// Plays only those whose file or title has this in it
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Tells all that happened, not only of what failed
    #[arg(long)]
    story: bool,
    /// Ends standard output with one line of JSON
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    let options = Options::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let played = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(play(&options)));
    match played {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("scenarios: {error:#}");
            ExitCode::from(2)
        }
    }
}

async fn play(options: &Options) -> Result<bool> {
    let paths = match options.paths.is_empty() {
        true => vec![workspace().join("scenarios")],
        false => options.paths.clone(),
    };
    let mut scenarios = wire::read(&paths)?;
    if let Some(only) = &options.only {
        scenarios.retain(|(file, scenario)| is_wanted(file, scenario, Some(only)));
    }
    let reports = wire::play(scenarios, |report| println!("{}", told(report, options.story))).await?;
    let count = |wanted: fn(&Report) -> bool| reports.iter().filter(|report| wanted(report)).count();
    let (passed, refused) = (count(|it| it.passed), count(|it| it.refused.is_some()));
    let failed = reports.len() - passed - refused;
    let took = reports.iter().filter_map(|report| report.played.as_ref());
    let took: Vec<_> = took.flat_map(|played| &played.took).collect();
    let late = took.iter().filter(|took| took.ms > took.budget_ms).count();
    println!(
        "{passed} passed, {failed} failed, {refused} cannot be played so; {late} of {} times were above their budget",
        took.len()
    );
    if options.json {
        println!(
            "{}",
            json!({ "ok": failed == 0, "passed": passed, "failed": failed, "refused": refused, "scenarios": reports })
        );
    }
    Ok(failed == 0)
}

fn told(report: &Report, with_story: bool) -> String {
    let word = match report {
        Report { refused: Some(_), .. } => "refused",
        Report { passed: true, .. } => "passed",
        _ => "FAILED",
    };
    let mut lines = vec![format!(
        "[{word}] {}: {} ({})",
        report.file.display(),
        report.title,
        report.voice
    )];
    lines.extend(report.refused.iter().map(|why| format!("  {why}")));
    if let Some(played) = &report.played {
        if with_story || !report.passed {
            lines.extend(played.moments.iter().map(ToString::to_string));
        }
        lines.extend(played.took.iter().map(|took| {
            let late = if took.ms > took.budget_ms { ", late" } else { "" };
            format!(
                "  step {}: {} ms of {} ms{late}",
                took.step, took.ms, took.budget_ms
            )
        }));
        lines.extend(played.failed.iter().map(|failed| format!("  {failed}")));
    }
    lines.join("\n")
}
