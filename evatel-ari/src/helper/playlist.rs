//! A queue of sounds that can grow, skip and be interrupted, and that knows what was played.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

use super::{
    keypad::Keypad,
    playback::{PlayEnd, Playing},
    target::Target,
};
use crate::{error::Result, handle::Handle};

/// A queue of sounds for one party or bridge.
///
/// It plays while somebody awaits [`Playlist::play`]; a [`Remote`] appends, skips and stops meanwhile.
#[derive(Debug)]
pub struct Playlist {
    target: Target,
    remote: Remote,
    /// How many sounds have ended or were skipped: the place of the one that plays.
    place: usize,
}

/// The buttons of a [`Playlist`], cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Remote(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: VecDeque<String>,
    /// The sound that plays shall be skipped.
    skip: bool,
    stop: bool,
}

/// How playing a queue ended.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Played {
    /// How many sounds were played to their end, those that failed or were skipped not counted.
    pub finished: usize,
    /// The place of the sound that was cut off in the middle, from 0 in the order of appending.
    pub cut: Option<usize>,
    /// The places of sounds that Asterisk could not play.
    pub failed: Vec<usize>,
    /// Why it ended.
    pub end: PlaylistEnd,
}

/// Why playing a queue ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlaylistEnd {
    /// Nothing is left in it.
    Empty,
    /// This key was pressed; it waits in the keypad as the first digit.
    Interrupted(char),
    /// Who should hear it hung up, left the application, or the bridge ended.
    Left,
    /// [`Remote::stop`] was called.
    Stopped,
}

impl Playlist {
    /// Makes an empty one.
    ///
    /// ```
    /// # use evatel_ari::{Ari, ChannelId, helper::{Keypad, Playlist, playlist::PlaylistEnd}};
    /// # async fn menu(id: &ChannelId, ari: &Ari) -> evatel_ari::Result<()> {
    /// let mut keypad = Keypad::open(id, ari).await?;
    /// let mut menu = Playlist::new(id);
    /// menu.append("sound:press-1");
    /// menu.append("sound:for-a-moment");
    /// let played = menu.play(Some(&mut keypad), ari).await?;
    /// if let PlaylistEnd::Interrupted(key) = played.end {
    ///     println!("{} sounds were heard before {key}", played.finished);
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub fn new(target: impl Into<Target>) -> Self {
        Self {
            target: target.into(),
            remote: Remote::default(),
            place: 0,
        }
    }

    /// Appends a sound, as [`Remote::append`].
    pub fn append(&self, media: impl Into<String>) {
        self.remote.append(media);
    }

    /// Gives its buttons.
    pub fn remote(&self) -> Remote {
        self.remote.clone()
    }

    /// Plays what is in it until it is empty, stopped, or a key of `keypad` interrupts; a key that waits already does so at once.
    ///
    /// What was cut off is not played again; what was behind it is, by the next call.
    ///
    /// # Errors
    /// Those of the requests; that the target is gone is [`PlaylistEnd::Left`].
    ///
    /// # Cancel safety
    /// If the future is dropped, the sound that plays is stopped and counts as cut off; what waits stays.
    pub async fn play<H: Handle>(&mut self, keypad: Option<&mut Keypad>, handle: &H) -> Result<Played> {
        let mut played = Played {
            finished: 0,
            cut: None,
            failed: Vec::new(),
            end: PlaylistEnd::Empty,
        };
        let key = pressed(keypad);
        tokio::pin!(key);
        loop {
            if self.remote.takes_stop() {
                played.end = PlaylistEnd::Stopped;
                return Ok(played);
            }
            tokio::select! {
                biased;
                key = &mut key => {
                    played.end = key.map_or(PlaylistEnd::Left, PlaylistEnd::Interrupted);
                    return Ok(played);
                }
                () = std::future::ready(()) => {}
            }
            let place = self.place;
            let Some(media) = self.remote.next() else {
                return Ok(played);
            };
            self.place += 1;
            let step = tokio::select! {
                biased;
                key = &mut key => Step::Key(key),
                step = one(&media, &self.target, &self.remote, handle) => step?,
            };
            match step {
                Step::End(PlayEnd::Done) => played.finished += 1,
                Step::End(PlayEnd::Failed) => played.failed.push(place),
                Step::End(PlayEnd::Stopped) => played.cut = Some(place),
                Step::End(PlayEnd::Left) => {
                    played.cut = Some(place);
                    played.end = PlaylistEnd::Left;
                    return Ok(played);
                }
                Step::Key(key) => {
                    played.cut = Some(place);
                    played.end = key.map_or(PlaylistEnd::Left, PlaylistEnd::Interrupted);
                    return Ok(played);
                }
            }
        }
    }
}

enum Step {
    End(PlayEnd),
    Key(Option<char>),
}

/// Plays one sound, or as much of it as the buttons allow.
async fn one<H: Handle>(media: &str, target: &Target, remote: &Remote, handle: &H) -> Result<Step> {
    let mut playing = match Playing::start(media, target.clone(), handle).await {
        Err(error) if error.is_gone() => return Ok(Step::End(PlayEnd::Left)),
        playing => playing?,
    };
    loop {
        let changed = remote.0.changed.notified();
        if remote.takes_cut() {
            // Asterisk plays nothing else before this one has ended.
            playing.stop().await?;
            return Ok(Step::End(playing.finished().await));
        }
        tokio::select! {
            end = playing.finished() => return Ok(Step::End(end)),
            () = changed => {}
        }
    }
}

/// Waits for a key; without a keypad for ever.
async fn pressed(keypad: Option<&mut Keypad>) -> Option<char> {
    match keypad {
        Some(keypad) => keypad.pressed().await,
        None => std::future::pending().await,
    }
}

impl Remote {
    /// Appends a sound, such as `sound:beep`.
    pub fn append(&self, media: impl Into<String>) {
        self.lock().waiting.push_back(media.into());
    }

    /// Cuts off the sound that plays; the next one begins.
    pub fn skip(&self) {
        self.lock().skip = true;
        self.0.changed.notify_one();
    }

    /// Cuts off the sound that plays and forgets those that wait.
    pub fn stop(&self) {
        let mut queue = self.lock();
        queue.waiting.clear();
        queue.stop = true;
        drop(queue);
        self.0.changed.notify_one();
    }

    fn next(&self) -> Option<String> {
        let mut queue = self.lock();
        // A skip that came between two sounds has nothing to cut.
        queue.skip = false;
        queue.waiting.pop_front()
    }

    /// Says whether the sound that plays shall end. A stop is taken by [`Remote::takes_stop`] only.
    fn takes_cut(&self) -> bool {
        let mut queue = self.lock();
        std::mem::take(&mut queue.skip) || queue.stop
    }

    fn takes_stop(&self) -> bool {
        std::mem::take(&mut self.lock().stop)
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing panics while it is held: a push, a pop, a flag.
        self.0.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
