//! The text messages of a media connection: `channels/chan_websocket.c` of Asterisk 22.6 and newer, JSON since 22.8.

use std::{borrow::Cow, fmt::Write};

use serde::Deserialize;

/// Longest command that Asterisk reads, in bytes; a longer one it ignores, with a log line only.
pub const MAX_COMMAND: usize = 128;
/// Longest binary message, in bytes; a longer one ends the call.
pub const MAX_MEDIA: usize = 65_500;

/// In which form the messages are: `f(json)` or `f(plain-text)` of the dial string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Dialect {
    /// One JSON object a message; Asterisk 22.8 and newer.
    #[default]
    Json,
    /// Words; deprecated by Asterisk, and what it speaks when nothing is said.
    PlainText,
}

impl Dialect {
    /// Gives the dialect's name in the dial string.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::PlainText => "plain-text",
        }
    }
}

/// Which way sound goes, as Asterisk sees it (22.9 and newer, JSON only).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    Both,
    /// Only from us to the party.
    In,
    /// Only from the party to us.
    Out,
}

/// What can be asked of Asterisk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Command<'a> {
    /// Answers the channel.
    Answer,
    /// Plays on after a [`Command::Pause`].
    Continue,
    /// Throws away what was not played yet.
    Flush,
    /// Asks for [`Event::Status`].
    GetStatus,
    /// Hangs the channel up.
    Hangup,
    /// Asks for [`Event::MarkProcessed`] when all that was sent before is played.
    Mark(&'a str),
    /// Plays silence instead of the queue.
    Pause,
    /// Asks for one [`Event::QueueDrained`].
    ReportQueueDrained,
    /// Changes which way sound goes.
    SetDirection(Direction),
    /// From here on messages are cut into frames by Asterisk, whatever their length.
    StartBuffering,
    /// Ends that, and asks for [`Event::BufferingCompleted`].
    StopBuffering(&'a str),
}

/// Why a command cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// Asterisk would ignore it.
    #[error(
        "a command of {bytes} bytes is longer than the {MAX_COMMAND} that Asterisk reads: use a shorter id"
    )]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It would be read as another command, or as none.
    #[error("id `{id}` cannot be sent: use letters, digits, `-` and `_`")]
    BadId {
        /// The id.
        id: String,
    },
    /// Plain text has no word for it.
    #[error("`SET_MEDIA_DIRECTION` needs JSON control messages")]
    NeedsJson,
}

