//! A language model behind an OpenAI-compatible endpoint: `POST {url}/chat/completions`, streamed, with tools.
//!
//! The model gets the phones that were heard in IPA and the names that sound most like them, as one JSON document; its tools are the
//! intents that are listened for at this point of the dialogue. It can do nothing but call one of them: what it writes is never said,
//! and contacts go by `c1`, `c2` and so on, so that it can name nobody else. What it sends is read with limits on time, bytes and calls;
//! whatever fails is a typed [`Error`]. [`Advised`](super::Advised) asks it.

mod answer;
mod endpoint;
mod error;
mod events;
mod order;
mod question;
mod rest;
mod tool;

pub use answer::{Answer, Call, MOST_CALLS, read_answer};
pub(super) use endpoint::Advice;
pub use endpoint::{Dialect, Endpoint, EndpointConfig, Limits, Patience, Prices};
pub use error::Error;
pub(super) use question::Question;

pub use crate::resolver::{Looking, Lookup, system_lookup};
