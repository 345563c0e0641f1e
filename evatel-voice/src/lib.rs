//! evatel-voice.
