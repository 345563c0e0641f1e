//! A streamed answer, put together from its events.

use serde::{Deserialize, Deserializer};

use super::{
    error::{Error, word},
    events::Events,
};
use crate::brain::Tokens;

/// How many tools one answer may call: an utterance is one wish.
pub const MOST_CALLS: usize = 1;

/// An answer as far as it has come.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    calls: Vec<Call>,
    events: usize,
    begun: bool,
    /// The endpoint said why it stopped, or that it did.
    stopped: bool,
    /// Nothing follows.
    done: bool,
    out_of_tokens: bool,
    tokens: Option<Tokens>,
}

/// A tool that was called, in the endpoint's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Call {
    /// Which tool.
    pub name: String,
    /// With what: JSON, if it is.
    pub arguments: String,
}

#[derive(Deserialize)]
struct Chunk {
    #[serde(default, deserialize_with = "or_default")]
    choices: Vec<Choice>,
    usage: Option<Usage>,
    error: Option<Reported>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    index: usize,
    #[serde(default, deserialize_with = "or_default")]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
    #[serde(default, deserialize_with = "or_default")]
    tool_calls: Vec<CallPart>,
}

#[derive(Deserialize)]
struct CallPart {
    index: Option<usize>,
    #[serde(default, deserialize_with = "or_default")]
    function: FunctionPart,
}

#[derive(Default, Deserialize)]
struct FunctionPart {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u64,
    #[serde(default)]
    completion_tokens: u64,
}

/// An error as endpoints write it, in a body or in a stream. Its message is left where it is: it may quote a key.
#[derive(Deserialize)]
pub(super) struct Reported {
    code: Option<serde_json::Value>,
    r#type: Option<String>,
}

impl Reported {
    pub(super) fn code(&self) -> Option<String> {
        let code = match &self.code {
            Some(serde_json::Value::String(code)) => Some(code.clone()),
            Some(serde_json::Value::Number(code)) => Some(code.to_string()),
            _ => self.r#type.clone(),
        };
        code.map(|code| word(&code)).filter(|code| !code.is_empty())
    }
}

impl Answer {
    /// Takes the data of the next event.
    ///
    /// # Errors
    /// What it is no chat answer for; a second tool.
    pub fn take(&mut self, data: &str) -> Result<(), Error> {
        self.events += 1;
        if data.trim() == "[DONE]" {
            (self.stopped, self.done) = (true, true);
            return Ok(());
        }
        let garbage = |what| Error::Garbage {
            event: self.events,
            what,
        };
        let chunk: Chunk = serde_json::from_str(data).map_err(|error| {
            garbage(if error.is_data() {
                "not of the form of a chat answer"
            } else {
                "no JSON"
            })
        })?;
        if let Some(reported) = chunk.error {
            let code = reported.code().unwrap_or_else(|| "unknown".to_owned());
            return Err(Error::Reported { code });
        }
        if let Some(usage) = chunk.usage {
            self.tokens = Some(Tokens {
                asked: usage.prompt_tokens,
                answered: usage.completion_tokens,
            });
        }
        for choice in chunk.choices.into_iter().filter(|choice| choice.index == 0) {
            self.begun |= choice.delta.content.is_some_and(|content| !content.is_empty());
            for part in choice.delta.tool_calls {
                self.take_part(part)?;
            }
            if let Some(reason) = choice.finish_reason {
                self.begun = true;
                self.stopped = true;
                self.out_of_tokens = reason == "length";
            }
        }
        Ok(())
    }

    fn take_part(&mut self, part: CallPart) -> Result<(), Error> {
        self.begun = true;
        let at = part.index.unwrap_or_else(|| self.calls.len().saturating_sub(1));
        if at >= MOST_CALLS {
            return Err(Error::TooManyCalls { limit: MOST_CALLS });
        }
        if at == self.calls.len() {
            self.calls.push(Call::default());
        }
        let Some(call) = self.calls.get_mut(at) else {
            return Err(Error::Garbage {
                event: self.events,
                what: "part of a call that was not begun",
            });
        };
        // Some endpoints send the name once, others with each part.
        if let Some(name) = part.function.name
            && call.name != name
        {
            call.name.push_str(&name);
        }
        call.arguments
            .push_str(part.function.arguments.as_deref().unwrap_or_default());
        Ok(())
    }

