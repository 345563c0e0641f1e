//! The stream `-`: each line of standard input is answered by one JSON object on a line of standard output.

use std::io::{self, BufRead, Read, Write};

use serde::Serialize;

use super::{answer::Answer, failure::Failure, texts::Texts};

/// The answer to one line of many.
///
/// Whatever a line holds, its answer names the line as `input` and says in `refused` why it was not taken, or null: a
/// script counts on as many objects as lines.
pub(super) trait LineAnswer: Serialize {
    /// Answers a line that cannot be read: `input` is what can be shown of it.
    fn refused(input: String, why: String) -> Self;
}

/// A line that was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    /// The first one is 1.
    pub(super) number: usize,
    /// Without its line break.
    pub(super) text: &'a str,
}

/// Answers each line of standard input, as it comes.
///
/// # Errors
/// [`Failure::Line`] where standard input ends in an error, [`Failure::File`] where an answer cannot be written.
pub(super) fn each_line<T: LineAnswer>(
    texts: &Texts,
    answer: impl FnMut(Line<'_>) -> T,
) -> Result<Answer, Failure> {
    answer_lines(io::stdin().lock(), io::stdout().lock(), texts, answer)?;
    Ok(Answer::said())
}

fn answer_lines<T: LineAnswer>(
    mut input: impl BufRead,
    output: impl Write,
    texts: &Texts,
    mut answer: impl FnMut(Line<'_>) -> T,
) -> Result<(), Failure> {
    let mut output = io::BufWriter::new(output);
    let mut line = Vec::new();
    for number in 1_usize.. {
        let failed = |error: io::Error| Failure::Line {
            number,
            why: error.to_string(),
        };
        let Some(length) = read_line(&mut input, &mut line).map_err(failed)? else {
            break;
        };
        let place = ("line", number.to_string());
        let said = match (length, str::from_utf8(&line)) {
            (Length::Whole, Ok(text)) => answer(Line { number, text }),
            (Length::Whole, Err(error)) => {
                let byte = (error.valid_up_to() + 1).to_string();
                let values = [(place.0, place.1.as_str()), ("byte", &byte)];
                T::refused(shown(&line), texts.say("line-not-text", &values))
            }
            (Length::TooLong, _) => {
                let most = MAX_LINE_BYTES.to_string();
                let values = [(place.0, place.1.as_str()), ("most", &most)];
                T::refused(shown(&line), texts.say("line-too-long", &values))
            }
        };
        let object = serde_json::to_string(&said).expect("domain types have text keys only");
        // Where input is slow, as from a terminal, each answer is seen before the next question.
        match writeln!(output, "{object}").and_then(|()| output.flush()) {
            Ok(()) => {}
            // A reader that went away (`… | head`) wants no more, and that is no failure of ours.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => break,
            Err(source) => {
                let path = "/dev/stdout".into();
                return Err(Failure::File { path, source });
            }
        }
    }
    Ok(())
}

/// How long a line is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Length {
    /// Longer than [`MAX_LINE_BYTES`]: the rest of it was left out.
    TooLong,
    /// All of it was read.
    Whole,
}

/// Reads the next line without its break, and of one that is too long no more than it may have; `None` at the end.
pub(super) fn read_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<Option<Length>> {
    line.clear();
    // With the break, in both its forms.
    let most = MAX_LINE_BYTES as u64 + 2;
    input.by_ref().take(most).read_until(b'\n', line)?;
    if line.is_empty() {
        return Ok(None);
    }
    let ended = line.pop_if(|byte| *byte == b'\n').is_some();
    if !ended && line.len() > MAX_LINE_BYTES {
        input.skip_until(b'\n')?;
    }
    let _ = line.pop_if(|byte| *byte == b'\r');
    let is_whole = line.len() <= MAX_LINE_BYTES;
    Ok(Some(if is_whole { Length::Whole } else { Length::TooLong }))
}

/// Shows the beginning of a line, whatever it is made of.
fn shown(line: &[u8]) -> String {
    String::from_utf8_lossy(line).chars().take(SHOWN_CHARS).collect()
}

/// Longest line that is read.
pub(super) const MAX_LINE_BYTES: usize = 64 * 1024;

/// How much is shown of a line that is not read.
const SHOWN_CHARS: usize = 80;

#[cfg(test)]
mod tests {
    use evatel_core::account::Language;
    use rstest::rstest;

    use super::*;

    #[derive(Serialize)]
    struct Said(usize, Result<String, String>);

    impl LineAnswer for Said {
        fn refused(_: String, why: String) -> Self {
            Self(0, Err(why))
        }
    }

    fn answered(input: &[u8]) -> Vec<String> {
        let (mut output, texts) = (Vec::new(), Texts::new(Language::En));
        let answer = |line: Line<'_>| Said(line.number, Ok(line.text.to_owned()));
        answer_lines(input, &mut output, &texts, answer).unwrap();
        String::from_utf8(output)
            .unwrap()
            .lines()
            .map(str::to_owned)
            .collect()
    }

    #[rstest]
    #[case::empty(b"", &[])]
    #[case::breaks(b"a\r\n\nb", &[r#"[1,{"Ok":"a"}]"#, r#"[2,{"Ok":""}]"#, r#"[3,{"Ok":"b"}]"#])]
    #[case::bytes(b"a\nb\xff\nc\n", &[r#"[1,{"Ok":"a"}]"#, r#"[0,{"Err":"line 2 is not UTF-8, from its byte 2 on"}]"#, r#"[3,{"Ok":"c"}]"#])]
    fn each_line_has_its_answer(#[case] input: &[u8], #[case] expected: &[&str]) {
        assert_eq!(answered(input), expected);
    }

    #[rstest]
    #[case::at_the_bound(0, "\n", false)]
    #[case::at_the_bound_with_a_return(0, "\r\n", false)]
    #[case::at_the_bound_and_the_end(0, "", false)]
    #[case::one_more(1, "\n", true)]
    #[case::one_more_with_a_return(1, "\r\n", true)]
    #[case::one_more_at_the_end(1, "", true)]
    #[case::far_more(1_000_000, "\n", true)]
    fn a_line_beyond_the_bound_is_refused_and_the_next_one_is_read(
        #[case] beyond: usize,
        #[case] ending: &str,
        #[case] is_refused: bool,
    ) {
        let long = "5".repeat(MAX_LINE_BYTES + beyond);
        let said = answered(format!("a\n{long}{ending}").as_bytes());
        assert_eq!(said.len(), 2);
        assert_eq!(said[1].contains("line 2 has more than 65536 bytes"), is_refused);
        if !ending.is_empty() {
            let said = answered(format!("{long}{ending}b").as_bytes());
            assert_eq!(said[1..], [r#"[2,{"Ok":"b"}]"#]);
        }
    }
}
