//! After a reconnect: what is known is compared with what Asterisk lists. Pure.

use std::collections::HashSet;

use crate::{
    id::Mark,
    model::{Bridge, Channel},
    subject::Subject,
};

/// What Asterisk lists.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listed {
    /// All channels.
    pub channels: Vec<Channel>,
    /// All bridges.
    pub bridges: Vec<Bridge>,
}

/// What is known of one object, for the comparison after a reconnect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) subject: Subject,
    pub(crate) in_app: bool,
}

/// What the comparison found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Difference {
    /// Came into the application meanwhile; these stay, too.
    pub(crate) entered: Vec<Subject>,
    /// Known and no longer there.
    pub(crate) gone: Vec<Subject>,
    /// There, but no longer in the application.
    pub(crate) left: Vec<Subject>,
    /// Still there: to be subscribed to again.
    pub(crate) stay: Vec<Subject>,
}

/// Compares what was known before the listing with the listing.
///
/// Playbacks and recordings are never listed: they count as gone, since their end may have been missed.
pub(crate) fn resync(known: &[Known], listed: &Listed, apps: &[&str]) -> Difference {
    let mut difference = Difference::default();
    for Known { subject, in_app } in known {
        let fate = match subject {
            Subject::Bridge(id) => match listed.bridges.iter().any(|bridge| bridge.id == *id) {
                true => &mut difference.stay,
                false => &mut difference.gone,
            },
            Subject::Channel(id) => match listed.channels.iter().find(|channel| channel.id == *id) {
                None => &mut difference.gone,
                Some(channel) if *in_app && has_left(channel, apps) => &mut difference.left,
                Some(channel) if !*in_app && is_ours(channel, apps) => {
                    difference.entered.push(subject.clone());
                    &mut difference.stay
                }
                Some(_) => &mut difference.stay,
            },
            Subject::Playback(_) | Subject::Recording(_) => &mut difference.gone,
            Subject::Application(_) | Subject::Device(_) | Subject::Endpoint(_) => &mut difference.stay,
        };
        fate.push(subject.clone());
    }
    difference
}

fn is_ours(channel: &Channel, apps: &[&str]) -> bool {
    apps.iter().any(|app| channel.is_in_app(app))
}

/// A channel that shows another place in the dialplan than `Stasis`. One that shows none may be anywhere, and one that was
/// moved from one application to another shows the first.
fn has_left(channel: &Channel, apps: &[&str]) -> bool {
    let place = &channel.dialplan;
    let is_elsewhere = !place.app_name.is_empty() && place.app_name != "Stasis" && !place.context.is_empty();
    is_elsewhere && !is_ours(channel, apps)
}

/// What an earlier run of the same application left behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Orphans {
    /// Channels that carry our mark, or that stand in our application where nobody hears them.
    pub channels: Vec<Channel>,
    /// Bridges that carry our mark.
    pub bridges: Vec<Bridge>,
}

/// Finds the orphans in a listing made before the applications are registered: whatever is in them then, nobody serves.
pub fn orphans(listed: &Listed, mark: &Mark, apps: &[&str]) -> Orphans {
    let mut orphans = marked(listed, mark);
    let in_app = listed
        .channels
        .iter()
        .filter(|it| !mark.is_on(it.id.as_str()) && is_ours(it, apps));
    orphans.channels.extend(in_app.cloned());
    orphans
}

/// Finds what carries our mark.
pub(crate) fn marked(listed: &Listed, mark: &Mark) -> Orphans {
    let channels = listed.channels.iter().filter(|it| mark.is_on(it.id.as_str()));
    let bridges = listed.bridges.iter().filter(|it| mark.is_on(it.id.as_str()));
    Orphans {
        channels: channels.cloned().collect(),
        bridges: bridges.cloned().collect(),
    }
}

