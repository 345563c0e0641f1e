//! espeak-ng as a phonemiser: texts in, phonemes of the International Phonetic Alphabet out.

use std::{path::Path, process::Stdio, time::Duration};

use evatel_core::account::Language;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::Error;

/// The voice of espeak-ng that a language is said by, unless a model names another.
pub(crate) fn voice(language: Language) -> &'static str {
    match language {
        Language::En => "en-us",
        Language::Fr => "fr",
    }
}

/// Replaces `(en)`, `(fr)`, `(en-us)`, by which espeak-ng says that it changes languages, by another text.
pub(crate) fn without_switches(ipa: &str, by: &str) -> String {
    let mut clean = String::with_capacity(ipa.len());
    let mut rest = ipa;
    while let Some(open) = rest.find('(') {
        clean.push_str(&rest[..open]);
        let tail = &rest[open..];
        let switch = tail.find(')').filter(|&end| {
            end > 1
                && tail[1..end]
                    .chars()
                    .all(|letter| letter.is_ascii_alphanumeric() || letter == '-')
        });
        match switch {
            Some(end) => {
                clean.push_str(by);
                rest = &tail[end + 1..];
            }
            None => {
                clean.push('(');
                rest = &tail[1..];
            }
        }
    }
    clean.push_str(rest);
    clean
}

/// Gives a line of phonemes for each text, in order, as a voice of espeak-ng says them, with a mark between phonemes where one is asked
/// for. A text has one line, and something to say; then one run does for all.
///
/// # Errors
/// When espeak-ng is not there or does not work.
pub(crate) async fn of(
    program: &Path,
    texts: &[String],
    voice: &str,
    separator: Option<char>,
) -> Result<Vec<String>, Error> {
    let output = run(program, &texts.join("\n\n"), texts.len(), voice, separator).await?;
    let lines: Vec<_> = output.lines().filter(|line| !line.trim().is_empty()).collect();
    if lines.len() == texts.len() {
        return Ok(lines.into_iter().map(str::to_owned).collect());
    }
    let mut one_by_one = Vec::with_capacity(texts.len());
    for text in texts {
        let output = run(program, text, 1, voice, separator).await?;
        one_by_one.push(output.lines().collect::<Vec<_>>().join(" "));
    }
    Ok(one_by_one)
}

async fn run(
    program: &Path,
    input: &str,
    texts: usize,
    voice: &str,
    separator: Option<char>,
) -> Result<String, Error> {
    let failed = |reason: String| Error::Failed {
        program: program.display().to_string(),
        texts,
        reason,
    };
    let mut command = Command::new(program);
    command.args(["-q", "-b", "1", "--ipa"]);
    command.args(separator.map(|mark| format!("--sep={mark}")));
    let mut child = command
        .args(["-v", voice, "--stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .map_err(|source| Error::NotInstalled {
            program: program.display().to_string(),
            source,
        })?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let mut stdout = child.stdout.take().expect("stdout is piped").take(MOST_OUTPUT);
    let input = format!("{input}\n\n");
    let write = async move {
        // A child that ended early closes its pipe; its exit status says why.
        let _ = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
    };
    let mut output = Vec::new();
    let work = async {
        let (read, ()) = tokio::join!(stdout.read_to_end(&mut output), write);
        read?;
        child.wait().await
    };
    let status = tokio::time::timeout(DEADLINE, work)
        .await
        .map_err(|_| failed(format!("no answer within {DEADLINE:?}")))?
        .map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        return Err(failed(status.to_string()));
    }
    Ok(String::from_utf8_lossy(&output).into_owned())
}

const MOST_OUTPUT: u64 = 4 << 20;
const DEADLINE: Duration = Duration::from_secs(10);
