//! What Asterisk opens to us, and what it offers to many: outbound ARI, doors for media, claims. They hold more of rows 66, 68 and 69.

#![allow(clippy::unwrap_used, reason = "what fails here fails the test")]

mod dialled_by {
    mod claim;
    mod door;
    mod pbx;
    mod session;
}
