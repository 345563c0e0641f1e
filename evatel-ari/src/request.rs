//! An operation of ARI as a value: what to send, and the type of what comes back.

use std::{fmt, marker::PhantomData};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use crate::version::Since;

/// The HTTP method of a [`Request`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// `DELETE`
    Delete,
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
}

impl Method {
    /// Gives the method as it stands on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Delete => "DELETE",
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
        }
    }
}

/// One ARI request whose answer is a `T`. Send it with [`crate::Ari::send`] or [`crate::Rest::send`].
pub struct Request<T> {
    method: Method,
    segments: Vec<String>,
    query: Vec<(&'static str, String)>,
    body: Option<Value>,
    needs: Vec<Since>,
    answer: PhantomData<fn() -> T>,
}

impl<T> Request<T> {
    /// Makes a `DELETE` of the path made of `segments`, each encoded for itself.
    pub fn delete<const N: usize>(segments: [&str; N]) -> Self {
        Self::new(Method::Delete, &segments)
    }

    /// Makes a `GET`.
    pub fn get<const N: usize>(segments: [&str; N]) -> Self {
        Self::new(Method::Get, &segments)
    }

    /// Makes a `POST`.
    pub fn post<const N: usize>(segments: [&str; N]) -> Self {
        Self::new(Method::Post, &segments)
    }

    /// Makes a `PUT`.
    pub fn put<const N: usize>(segments: [&str; N]) -> Self {
        Self::new(Method::Put, &segments)
    }

    fn new(method: Method, segments: &[&str]) -> Self {
        let segments = segments.iter().map(|segment| (*segment).to_owned()).collect();
        Self {
            method,
            segments,
            query: Vec::new(),
            body: None,
            needs: Vec::new(),
            answer: PhantomData,
        }
    }

    /// Adds a query parameter.
    #[must_use]
    pub fn query(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.query.push((name, value.into()));
        self
    }

    /// Adds a query parameter if there is one.
    #[must_use]
    pub fn query_opt(self, name: &'static str, value: Option<impl Into<String>>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    /// Adds a query parameter of several values, as Asterisk splits them: by commas, `\` before what is none.
    #[must_use]
    pub fn query_list(self, name: &'static str, values: impl IntoIterator<Item: AsRef<str>>) -> Self {
        let mut list = String::new();
        for (index, value) in values.into_iter().enumerate() {
            if index > 0 {
                list.push(',');
            }
            for c in value.as_ref().chars() {
                if matches!(c, ',' | '\\' | '"') {
                    list.push('\\');
                }
                list.push(c);
            }
        }
        self.query(name, list)
    }

    /// Adds a query parameter `name=true` if `is_set`; ARI's flags are off otherwise.
    #[must_use]
    pub fn query_flag(self, name: &'static str, is_set: bool) -> Self {
        self.query_opt(name, is_set.then_some("true"))
    }

    /// Sets a query parameter in place of those of its name.
    #[must_use]
    pub(crate) fn replace_query(mut self, name: &'static str, value: String) -> Self {
        self.query.retain(|(known, _)| *known != name);
        self.query(name, value)
    }

    /// Sets the JSON body.
    #[must_use]
    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// Notes since when Asterisk has what this uses; an older one is not asked ([`crate::Error::NeedsNewer`]).
    #[must_use]
    pub fn since(mut self, since: Since) -> Self {
        if !self.needs.contains(&since) {
            self.needs.push(since);
        }
        self
    }

    /// Forgets what the answer is read as: whether it is a success is all that [`crate::Rest::send`] then tells.
    pub fn without_answer(self) -> Request<()> {
        Request {
            method: self.method,
            segments: self.segments,
            query: self.query,
            body: self.body,
            needs: self.needs,
            answer: PhantomData,
        }
    }

    /// Gives what Asterisk must have for this; nothing for what 18 had already.
    pub fn needs(&self) -> &[Since] {
        &self.needs
    }

    /// Gives the path's segments, not encoded.
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Gives the query's names and values, not encoded.
    pub fn parameters(&self) -> &[(&'static str, String)] {
        &self.query
    }

    /// Gives the method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// Gives the encoded path below `/ari`, without the query: what error messages name.
    pub fn path(&self) -> String {
        self.segments
            .iter()
            .fold(String::new(), |path, segment| path + "/" + &encoded(segment))
    }

    /// Gives the encoded path and query below `/ari`.
    pub fn uri(&self) -> String {
        let mut uri = self.path();
        for (index, (name, value)) in self.query.iter().enumerate() {
            uri.push(if index == 0 { '?' } else { '&' });
            uri.push_str(name);
            uri.push('=');
            uri.push_str(&encoded(value));
        }
        uri
    }

    /// Gives the JSON body.
    pub fn json(&self) -> Option<&Value> {
        self.body.as_ref()
    }
}

impl<T> fmt::Debug for Request<T> {
    /// Shows method and path only: bodies and queries carry numbers of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.method.as_str(), self.path())
    }
}

/// What an ARI answer can be read as.
pub trait Answer: Sized + Send {
    /// Reads the body of a successful answer.
    fn read(body: &[u8]) -> serde_json::Result<Self>;
}

impl Answer for () {
    fn read(_: &[u8]) -> serde_json::Result<Self> {
        Ok(())
    }
}

/// An answer that is no JSON: the bytes of a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Answer for Bytes {
    fn read(body: &[u8]) -> serde_json::Result<Self> {
        Ok(Self(body.to_vec()))
    }
}

/// What `GET /events` gives: no answer, the connection itself becomes the event websocket.
///
/// Hence it is no [`Answer`] and cannot be sent like the others: [`crate::Ari::connect`] opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Upgraded {}

/// Lets types be read from a JSON answer.
macro_rules! json_answers {
    ($($model:ty),* $(,)?) => {$(
        impl $crate::request::Answer for $model {
            fn read(body: &[u8]) -> serde_json::Result<Self> {
                serde_json::from_slice(body)
            }
        }
    )*};
}
pub(crate) use json_answers;

/// Encodes one path segment or query value.
///
/// Asterisk splits the path first and decodes each part after, and reads `+` as a blank (`ast_uri_http_legacy`),
/// so both `/` and the `+` of a number must be encoded.
pub fn encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// Everything but the unreserved characters of RFC 3986 §2.3.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slash_plus_blank_and_question_mark_in_an_id_stay_inside_their_segment() {
        let request = Request::<()>::post(["endpoints", "PJSIP", "+1 514/555?x"]).query("to", "a&b+c");
        assert_eq!(
            request.uri(),
            "/endpoints/PJSIP/%2B1%20514%2F555%3Fx?to=a%26b%2Bc"
        );
        assert_eq!(
            format!("{request:?}"),
            "POST /endpoints/PJSIP/%2B1%20514%2F555%3Fx"
        );
    }

    #[test]
    fn a_comma_inside_one_of_several_values_does_not_part_it() {
        let request = Request::<()>::get(["x"]).query_list("media", ["tone:350/500,0/500", r#"sound:"a\b""#]);
        assert_eq!(
            request.parameters(),
            [("media", r#"tone:350/500\,0/500,sound:\"a\\b\""#.to_owned())]
        );
    }

    #[test]
    fn an_absent_option_leaves_no_trace() {
        let request = Request::<()>::delete(["channels", "x"]).query_opt("reason", None::<&str>);
        assert_eq!(request.uri(), "/channels/x");
    }
}
