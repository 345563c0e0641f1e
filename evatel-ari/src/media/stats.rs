//! What a leg counts: plain numbers, one addition a frame.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! stats {
    ($($(#[$doc:meta])* $name:ident;)*) => {
        /// What has happened on a leg so far. Frames are of 20 ms.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        #[non_exhaustive]
        pub struct Stats {
            $($(#[$doc])* pub $name: u64,)*
        }

        /// The counters behind [`Stats`].
        #[derive(Debug, Default)]
        pub(crate) struct Counters {
            $(pub(crate) $name: Counter,)*
        }

        impl Counters {
            pub(crate) fn stats(&self) -> Stats {
                Stats { $($name: self.$name.0.load(Ordering::Relaxed),)* }
            }
        }
    };
}

stats! {
    /// Frames that came from the party and went to the ear.
    heard;
    /// Frames that came while the ear was 1 s behind, and were dropped.
    unheard_by_ear;
    /// Frames sent to the switch.
    sent;
    /// Frames that could not be written for 200 ms, and were dropped.
    dropped;
    /// Steps of 20 ms that passed without us and were left out.
    slipped;
    /// Frames by which the switch's own queue had slipped, and which were drained again.
    drained;
    /// Frames in a queue of the switch that had grown too long, because the way there stalled; it was thrown away.
    overrun;
    /// Frames that the switch threw away, at our word, before the party heard them.
    flushed;
    /// RTP: packets that came, whatever became of them.
    received;
    /// RTP: packets that never came, or came too late.
    lost;
    /// RTP: packets that came after their turn, and were dropped.
    late;
    /// RTP: packets that came twice.
    duplicate;
    /// RTP: frames that were made up for lost ones.
    concealed;
    /// RTP: how often the sender began anew (another SSRC, or a jump of two seconds and more).
    restarts;
    /// Messages or packets that could not be read, or carried what was not agreed.
    unreadable;
}

#[derive(Debug, Default)]
pub(crate) struct Counter(AtomicU64);

impl Counter {
    pub(crate) fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// Takes back what was counted by the clock and is known better now.
    pub(crate) fn take_back(&self, less: u64) {
        self.0.fetch_sub(less, Ordering::Relaxed);
    }

    pub(crate) fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}
