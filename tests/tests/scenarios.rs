//! Six scenarios over the wire. How long what took is written to `target/scenarios.json`, and fails nothing.

use std::{fs, path::PathBuf};

use anyhow::{Result, ensure};
use evatel_tests::{
    asterisk::workspace,
    wire::{self, Report},
};

/// An order, an interruption, the keypad, a visitor, a refusal, a dialogue.
const CHOSEN: [&str; 6] = [
    "fr/order-confirmed",
    "fr/help-interrupted",
    "en/to-the-keypad",
    "en/stranger-accepted-by-key",
    "fr/abroad-refused",
    "fr/dialogue/correct",
];

#[tokio::test]
async fn six_scenarios_go_over_the_wire_as_on_the_virtual_clock() -> Result<()> {
    let files: Vec<PathBuf> = CHOSEN
        .iter()
        .map(|name| workspace().join(format!("scenarios/{name}.yaml")))
        .collect();
    let reports = wire::play(wire::read(&files)?, |_| {}).await?;
    let report = serde_json::to_string_pretty(&reports)?;
    fs::write(workspace().join("target/scenarios.json"), &report)?;
    ensure!(
        reports.len() == CHOSEN.len() && reports.iter().all(|it: &Report| it.passed),
        "{report}"
    );
    Ok(())
}
