//! What the daemon counts and times, for Prometheus.
//!
//! Every part reports through the facade of the crate `metrics`: without [`listen`] that costs a branch, and a program that embeds the
//! crates installs a recorder of its own choice. Nothing here names a person, a number or a call.

use std::{net::SocketAddr, time::Duration};

use evatel_ari::{
    Ari,
    stats::{LATENCY_CLASSES, Stats},
};
use evatel_core::calls::CallRecord;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder};

/// How often the counts of the switch's connection are looked at.
const LOOK: Duration = Duration::from_secs(1);

/// Upper ends of the classes of every histogram, in seconds.
const CLASSES: [f64; 12] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.4, 0.7, 1.0, 2.0, 5.0];

/// The counts cannot be shown.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be shown at `{address}`")]
pub struct Error {
    address: SocketAddr,
    source: BuildError,
}

/// Answers every `GET` at this address with the counts, in Prometheus' text format, as long as the process lives. To be called once, within
/// a tokio runtime.
///
/// # Errors
/// An address that is taken, and a process that has a recorder already.
pub fn listen(address: SocketAddr) -> Result<(), Error> {
    let install = || {
        PrometheusBuilder::new()
            .with_http_listener(address)
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &CLASSES)?
            .install()
    };
    install().map_err(|source| Error { address, source })?;
    describe();
    Ok(())
}

/// Says what each is; Prometheus shows it beside the name.
fn describe() {
    describe_counter!(
        "evatel_legs_total",
        "Legs that began or were refused, by direction and the gate's decision"
    );
    describe_counter!("evatel_legs_answered_total", "Legs that were answered");
    describe_counter!(
        "evatel_legs_ended_total",
        "Legs that ended, by cause (ITU-T Q.850)"
    );
    describe_counter!(
        "evatel_records_lost_total",
        "Parts of calls' stories that the writer could not take"
    );
    describe_gauge!(
        "evatel_snapshot_revision",
        "The store's revision that calls are decided with"
    );
    describe_histogram!(
        "evatel_snapshot_refresh_seconds",
        Unit::Seconds,
        "From the word of a change to the new snapshot"
    );
    describe_histogram!(
        "evatel_answer_seconds",
        Unit::Seconds,
        "Stages of an answer, from the caller's last word to the first sound given to his leg"
    );
    describe_counter!(
        "evatel_turns_total",
        "Turns of callers that were heard, by what ended them: a pause, what was understood, or the longest that is listened for"
    );
    describe_histogram!(
        "evatel_interruption_seconds",
        Unit::Seconds,
        "From the caller's first sound over the assistant to its silence at his leg, the network aside"
    );
    describe_counter!(
        "evatel_swept_files_total",
        "Files of calls that were kept for long enough, or were too much"
    );
    describe_histogram!(
        "evatel_speech_decoded_seconds",
        Unit::Seconds,
        "How far a speech worker was behind what was heard, whenever it had decoded something"
    );
    describe_gauge!(
        "evatel_speech_behind_ms",
        "How far a speech worker is behind what is heard, or was a moment ago"
    );
    describe_gauge!("evatel_speech_calls", "Calls that are heard");
    describe_counter!(
        "evatel_speech_refused_total",
        "Times that a new call was left the keypad, by reason"
    );
    describe_counter!(
        "evatel_voice_fallbacks_total",
        "Sentences that espeak-ng said, since the voice that should have failed"
    );
    describe_counter!(
        "evatel_speech_workers_lost_total",
        "Speech workers that died, hung, talked nonsense or did not start"
    );
    describe_counter!(
        "evatel_vad_lost_total",
        "Legs whose model that finds speech was lost: the built-in detector goes on"
    );
    describe_counter!(
        "evatel_vad_refused_total",
        "Legs that had the built-in detector from the start since the model was full or behind, by reason"
    );
    describe_counter!("evatel_ari_events_total", "Events that came from Asterisk");
    describe_counter!(
        "evatel_ari_events_dropped_total",
        "Events that a slow reader did not get"
    );
    describe_counter!(
        "evatel_ari_malformed_total",
        "Texts from Asterisk that were no event"
    );
    describe_counter!(
        "evatel_ari_gaps_total",
        "Times that a stream was emptied and its object looked at again"
    );
    describe_counter!(
        "evatel_ari_reconnects_total",
        "Times that the event connection came back"
    );
    describe_counter!(
        "evatel_ari_refused_calls_total",
        "Calls left to the dialplan because too much waited"
    );
    describe_counter!(
        "evatel_ari_failed_requests_total",
        "Requests that Asterisk did not do, or did not answer"
    );
    describe_counter!(
        "evatel_ari_request_seconds_bucket",
        "Requests that took at most `le` seconds"
    );
    describe_gauge!(
        "evatel_ari_requests_now",
        "Requests under way or waiting for a connection"
    );
    describe_gauge!("evatel_ari_queued_events", "Events that wait in streams");
    describe_gauge!(
        "evatel_ari_followed_objects",
        "Channels, bridges and other objects that somebody follows"
    );
    describe_gauge!(
        "evatel_ari_unended",
        "Hang-ups that failed and will be tried again"
    );
}

