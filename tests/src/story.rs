//! What a person reads of a call, on standard error; standard output belongs to `--json`.

use std::{path::Path, time::Duration};

use anyhow::Result;

use crate::{
    calls::Report,
    wave::{Track, write_png, write_wav},
};

/// Says one thing.
pub fn say(text: &str) {
    eprintln!("{text}");
}

/// Tells a call: who rang, what was heard, said and decided, how long it took; leaves its sound beside.
pub fn tell(report: &Report, out: &Path) -> Result<()> {
    let title = format!("Call {} ({})", report.name, report.lang);
    say(&format!("\n{title}\n{}", "─".repeat(title.chars().count())));
    say(&format!("{} calls {}", report.caller, report.did));
    for line in report.story["transcript"].as_array().into_iter().flatten() {
        let text = |key: &str| line[key].as_str().unwrap_or_default().to_owned();
        say(&format!("  {:<9} {}", text("who"), text("text")));
    }
    let joined = if report.bridged { "joined" } else { "not joined" };
    say(&format!(
        "  → {} by `{}`, answered for by {}; {joined} with {}; heard each other: {}",
        report.decision,
        report.rule,
        report.authoriser,
        report.callee,
        report.caller_heard_callee && report.callee_heard_caller,
    ));
    let timing = |name: &str, ms: Option<u64>| ms.map(|ms| format!("{name} {ms} ms"));
    let timings = [
        timing("first audio after", report.first_audio_ms),
        timing("answer to a turn after", report.turn_ms),
        timing("quiet after barge-in", report.barge_in_ms),
    ];
    let timings: Vec<String> = timings.into_iter().flatten().collect();
    if !timings.is_empty() {
        say(&format!("  {}", timings.join(", ")));
    }
    sound(report, out)
}

/// Leaves a WAV of each line and one picture of all their waveforms on one time axis.
fn sound(report: &Report, out: &Path) -> Result<()> {
    let name = format!("{}-{}", report.name, report.lang)
        .replace([' ', ','], "-")
        .to_lowercase();
    let Some(start) = report
        .audio
        .iter()
        .filter_map(|(_, recording)| recording.start)
        .min()
    else {
        return Ok(());
    };
    let mut tracks = Vec::new();
    for (label, recording) in &report.audio {
        write_wav(
            &out.join(format!("{name}-{}.wav", label.replace(' ', "-"))),
            &recording.samples,
        )?;
        let begin = recording.start.map_or(Duration::ZERO, |at| at - start);
        tracks.push(Track {
            begin,
            ..Track::new(label, recording.samples.clone())
        });
    }
    let picture = out.join(format!("{name}.png"));
    write_png(
        &picture,
        &format!("Call {} ({})", report.name, report.lang),
        &tracks,
    )?;
    say(&format!("  {}", picture.display()));
    Ok(())
}
