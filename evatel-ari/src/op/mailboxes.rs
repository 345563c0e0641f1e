//! `/mailboxes`: how many messages wait, for lamps of telephones. What the messages are is not Asterisk's.

use crate::{model::Mailbox, request::Request};

/// `GET /mailboxes` lists every mailbox.
pub fn list() -> Request<Vec<Mailbox>> {
    Request::get(["mailboxes"])
}

/// `GET /mailboxes/{name}` describes one, such as `101@default`.
pub fn get(name: &str) -> Request<Mailbox> {
    Request::get(["mailboxes", name])
}

/// `PUT /mailboxes/{name}` makes one or changes its numbers.
pub fn update(name: &str, old_messages: u32, new_messages: u32) -> Request<()> {
    Request::put(["mailboxes", name])
        .query("oldMessages", old_messages.to_string())
        .query("newMessages", new_messages.to_string())
}

/// `DELETE /mailboxes/{name}` removes one.
pub fn delete(name: &str) -> Request<()> {
    Request::delete(["mailboxes", name])
}