/// Counts what a call tells of itself.
pub(crate) fn count(record: &CallRecord) {
    match record {
        CallRecord::LegBegan(leg) => {
            let (direction, decision) = (leg.direction.word(), leg.decision.word());
            counter!("evatel_legs_total", "direction" => direction, "decision" => decision).increment(1);
        }
        CallRecord::LegAnswered { .. } => counter!("evatel_legs_answered_total").increment(1),
        CallRecord::LegEnded { cause, .. } => {
            counter!("evatel_legs_ended_total", "cause" => cause.word()).increment(1);
        }
        CallRecord::Line { .. } | CallRecord::Recorded { .. } => {}
    }
}

/// Shows how the connection to the switch fares, until it is dropped.
pub(crate) async fn follow(ari: Ari) {
    let mut looks = tokio::time::interval(LOOK);
    loop {
        looks.tick().await;
        show(&ari.stats());
    }
}

fn show(stats: &Stats) {
    for (name, value) in [
        ("evatel_ari_events_total", stats.events),
        ("evatel_ari_events_dropped_total", stats.dropped),
        ("evatel_ari_malformed_total", stats.malformed),
        ("evatel_ari_gaps_total", stats.gaps),
        ("evatel_ari_reconnects_total", stats.reconnects),
        ("evatel_ari_refused_calls_total", stats.refused_calls),
        ("evatel_ari_failed_requests_total", stats.failed_requests),
    ] {
        counter!(name).absolute(value);
    }
    for (name, value) in [
        ("evatel_ari_requests_now", stats.requests_now),
        ("evatel_ari_queued_events", stats.queued),
        ("evatel_ari_followed_objects", stats.followed),
        ("evatel_ari_unended", stats.unended),
    ] {
        gauge!(name).set(value as f64);
    }
    // The client keeps classes of its own; a histogram of Prometheus is these three, each class with all that were quicker.
    let ends = LATENCY_CLASSES.map(|end| end.as_secs_f64().to_string());
    let ends = ends.into_iter().chain(["+Inf".to_owned()]);
    let mut so_far = 0;
    for (end, requests) in ends.zip(stats.latency.counts) {
        so_far += requests;
        counter!("evatel_ari_request_seconds_bucket", "le" => end).absolute(so_far);
    }
    counter!("evatel_ari_request_seconds_count").absolute(so_far);
    gauge!("evatel_ari_request_seconds_sum").set(stats.latency.total.as_secs_f64());
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        fs,
        path::Path,
        sync::{Mutex, PoisonError},
    };

    use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString};

    use super::*;

    /// Keeps what was described.
    #[derive(Default)]
    struct Described(Mutex<BTreeSet<String>>);

    impl Described {
        fn keep(&self, name: &KeyName) {
            let mut names = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            names.insert(name.as_str().to_owned());
        }
    }

    impl Recorder for Described {
        fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
            self.keep(&name);
        }

        fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
            self.keep(&name);
        }

        fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
            self.keep(&name);
        }

        fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
            Counter::noop()
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::noop()
        }
    }

    /// What counts: a macro of the facade, up to its first name.
    const COUNTING: [&str; 3] = ["counter!(", "gauge!(", "histogram!("];

    #[test]
    fn whatever_is_counted_says_what_it_is_and_what_is_described_is_counted() {
        let described = Described::default();
        metrics::with_local_recorder(&described, describe);
        let described = described.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut source = String::new();
        for member in [
            "evatel",
            "evatel-ari",
            "evatel-provision",
            "evatel-store",
            "evatel-voice",
        ] {
            read(&root.join(member).join("src"), &mut source);
        }
        let (before, rest) = source.split_once("fn describe() {").unwrap();
        let (_, after) = rest.split_once("\n}\n").unwrap();
        let source = [before, after].concat();
        let counted = COUNTING
            .iter()
            .flat_map(|counting| names_behind(counting, &source));
        let mut counted: BTreeSet<&str> = counted.collect();
        // Parts of one histogram, which is described as its classes.
        for part in [
            "evatel_ari_request_seconds_count",
            "evatel_ari_request_seconds_sum",
        ] {
            assert!(counted.remove(part), "{part}");
        }
        assert!(counted.len() > 10, "{counted:?}");
        for name in counted {
            assert!(described.contains(name), "`{name}` is not described");
        }
        for name in &described {
            assert!(source.contains(&format!("\"{name}\"")), "nothing counts `{name}`");
        }
    }

    fn names_behind<'a>(counting: &'a str, source: &'a str) -> impl Iterator<Item = &'a str> {
        let calls = source.split(counting).skip(1);
        let quoted = calls.filter_map(|call| call.trim_start().strip_prefix('"')?.split('"').next());
        quoted.filter(|name| name.starts_with("evatel_"))
    }

    /// Adds the source below a folder, tests aside.
    fn read(folder: &Path, source: &mut String) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, source);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                source.push_str(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default());
            }
        }
    }
}
