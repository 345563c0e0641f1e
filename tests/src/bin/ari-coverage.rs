//! `cargo xtask ari-coverage`: how much of the running Asterisk's ARI we have.

use std::process::ExitCode;

use anyhow::{Context, Result};
use evatel_ari::version::Version;
use evatel_tests::coverage::{Docs, Report, server::Server};

fn main() -> ExitCode {
    let json = std::env::args().any(|argument| argument == "--json");
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let compared = runtime
        .map_err(Into::into)
        .and_then(|runtime| runtime.block_on(compare()));
    match compared {
        Ok(report) => {
            println!("{}", report.table());
            println!("{}", report.summary());
            if json {
                println!(
                    "{}",
                    serde_json::json!({ "ok": report.is_complete(), "report": report })
                );
            }
            match report.is_complete() {
                true => ExitCode::SUCCESS,
                false => ExitCode::FAILURE,
            }
        }
        Err(error) => {
            eprintln!("ari-coverage: {error:#}");
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

async fn compare() -> Result<Report> {
    let server = Server::start().await?;
    let info = server.get("/asterisk/info").await?;
    let version = info["system"]["version"].as_str();
    let version = Version::read(version.context("`GET /asterisk/info` tells no version")?);
    let docs = Docs::fetch(&server).await?;
    let mut report = Report::of(&docs, &version);
    report.add_said(&server.scene(&docs).await?);
    server.stop().await?;
    Ok(report)
}
