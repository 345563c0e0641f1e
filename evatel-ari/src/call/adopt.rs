//! What becomes of each thing that an earlier run of the daemon left on the switch and in the call log. Pure.
//!
//! - Two who are joined talk on: nothing of theirs went through the daemon.
//! - A caller who was spoken to, or for whom somebody was rung, has lost whom he spoke with: his call begins again. That is
//!   simpler than to mend it in the middle, and he gets what he called for; the telephone that rang for him rings anew.
//! - A dialled leg that nobody is joined with, a media leg and its bridge are ended, and what the log holds open of legs
//!   that are gone is closed.

use std::collections::{HashMap, HashSet};

use evatel_core::{
    calls::{Direction, HangupCause, LegEntry},
    id::{CallId, LegId, ReservationId},
};
use jiff::Timestamp;

use crate::{
    id::{BridgeId, ChannelId, Mark},
    model::{Bridge, Channel},
    resync::Orphans,
    switch::joined_call,
};

/// What was found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
    /// Our mark.
    pub(super) mark: &'a Mark,
    /// On the switch.
    pub(super) orphans: &'a Orphans,
    /// What the dialled legs say of their places in the ledger.
    pub(super) places: &'a HashMap<LegId, ReservationId>,
    /// The entries of the call log that have no end.
    pub(super) open: &'a [LegEntry],
    /// Since when the switch runs, where it says so: what began before has ended with it.
    pub(super) switch_since: Option<Timestamp>,
}

/// What to do with one thing.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Adoption {
    /// The two talk on, and we follow them.
    Goes(Joined),
    /// The caller's call begins again; under its old id where the log knows it.
    Again {
        /// The old id.
        call: Option<CallId>,
        /// The caller's channel.
        caller: Box<Channel>,
    },
    /// The channel is hung up, and its entry is closed.
    EndLeg {
        /// Which.
        channel: ChannelId,
        /// What its party is told.
        cause: HangupCause,
    },
    /// The bridge is ended.
    EndBridge(BridgeId),
    /// The entry is closed: its leg is not there any more.
    Close {
        /// Whose.
        leg: LegId,
        /// How the leg ended, as far as can be known.
        cause: HangupCause,
    },
}

/// Two who are joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Joined {
    /// Their call.
    pub(super) call: CallId,
    /// In which they hear each other.
    pub(super) bridge: BridgeId,
    /// Who called.
    pub(super) caller: LegId,
    /// Who was dialled.
    pub(super) callee: LegId,
    /// Since when, where the switch says so: both had answered by then.
    pub(super) since: Option<Timestamp>,
    /// The dialled leg's place in the ledger.
    pub(super) place: Option<ReservationId>,
}

/// Decides about everything that was found; media legs and bridges come first, so that callers are free of them.
pub(super) fn adopt(found: &Found<'_>) -> Vec<Adoption> {
    let joined: Vec<Joined> = found
        .orphans
        .bridges
        .iter()
        .filter_map(|bridge| found.joined(bridge))
        .collect();
    let talking: HashSet<&str> = joined
        .iter()
        .flat_map(|pair| [pair.caller.as_str(), pair.callee.as_str()])
        .collect();
    let lives: HashSet<&BridgeId> = joined.iter().map(|pair| &pair.bridge).collect();

    let bridges = found.orphans.bridges.iter().map(|bridge| &bridge.id);
    let ends = bridges.filter(|id| !lives.contains(id));
    let mut adoptions: Vec<Adoption> = ends.map(|id| Adoption::EndBridge(id.clone())).collect();
    let (ours, callers): (Vec<&Channel>, Vec<&Channel>) = found
        .orphans
        .channels
        .iter()
        .filter(|channel| !talking.contains(channel.id.as_str()))
        .partition(|channel| found.mark.is_on(channel.id.as_str()));
    for channel in ours {
        adoptions.push(found.ended(channel, HangupCause::TemporaryFailure));
    }
    adoptions.extend(found.open.iter().filter_map(|entry| found.closed(entry)));
    for caller in callers {
        adoptions.push(if found.was_joined(caller) {
            found.ended(caller, HangupCause::Normal)
        } else {
            found.again(caller)
        });
    }
    adoptions.extend(joined.into_iter().map(Adoption::Goes));
    adoptions
}