/// Finds, of what is listed after a reconnect, what should not be there any more: what could not be ended when it was
/// asked for, and dialled legs that nobody follows.
///
/// `is_followed` is asked after the listing: who dials follows before he asks, so a leg dialled meanwhile is not taken
/// for a forgotten one. Media legs and bridges live on without a follower, hence the mark alone says nothing of them.
pub(crate) fn forgotten(
    listed: &Listed,
    unended: &HashSet<Subject>,
    is_followed: impl Fn(&Subject) -> bool,
    mark: &Mark,
) -> Vec<Subject> {
    let legs = mark.on("leg-");
    let channels = listed
        .channels
        .iter()
        .map(|channel| &channel.id)
        .filter_map(|id| {
            let subject = Subject::Channel(id.clone());
            // The far half of a `Local` channel has the id of the near one with `;2` behind: it lives and dies with it.
            let near = Subject::Channel(id.as_str().trim_end_matches(";2").into());
            let is_lost_leg = id.as_str().starts_with(&legs) && !is_followed(&near);
            (is_lost_leg || unended.contains(&subject)).then_some(subject)
        });
    let bridges = listed
        .bridges
        .iter()
        .map(|bridge| Subject::Bridge(bridge.id.clone()));
    channels
        .chain(bridges.filter(|bridge| unended.contains(bridge)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(id: &str, app_name: &str, app_data: &str) -> Channel {
        let json = serde_json::json!({
            "id": id, "dialplan": { "context": "evatel", "app_name": app_name, "app_data": app_data }
        });
        serde_json::from_value(json).unwrap()
    }

    fn known(id: &str) -> Known {
        Known {
            subject: Subject::Channel(id.into()),
            in_app: true,
        }
    }

    fn listed() -> Listed {
        Listed {
            channels: vec![
                channel("stays", "Stasis", "evatel,did"),
                channel("left", "Wait", "1"),
                channel("stranger", "Stasis", "other"),
                channel("evatel_leg-1", "AppDial2", ""),
                channel("evatel-b_leg-1", "", ""),
            ],
            bridges: vec![
                Bridge {
                    id: "evatel_bridge-1".into(),
                    ..Bridge::default()
                },
                Bridge {
                    id: "x".into(),
                    ..Bridge::default()
                },
            ],
        }
    }

    #[test]
    fn what_is_not_listed_is_gone_and_what_moved_on_has_left() {
        let recording = Known {
            subject: Subject::Recording("r".into()),
            in_app: false,
        };
        let known = [known("stays"), known("left"), known("dead"), recording];
        let difference = resync(&known, &listed(), &["evatel"]);
        assert_eq!(difference.stay, [Subject::Channel("stays".into())]);
        assert_eq!(difference.entered, []);
        assert_eq!(difference.left, [Subject::Channel("left".into())]);
        assert_eq!(
            difference.gone,
            [Subject::Channel("dead".into()), Subject::Recording("r".into())]
        );
    }

    #[test]
    fn what_was_dialled_and_stands_in_the_application_now_has_entered() {
        let dialled = Known {
            in_app: false,
            ..known("stays")
        };
        let difference = resync(&[dialled], &listed(), &["evatel"]);
        assert_eq!(difference.entered, [Subject::Channel("stays".into())]);
        assert_eq!(difference.stay, difference.entered);
    }

    #[test]
    fn forgotten_is_what_could_not_be_ended_and_a_leg_that_nobody_follows() {
        let unended = HashSet::from([Subject::Channel("stays".into()), Subject::Channel("dead".into())]);
        let found = |is_followed: bool| forgotten(&listed(), &unended, |_| is_followed, &Mark::of("evatel"));
        assert_eq!(found(true), [Subject::Channel("stays".into())]);
        assert_eq!(
            found(false),
            [
                Subject::Channel("stays".into()),
                Subject::Channel("evatel_leg-1".into())
            ]
        );
    }

    #[test]
    fn the_far_half_of_a_followed_local_channel_is_not_forgotten() {
        let listed = Listed {
            channels: vec![
                channel("evatel_leg-1;2", "Echo", ""),
                channel("evatel_leg-2;2", "Echo", ""),
            ],
            ..Listed::default()
        };
        let is_followed = |subject: &Subject| *subject == Subject::Channel("evatel_leg-1".into());
        let found = forgotten(&listed, &HashSet::new(), is_followed, &Mark::of("evatel"));
        assert_eq!(found, [Subject::Channel("evatel_leg-2;2".into())]);
    }

    #[test]
    fn orphans_carry_our_mark_or_stand_in_our_application_and_others_are_not_touched() {
        let orphans = orphans(&listed(), &Mark::of("evatel"), &["evatel"]);
        let channels: Vec<_> = orphans.channels.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(channels, ["evatel_leg-1", "stays"]);
        let bridges: Vec<_> = orphans.bridges.iter().map(|it| it.id.as_str()).collect();
        assert_eq!(bridges, ["evatel_bridge-1"]);
    }
}
