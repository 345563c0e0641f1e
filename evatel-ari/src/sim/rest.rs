//! What each request does. The words of refusals are Asterisk 22.10's own.

mod applications;
mod asterisk;
mod bridges;
mod channels;
mod devices;
mod events;
mod external;
mod originate;
mod recordings;
mod variables;

use super::{
    fault::Fault,
    http::{Asked, Reply},
    world::World,
};

impl World {
    /// Answers a request; the events that it raises wait for [`World::send_events`].
    pub(super) fn answer(&mut self, asked: &Asked) -> Reply {
        if let Some(reply) = self.faults.refusal(asked) {
            return reply;
        }
        if self.faults.is(&Fault::Booting) {
            return Reply::refused(503, "Asterisk not booted");
        }
        if asked.body_is_broken {
            return Reply::refused(400, "Error parsing request body");
        }
        let path: Vec<&str> = asked.segments.iter().map(String::as_str).collect();
        match &path[..] {
            ["applications", rest @ ..] => self.applications(rest, asked),
            ["asterisk", rest @ ..] => self.asterisk(rest, asked),
            ["bridges", rest @ ..] => self.bridges(rest, asked),
            ["channels", rest @ ..] => self.channels(rest, asked),
            ["deviceStates", rest @ ..] => self.device_states(rest, asked),
            ["endpoints", rest @ ..] => self.endpoints(rest, asked),
            ["events", rest @ ..] => self.events(rest, asked),
            ["mailboxes", rest @ ..] => self.mailboxes(rest, asked),
            ["playbacks", rest @ ..] => self.one_playback(rest, asked),
            ["recordings", rest @ ..] => self.recording(rest, asked),
            ["sounds", rest @ ..] => self.installed_sounds(rest, asked),
            _ => not_found(),
        }
    }
}

fn not_found() -> Reply {
    Reply::refused(404, "Resource not found")
}

fn no_such_method() -> Reply {
    Reply::refused(405, "Invalid method")
}