impl Command<'_> {
    fn name(self) -> &'static str {
        match self {
            Self::Answer => "ANSWER",
            Self::Continue => "CONTINUE_MEDIA",
            Self::Flush => "FLUSH_MEDIA",
            Self::GetStatus => "GET_STATUS",
            Self::Hangup => "HANGUP",
            Self::Mark(_) => "MARK_MEDIA",
            Self::Pause => "PAUSE_MEDIA",
            Self::ReportQueueDrained => "REPORT_QUEUE_DRAINED",
            Self::SetDirection(_) => "SET_MEDIA_DIRECTION",
            Self::StartBuffering => "START_MEDIA_BUFFERING",
            Self::StopBuffering(_) => "STOP_MEDIA_BUFFERING",
        }
    }

    /// Writes it as Asterisk reads it.
    ///
    /// # Errors
    /// What Asterisk would ignore or misread is not written.
    pub fn encode(self, dialect: Dialect) -> Result<String, CommandError> {
        let id = match self {
            Self::Mark(id) | Self::StopBuffering(id) => id,
            _ => "",
        };
        if !id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
        {
            return Err(CommandError::BadId { id: id.to_owned() });
        }
        let mut text = String::with_capacity(MAX_COMMAND);
        let written = match (dialect, self) {
            (Dialect::Json, Self::SetDirection(direction)) => {
                let direction = match direction {
                    Direction::Both => "both",
                    Direction::In => "in",
                    Direction::Out => "out",
                };
                write!(
                    text,
                    r#"{{"command":"{}","direction":"{direction}"}}"#,
                    self.name()
                )
            }
            (Dialect::Json, _) if id.is_empty() => write!(text, r#"{{"command":"{}"}}"#, self.name()),
            (Dialect::Json, _) => {
                write!(text, r#"{{"command":"{}","correlation_id":"{id}"}}"#, self.name())
            }
            (Dialect::PlainText, Self::SetDirection(_)) => return Err(CommandError::NeedsJson),
            (Dialect::PlainText, _) if id.is_empty() => write!(text, "{}", self.name()),
            (Dialect::PlainText, _) => write!(text, "{} {id}", self.name()),
        };
        written.expect("writing to a string cannot fail");
        match text.len() {
            bytes if bytes > MAX_COMMAND => Err(CommandError::TooLong { bytes }),
            _ => Ok(text),
        }
    }
}

/// What Asterisk tells about the medium.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event<'a> {
    /// The buffered sound up to this id was taken.
    BufferingCompleted(Cow<'a, str>),
    /// The party pressed a key.
    DtmfEnd(char),
    /// Something it could not do.
    Failed(Cow<'a, str>),
    /// All before this mark is played.
    MarkProcessed(Cow<'a, str>),
    /// The queue is empty, after [`Command::ReportQueueDrained`].
    QueueDrained,
    /// The medium is there.
    Start(Start<'a>),
    /// How its queue is.
    Status(Status),
    /// Something that this version does not know.
    Unknown,
    /// Its queue is nearly full: wait.
    XOff,
    /// Its queue has room again.
    XOn,
}

/// How sound is to be sent.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Start<'a> {
    /// The channel's unique id; plain text had none before 22.8.
    pub channel_id: Cow<'a, str>,
    /// Such as `slin16`.
    pub format: Cow<'a, str>,
    /// Bytes of one frame.
    pub optimal_frame_size: u64,
    /// How long one frame lasts, in ms.
    pub ptime: u64,
}

/// How Asterisk's queue is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Status {
    /// Frames that wait in it.
    pub queue_length: u64,
    /// It has asked us to wait.
    pub queue_full: bool,
    /// It cuts messages of any length into frames.
    pub bulk_media: bool,
    /// It plays silence.
    pub media_paused: bool,
}

impl<'a> Event<'a> {
    /// Reads a text message; what is none of these changes nothing.
    pub fn read(text: &'a str, dialect: Dialect) -> Self {
        let fields = match dialect {
            Dialect::Json => serde_json::from_str(text).unwrap_or_default(),
            Dialect::PlainText => Fields::of_words(text),
        };
        fields.event()
    }
}

/// All that any event has; what is not there is empty.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Fields<'a> {
    bulk_media: bool,
    #[serde(borrow)]
    channel_id: Cow<'a, str>,
    #[serde(borrow)]
    correlation_id: Cow<'a, str>,
    #[serde(borrow)]
    digit: Cow<'a, str>,
    #[serde(borrow)]
    error_text: Cow<'a, str>,
    #[serde(borrow)]
    event: Cow<'a, str>,
    #[serde(borrow)]
    format: Cow<'a, str>,
    media_paused: bool,
    optimal_frame_size: u64,
    ptime: u64,
    queue_full: bool,
    queue_length: u64,
}

impl<'a> Fields<'a> {
    /// `NAME`, `NAME id`, or `NAME key:value key:value`; `error_text` is the last one and goes to the end.
    fn of_words(text: &'a str) -> Self {
        let text = text.trim();
        let (name, mut rest) = text.split_once(' ').unwrap_or((text, ""));
        let mut fields = Self {
            event: name.into(),
            ..Self::default()
        };
        if let Some((before, error)) = rest.split_once("error_text:") {
            fields.error_text = error.into();
            rest = before;
        }
        for word in rest.split_ascii_whitespace() {
            let Some((key, value)) = word.split_once(':') else {
                fields.correlation_id = word.into();
                continue;
            };
            let number = || value.parse().unwrap_or_default();
            match key {
                "bulk_media" => fields.bulk_media = value == "true",
                "channel_id" => fields.channel_id = value.into(),
                "correlation_id" => fields.correlation_id = value.into(),
                "digit" => fields.digit = value.into(),
                "format" => fields.format = value.into(),
                "media_paused" => fields.media_paused = value == "true",
                "optimal_frame_size" => fields.optimal_frame_size = number(),
                "ptime" => fields.ptime = number(),
                "queue_full" => fields.queue_full = value == "true",
                "queue_length" => fields.queue_length = number(),
                _ => {}
            }
        }
        fields
    }

    fn event(self) -> Event<'a> {
        match &*self.event {
            "DTMF_END" => self.digit.chars().next().map_or(Event::Unknown, Event::DtmfEnd),
            "ERROR" => Event::Failed(self.error_text),
            "MEDIA_BUFFERING_COMPLETED" => Event::BufferingCompleted(self.correlation_id),
            "MEDIA_MARK_PROCESSED" => Event::MarkProcessed(self.correlation_id),
            "MEDIA_START" => Event::Start(Start {
                channel_id: self.channel_id,
                format: self.format,
                optimal_frame_size: self.optimal_frame_size,
                ptime: self.ptime,
            }),
            "MEDIA_XOFF" => Event::XOff,
            "MEDIA_XON" => Event::XOn,
            "QUEUE_DRAINED" => Event::QueueDrained,
            "STATUS" => Event::Status(Status {
                queue_length: self.queue_length,
                queue_full: self.queue_full,
                bulk_media: self.bulk_media,
                media_paused: self.media_paused,
            }),
            _ => Event::Unknown,
        }
    }
}

#[cfg(test)]
mod tests;
