//! Over what a request goes.

use crate::{
    config::Transport,
    request::{Method, Request},
};

/// Over what a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Http,
    Line,
}

impl Way {
    /// Chooses it. The event websocket carries no bytes of recordings; and while a request waits on it for a channel, all
    /// that follow wait as well: [`Transport::Auto`] gives it what Asterisk only notes down, and what lists nothing.
    pub(super) fn of<T>(
        request: &Request<T>,
        transport: Transport,
        has_http: bool,
        is_line_up: bool,
    ) -> Self {
        match transport {
            Transport::Http => Self::Http,
            _ if is_file(request) => Self::Http,
            Transport::Websocket if !is_line_up && has_http => Self::Http,
            Transport::Websocket => Self::Line,
            Transport::Auto if is_line_up && (!has_http || is_noted_down(request)) => Self::Line,
            Transport::Auto if has_http => Self::Http,
            Transport::Auto => Self::Line,
        }
    }
}

fn is_file<T>(request: &Request<T>) -> bool {
    matches!(segments(request)[..], ["recordings", "stored", _, "file"])
}

/// Asterisk queues these for the channel's own thread and answers at once (`stasis_app_send_command_async`).
fn is_noted_down<T>(request: &Request<T>) -> bool {
    let ["channels", _, verb, ..] = segments(request)[..] else {
        return false;
    };
    request.method() != Method::Get
        && matches!(
            verb,
            "continue"
                | "dial"
                | "dtmf"
                | "hold"
                | "moh"
                | "move"
                | "mute"
                | "play"
                | "progress"
                | "record"
                | "redirect"
                | "ring"
                | "silence"
        )
}

fn segments<T>(request: &Request<T>) -> Vec<&str> {
    request.segments().iter().map(String::as_str).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op;

    #[test]
    fn what_blocks_or_is_no_text_goes_over_http_where_there_is_one() {
        let auto = |request: &Request<()>| Way::of(request, Transport::Auto, true, true);
        let id = "1700.1".into();
        assert_eq!(auto(&op::channels::ring(&id)), Way::Line);
        assert_eq!(auto(&op::channels::answer(&id)), Way::Http);
        let file = op::recordings::file(&"r".into());
        assert_eq!(Way::of(&file, Transport::Websocket, true, true), Way::Http);
        let list = op::channels::list();
        assert_eq!(Way::of(&list, Transport::Websocket, true, true), Way::Line);
        assert_eq!(Way::of(&list, Transport::Websocket, true, false), Way::Http);
        assert_eq!(Way::of(&list, Transport::Auto, false, true), Way::Line);
        assert_eq!(
            Way::of(&op::channels::ring(&id), Transport::Auto, true, false),
            Way::Http
        );
    }
}
