//! What takes several requests and events, as one future or stream that ends with a reason.
//!
//! Everything here works below [`crate::Switch`]: it takes endpoints as text and asks no gate. Who may be called is the
//! caller's own business; Evatel's daemon dials through `Switch::dial` only, which wants a permit.
//!
//! Whatever a helper began ends with it: when its future or guard is dropped, a task of its own hangs the channel up, stops
//! the sound, cancels the recording. That task holds the session until it is done, three attempts at most; what could not be
//! ended is tried again after the next reconnect.
//!
//! - [`dialling`]: one leg, from ringing to answered, busy, refused ...; [`ring`]: many, of which the first that confirms wins.
//! - [`playback`], [`playlist`]: sounds, one or a queue of them; [`keypad`]: digits; [`recording`]: until it ends, and its file.
//! - [`hold`]: music, silence and hold; [`detect`]: talk, tones and what a telephone's hold key does; [`snoop`].
//! - [`roster`]: who is in a bridge, always up to date.
//! - [`transfer`]: what a telephone asks for with REFER, or what Asterisk did by itself.
//! - [`device`], [`mailbox`], [`message`]: lamps, message counts, texts and referrals.

pub mod detect;
pub mod device;
pub mod dialling;
pub mod follow;
pub mod guard;
pub mod hold;
pub mod keypad;
pub mod leg;
pub mod mailbox;
pub mod message;
pub mod playback;
pub mod playlist;
pub mod recording;
pub mod ring;
pub mod roster;
pub mod snoop;
pub mod target;
pub mod transfer;

pub use dialling::{Dialling, Outcome, Progress, originate};
pub use follow::{follow_bridge, follow_channel};
pub use guard::{BridgeGuard, ChannelGuard};
pub use keypad::Keypad;
pub use leg::Leg;
pub use playback::{PlayEnd, Playing};
pub use playlist::Playlist;
pub use recording::Recording;
pub use ring::{Rung, ring_first};
pub use roster::Roster;
pub use target::Target;