    /// Says whether something of the answer has come.
    #[must_use]
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Says whether the endpoint has stopped; the count of tokens may still follow.
    #[must_use]
    pub fn has_stopped(&self) -> bool {
        self.stopped
    }

    /// Says whether nothing follows.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.done
    }

    /// How many tokens question and answer took, where the endpoint says so.
    #[must_use]
    pub fn tokens(&self) -> Option<Tokens> {
        self.tokens
    }

    /// Gives the tool that was called.
    ///
    /// # Errors
    /// [`Error::Cut`] and [`Error::OutOfTokens`] for half an answer, [`Error::NoCall`] for one without a tool.
    pub fn call(&self, most_tokens: u32) -> Result<&Call, Error> {
        if !self.stopped {
            return Err(Error::Cut);
        }
        if self.out_of_tokens {
            return Err(Error::OutOfTokens { limit: most_tokens });
        }
        self.calls.first().ok_or(Error::NoCall)
    }
}

/// Reads a whole answer that is there already, in the pieces in which it came.
///
/// # Errors
/// As while it streams; see [`Error`].
pub fn read_answer<'a>(pieces: impl IntoIterator<Item = &'a [u8]>, limit: usize) -> Result<Answer, Error> {
    let mut events = Events::new(limit);
    let mut answer = Answer::default();
    for piece in pieces {
        events.take(piece);
        while let Some(data) = events.next() {
            answer.take(&data?)?;
            if answer.is_done() {
                return Ok(answer);
            }
        }
    }
    Ok(answer)
}