impl Found<'_> {
    /// Reads a pair from a bridge that joined two: one who came to us, and one whom we dialled.
    fn joined(&self, bridge: &Bridge) -> Option<Joined> {
        let call = joined_call(&bridge.id, self.mark)?;
        let is_there = |id: &ChannelId| self.orphans.channels.iter().any(|channel| channel.id == *id);
        let legs = self.mark.on("leg-");
        let (dialled, others): (Vec<&ChannelId>, Vec<&ChannelId>) = bridge
            .channels
            .iter()
            .filter(|id| is_there(id))
            .partition(|id| id.as_str().starts_with(&legs));
        let caller = others.into_iter().find(|id| !self.mark.is_on(id.as_str()))?;
        let callee: LegId = dialled.first()?.as_str().parse().ok()?;
        Some(Joined {
            call,
            bridge: bridge.id.clone(),
            since: bridge.creationtime.moment().ok(),
            caller: caller.as_str().parse().ok()?,
            place: self.places.get(&callee).cloned(),
            callee,
        })
    }

    /// Says whether a channel stands alone where two were joined: the other has hung up meanwhile.
    fn was_joined(&self, channel: &Channel) -> bool {
        self.orphans.bridges.iter().any(|bridge| {
            joined_call(&bridge.id, self.mark).is_some() && bridge.channels.contains(&channel.id)
        })
    }

    fn ended(&self, channel: &Channel, cause: HangupCause) -> Adoption {
        let cause = if self.was_joined(channel) {
            HangupCause::Normal
        } else {
            cause
        };
        Adoption::EndLeg {
            channel: channel.id.clone(),
            cause,
        }
    }

    fn again(&self, caller: &Channel) -> Adoption {
        let entry = self
            .open
            .iter()
            .find(|entry| entry.leg.as_str() == caller.id.as_str());
        Adoption::Again {
            call: entry.map(|entry| entry.call.clone()),
            caller: Box::new(caller.clone()),
        }
    }

    /// Closes the entry of a leg that is gone. Who had come in, or had been answered, has hung up, unless the switch itself
    /// ended meanwhile; what became of a leg that still rang, nobody knows.
    fn closed(&self, entry: &LegEntry) -> Option<Adoption> {
        let leg = entry.leg.as_str();
        if self
            .orphans
            .channels
            .iter()
            .any(|channel| channel.id.as_str() == leg)
        {
            return None;
        }
        let outlived = self.switch_since.is_some_and(|since| since > entry.started_at);
        let hung_up = entry.direction == Direction::Inbound || entry.answered_at.is_some();
        Some(Adoption::Close {
            leg: entry.leg.clone(),
            cause: if hung_up && !outlived {
                HangupCause::Normal
            } else {
                HangupCause::TemporaryFailure
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use evatel_core::calls::{DecisionWord, LegCause};

    use super::*;

    const CALL: &str = "call-1";

    /// A switch and a log as a daemon that died left them.
    struct Scene {
        orphans: Orphans,
        places: HashMap<LegId, ReservationId>,
        open: Vec<LegEntry>,
        switch_since: Option<Timestamp>,
    }

    fn scene(channels: &[&str], bridges: &[(&str, &[&str])], open: &[LegEntry]) -> Scene {
        let channel = |id: &&str| {
            let json = serde_json::json!({
                "id": id, "dialplan": { "app_name": "Stasis", "app_data": "evatel,trunk,t,5145550199" }
            });
            serde_json::from_value(json).unwrap()
        };
        let bridge = |(id, members): &(&str, &[&str])| Bridge {
            id: (*id).into(),
            channels: members.iter().map(|id| ChannelId::from(*id)).collect(),
            ..Bridge::default()
        };
        Scene {
            orphans: Orphans {
                channels: channels.iter().map(channel).collect(),
                bridges: bridges.iter().map(bridge).collect(),
            },
            places: HashMap::from([("evatel_leg-1".parse().unwrap(), "rsv-1".parse().unwrap())]),
            open: open.to_vec(),
            switch_since: None,
        }
    }

    impl Scene {
        fn adopted(&self) -> Vec<Adoption> {
            adopt(&Found {
                mark: &Mark::of("evatel"),
                orphans: &self.orphans,
                places: &self.places,
                open: &self.open,
                switch_since: self.switch_since,
            })
        }
    }

    fn entry(leg: &str, direction: Direction, answered: bool) -> LegEntry {
        let at: Timestamp = "2026-11-25T10:00:00Z".parse().unwrap();
        LegEntry {
            call: CALL.parse().unwrap(),
            leg: leg.parse().unwrap(),
            account: None,
            direction,
            from: String::new(),
            to: String::new(),
            cause: LegCause::Inbound,
            authoriser: String::new(),
            user: None,
            decision: DecisionWord::Allow,
            rule: String::new(),
            started_at: at,
            answered_at: answered.then_some(at),
            ended_at: None,
            hangup: None,
            recording: None,
        }
    }

    fn ends(channel: &str, cause: HangupCause) -> Adoption {
        Adoption::EndLeg {
            channel: channel.into(),
            cause,
        }
    }

    fn closes(leg: &str, cause: HangupCause) -> Adoption {
        Adoption::Close {
            leg: leg.parse().unwrap(),
            cause,
        }
    }

    #[test]
    fn two_who_are_joined_talk_on_with_their_place_even_if_the_log_knows_nothing_of_them() {
        let bridge: (&str, &[&str]) = ("evatel_joined-call-1", &["1700.1", "evatel_leg-1"]);
        let pair = Adoption::Goes(Joined {
            call: CALL.parse().unwrap(),
            bridge: bridge.0.into(),
            since: None,
            caller: "1700.1".parse().unwrap(),
            callee: "evatel_leg-1".parse().unwrap(),
            place: Some("rsv-1".parse().unwrap()),
        });
        let open = [
            entry("1700.1", Direction::Inbound, true),
            entry("evatel_leg-1", Direction::Outbound, true),
        ];
        let channels = ["1700.1", "evatel_leg-1"];
        for open in [&open[..], &[]] {
            let adopted = scene(&channels, &[bridge], open).adopted();
            assert!(adopted.iter().eq([&pair]), "{adopted:?}");
        }
    }

    #[test]
    fn whoever_stays_alone_where_two_were_joined_is_hung_up_and_the_one_who_left_hung_up_himself() {
        let open = [
            entry("1700.1", Direction::Inbound, true),
            entry("evatel_leg-1", Direction::Outbound, true),
        ];
        let normal = HangupCause::Normal;
        let bridge = Adoption::EndBridge("evatel_joined-call-1".into());
        for (stays, left) in [("1700.1", "evatel_leg-1"), ("evatel_leg-1", "1700.1")] {
            let scene = scene(&[stays], &[("evatel_joined-call-1", &[stays])], &open);
            let adopted = scene.adopted();
            assert_eq!(adopted.len(), 3, "{adopted:?}");
            for wanted in [&bridge, &ends(stays, normal), &closes(left, normal)] {
                assert!(adopted.contains(wanted), "{wanted:?} is not in {adopted:?}");
            }
        }
    }

    #[test]
    fn a_caller_who_was_spoken_to_begins_again_in_the_same_call_once_all_else_of_it_has_ended() {
        let open = [
            entry("1700.1", Direction::Inbound, true),
            entry("evatel_leg-1", Direction::Outbound, false),
        ];
        let scene = scene(
            &["1700.1", "evatel_leg-1", "evatel_media-1"],
            &[("evatel_bridge-1", &["1700.1", "evatel_media-1"])],
            &open,
        );
        let failed = HangupCause::TemporaryFailure;
        assert_eq!(
            scene.adopted(),
            [
                Adoption::EndBridge("evatel_bridge-1".into()),
                ends("evatel_leg-1", failed),
                ends("evatel_media-1", failed),
                Adoption::Again {
                    call: Some(CALL.parse().unwrap()),
                    caller: Box::new(scene.orphans.channels[0].clone()),
                },
            ]
        );
    }

    #[test]
    fn a_bridge_that_nobody_had_entered_yet_does_not_end_its_caller() {
        let open = [entry("1700.1", Direction::Inbound, true)];
        let adopted = scene(
            &["1700.1", "evatel_leg-1"],
            &[("evatel_joined-call-1", &[])],
            &open,
        )
        .adopted();
        assert!(
            matches!(adopted.last(), Some(Adoption::Again { call: Some(_), .. })),
            "{adopted:?}"
        );
    }

    #[test]
    fn entries_of_legs_that_are_gone_are_closed_and_a_switch_that_ended_is_the_cause() {
        let open = [
            entry("1700.1", Direction::Inbound, true),
            entry("evatel_leg-1", Direction::Outbound, false),
        ];
        let mut scene = scene(&[], &[], &open);
        let (normal, failed) = (HangupCause::Normal, HangupCause::TemporaryFailure);
        assert_eq!(
            scene.adopted(),
            [closes("1700.1", normal), closes("evatel_leg-1", failed)]
        );
        scene.switch_since = Some("2026-11-25T11:00:00Z".parse().unwrap());
        assert_eq!(
            scene.adopted(),
            [closes("1700.1", failed), closes("evatel_leg-1", failed)]
        );
    }

    #[test]
    fn a_caller_of_whom_the_log_knows_nothing_is_a_new_call() {
        let scene = scene(&["1700.1"], &[], &[]);
        let adopted = scene.adopted();
        assert!(
            matches!(&adopted[..], [Adoption::Again { call: None, .. }]),
            "{adopted:?}"
        );
    }
}
