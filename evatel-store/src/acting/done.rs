//! What a command answers, and what the audit tells of it.

use evatel_core::audit::Facts;
use serde::Serialize;

/// What a command's body gives: its answer, and what the audit tells of it.
pub(crate) struct Done<T> {
    pub(crate) value: T,
    pub(crate) trace: Option<Trace>,
}

/// What the audit tells of one thing that changed.
pub(crate) struct Trace {
    pub(super) object: String,
    pub(super) before: Option<Facts>,
    pub(super) after: Option<Facts>,
}

impl<T> Done<T> {
    /// Nothing changed, so nothing is told.
    pub(crate) fn nothing(value: T) -> Self {
        Self { value, trace: None }
    }

    /// Something was done that has no before and after, such as a password set anew.
    pub(crate) fn told(value: T, object: impl ToString) -> Self {
        Self::traced(value, object, None, None)
    }

    /// Something changed from one state to another; nothing is told where they are the same.
    pub(crate) fn changed(
        value: T,
        object: impl ToString,
        before: &impl Serialize,
        after: &impl Serialize,
    ) -> Self {
        let (before, after) = Facts::changed(Facts::of(before), Facts::of(after));
        if before.is_empty() && after.is_empty() {
            return Self::nothing(value);
        }
        Self::traced(value, object, Some(before), Some(after))
    }

    /// Something took the place of what was there, if there was anything.
    pub(crate) fn replaced<S: Serialize>(
        value: T,
        object: impl ToString,
        before: Option<&S>,
        after: &S,
    ) -> Self {
        match before {
            Some(before) => Self::changed(value, object, before, after),
            None => Self::traced(value, object, None, Some(Facts::of(after))),
        }
    }

    /// Something came in, of which the audit tells less than the answer.
    pub(crate) fn came(value: T, object: impl ToString, after: &impl Serialize) -> Self {
        Self::traced(value, object, None, Some(Facts::of(after)))
    }

    /// Something is gone.
    pub(crate) fn removed(value: T, object: impl ToString, before: &impl Serialize) -> Self {
        Self::traced(value, object, Some(Facts::of(before)), None)
    }

    fn traced(value: T, object: impl ToString, before: Option<Facts>, after: Option<Facts>) -> Self {
        let object = object.to_string();
        Self {
            value,
            trace: Some(Trace {
                object,
                before,
                after,
            }),
        }
    }
}

impl<T: Serialize> Done<T> {
    /// Something was made, and is the answer.
    pub(crate) fn made(value: T, object: impl ToString) -> Self {
        let after = Facts::of(&value);
        Self::traced(value, object, None, Some(after))
    }
}