/// Some endpoints write `null` where others write nothing.
fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: usize = 64 * 1024;

    fn read(text: &str) -> Result<Answer, Error> {
        read_answer([text.as_bytes()], LIMIT)
    }

    fn call(text: &str) -> Result<Call, Error> {
        read(text)?.call(64).cloned()
    }

    const GOOD: &str = concat!(
        ": a comment\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":null}}]}\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"id\":\"a\",\"function\":{\"name\":\"call_contact\",\"arguments\":\"\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"{\\\"contact\\\":\"}}]}}]}\n\n",
        "event: message\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\"é1\\\"}\"}}]}}]}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"tool_calls\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":412,\"completion_tokens\":9}}\n\n",
        "data: [DONE]\n\n",
    );

    #[test]
    fn a_call_is_the_same_wherever_the_network_cuts_it() {
        let whole = read(GOOD).unwrap();
        assert_eq!(
            whole.call(64).unwrap(),
            &Call {
                name: "call_contact".to_owned(),
                arguments: "{\"contact\":\"é1\"}".to_owned()
            }
        );
        assert_eq!(
            whole.tokens(),
            Some(Tokens {
                asked: 412,
                answered: 9
            })
        );
        for size in 1..GOOD.len() {
            let pieces = GOOD.as_bytes().chunks(size);
            assert_eq!(
                read_answer(pieces, LIMIT),
                Ok(whole.clone()),
                "in pieces of {size}"
            );
        }
    }

    #[test]
    fn the_seeds_of_the_fuzzer_mean_the_same_wherever_they_are_cut() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../fuzz/seeds/chat_answer");
        let mut called = 0;
        for seed in std::fs::read_dir(folder).unwrap() {
            let path = seed.unwrap().path();
            // The first byte is the size of the fuzzer's pieces.
            let body = std::fs::read(&path).unwrap().split_off(1);
            let whole = read_answer([&body[..]], LIMIT);
            called += usize::from(whole.as_ref().is_ok_and(|answer| answer.call(64).is_ok()));
            for size in 1..body.len() {
                let in_pieces = read_answer(body.chunks(size), LIMIT);
                assert_eq!(in_pieces, whole, "{} in pieces of {size}", path.display());
            }
        }
        assert!(called >= 4, "only {called} seeds hold a call");
    }

    #[test]
    fn what_other_servers_leave_out_or_write_as_null_is_taken() {
        for text in [
            // vLLM ends with `choices: null`; others send the whole call at once, without an index, and no [DONE].
            "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"function\":{\"name\":\"yes\",\"arguments\":\"{}\"}}]},\"finish_reason\":\"stop\"}]}\n\ndata: {\"choices\":null,\"usage\":null}\n\n",
            "data: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"yes\"}}]},\"finish_reason\":null}]}\n\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"yes\",\"arguments\":\"{}\"}}]}}]}\n\ndata: [DONE]\n\n",
        ] {
            assert_eq!(call(text).map(|call| call.name), Ok("yes".to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_no_answer_says_what_it_is() {
        let part =
            "{\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":0,\"function\":{\"name\":\"yes\"}}]}}]}";
        for (text, error) in [
            (
                "data: <html>\n\n".to_owned(),
                Error::Garbage {
                    event: 1,
                    what: "no JSON",
                },
            ),
            (
                "data: {\"choices\":[{\"delta\":\n\n".to_owned(),
                Error::Garbage {
                    event: 1,
                    what: "no JSON",
                },
            ),
            (
                "data: {\"choices\":7}\n\n".to_owned(),
                Error::Garbage {
                    event: 1,
                    what: "not of the form of a chat answer",
                },
            ),
            (
                format!("data: {part}\n\ndata: []\n\n"),
                Error::Garbage {
                    event: 2,
                    what: "not of the form of a chat answer",
                },
            ),
            (
                "data: {\"error\":{\"message\":\"your key sk-1 is bad\",\"code\":\"invalid_api_key\"}}\n\n"
                    .to_owned(),
                Error::Reported {
                    code: "invalid_api_key".to_owned(),
                },
            ),
            (
                "data: {\"error\":{\"code\":\"`rm -rf` \\n\\u001b[2J\"}}\n\n".to_owned(),
                Error::Reported {
                    code: "rm-rf2J".to_owned(),
                },
            ),
            (
                "data: {\"choices\":[{\"delta\":{\"tool_calls\":[{\"index\":1,\"function\":{}}]}}]}\n\n"
                    .to_owned(),
                Error::TooManyCalls { limit: 1 },
            ),
            (format!("data: {part}\n\n"), Error::Cut),
            ("data: [DONE]\n\n".to_owned(), Error::NoCall),
            (
                "data: {\"choices\":[{\"delta\":{\"content\":\"Yes!\"},\"finish_reason\":\"stop\"}]}\n\n"
                    .to_owned(),
                Error::NoCall,
            ),
            (
                format!("data: {part}\n\ndata: {{\"choices\":[{{\"finish_reason\":\"length\"}}]}}\n\n"),
                Error::OutOfTokens { limit: 64 },
            ),
            (String::new(), Error::Cut),
        ] {
            assert_eq!(call(&text), Err(error), "{text}");
        }
        assert_eq!(
            read_answer([&b"data: \xff\n\n"[..]], LIMIT),
            Err(Error::Garbage {
                event: 1,
                what: "no UTF-8"
            })
        );
    }

    #[test]
    fn an_answer_without_an_end_is_cut_at_the_limit_with_and_without_lines() {
        let line = "data: {\"choices\":[{\"delta\":{\"content\":\"a\"}}]}\n\n";
        let lines = std::iter::repeat_n(line.as_bytes(), 10_000);
        assert_eq!(read_answer(lines, 4096), Err(Error::TooLong { limit: 4096 }));
        let no_line = std::iter::repeat_n(&b"data: aaaaaaaaaa"[..], 10_000);
        assert_eq!(read_answer(no_line, 4096), Err(Error::TooLong { limit: 4096 }));
    }
}
