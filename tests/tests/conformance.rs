//! The simulator behaves as the real Asterisk does. `CONFORMANCE=name` looks at one behaviour only, and shows what was seen.

mod conformance {
    pub(super) mod applications;
    pub(super) mod bridges;
    pub(super) mod calls;
    pub(super) mod devices;
    pub(super) mod media;
    pub(super) mod sockets;
    pub(super) mod sounds;
    pub(super) mod variables;
}

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin};

use evatel_tests::conformance::{Place, Probe};
use futures_util::FutureExt;

use conformance::{applications, bridges, calls, devices, media, sockets, sounds, variables};

type Behaviour = for<'a> fn(&'a mut Probe) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>>;

/// Names functions as behaviours.
macro_rules! behaviours {
    ($($module:ident::$name:ident,)*) => {
        [$((stringify!($name), (|probe| Box::pin($module::$name(probe))) as Behaviour),)*]
    };
}

#[tokio::test(flavor = "multi_thread")]
async fn the_simulator_does_what_asterisk_does() {
    let only = std::env::var("CONFORMANCE").ok();
    let (asterisk, _server) = Place::asterisk().await.unwrap();
    let mut drifts = Vec::new();
    for (name, behaviour) in BEHAVIOURS {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        // A simulator of its own: it costs nothing. The real one is the same for all, who leave nothing behind.
        let (simulator, _simulated) = Place::simulator().await.unwrap();
        let mut traces = Vec::new();
        for place in [&asterisk, &simulator] {
            let mut probe = Probe::start(place).await;
            // What goes so wrong that a behaviour gives up is a difference as well.
            let done = AssertUnwindSafe(behaviour(&mut probe)).catch_unwind().await;
            if done.is_err() {
                probe.note("gave up");
            }
            traces.push(probe.finish().await);
        }
        if only.is_some() {
            println!("{}", traces[0]);
        }
        if let Some(drift) = traces[0].difference(&traces[1], ("asterisk", "simulator")) {
            drifts.push(format!("{name}:\n{drift}"));
        }
    }
    let count = drifts.len();
    assert!(
        drifts.is_empty(),
        "the simulator drifts in {count} behaviours:\n\n{}",
        drifts.join("\n")
    );
}

const BEHAVIOURS: [(&str, Behaviour); 38] = behaviours![
    applications::unknown_applications_and_sources_are_refused,
    applications::a_subscription_is_counted_and_taken_back,
    applications::a_filter_lets_only_some_events_through,
    applications::a_program_raises_events_of_its_own,
    applications::a_broadcast_call_is_claimed_once,
    applications::a_broadcast_call_that_nobody_claims_goes_on,
    applications::a_claim_for_nobody_fails_in_the_dialplan,
    bridges::requests_on_bridges_are_refused_with_reason,
    bridges::channels_come_and_go,
    bridges::a_channel_moves_from_one_bridge_to_another,
    bridges::a_bridge_is_deleted_around_its_channels,
    bridges::sound_and_music_in_a_bridge,
    calls::a_call_into_the_dialplan_is_answered_and_hung_up,
    calls::a_busy_far_end_is_told_with_its_cause,
    calls::a_far_end_that_hangs_up_ends_the_call,
    calls::an_extension_that_is_not_there_dies_without_a_word,
    calls::a_far_end_that_never_answers_is_given_up,
    calls::a_call_that_rings_is_taken_back,
    calls::requests_that_make_channels_are_refused_with_reason,
    calls::hang_ups_take_a_reason_or_a_number,
    calls::a_created_channel_can_do_nothing_before_it_is_dialled,
    calls::a_created_channel_is_bridged_and_dialled,
    calls::a_dialled_channel_that_rings_out_ends,
    calls::a_call_that_comes_in_rings_is_answered_and_refused,
    calls::a_channel_is_moved_and_continued,
    calls::a_snoop_ends_with_whom_it_hears,
    calls::a_redirect_must_fit,
    devices::a_device_state_is_set_told_and_deleted,
    devices::what_is_not_there_is_said,
    media::a_media_leg_hears_its_echo_and_obeys,
    media::media_legs_are_refused_with_reason,
    media::a_media_leg_whose_client_goes_ends,
    sockets::a_second_program_takes_the_name,
    sockets::what_was_subscribed_outlives_the_websocket,
    sockets::requests_over_the_websocket,
    sounds::a_playback_is_controlled_and_ends,
    sounds::a_recording_is_made_kept_and_copied,
    variables::variables_are_set_read_and_shown,
];
