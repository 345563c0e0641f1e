//! How many messages wait, for the lamps of telephones.

use crate::{client::Ari, error::Result, model::Mailbox, op};

/// Sets how many messages, old and new, a mailbox such as `101@default` has; it is made if there is none.
///
/// ```
/// # use evatel_ari::{Ari, helper::mailbox};
/// # async fn light(ari: &Ari) -> evatel_ari::Result<()> {
/// let found = mailbox::get("101@default", ari).await?;
/// if found.is_none_or(|mailbox| mailbox.new_messages == 0) {
///     mailbox::set("101@default", 0, 1, ari).await?;
/// }
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// Those of the request.
pub async fn set(name: &str, old_messages: u32, new_messages: u32, ari: &Ari) -> Result<()> {
    ari.send(op::mailboxes::update(name, old_messages, new_messages))
        .await
}

/// Gives a mailbox, none if it does not exist.
///
/// # Errors
/// Those of the request.
pub async fn get(name: &str, ari: &Ari) -> Result<Option<Mailbox>> {
    match ari.send(op::mailboxes::get(name)).await {
        Ok(mailbox) => Ok(Some(mailbox)),
        Err(error) if error.is_gone() => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes a mailbox; success if there is none.
///
/// # Errors
/// Those of the request.
pub async fn remove(name: &str, ari: &Ari) -> Result<()> {
    match ari.send(op::mailboxes::delete(name)).await {
        Err(error) if error.is_gone() => Ok(()),
        other => other,
    }
}
