//! How RTP fares.

use serde::{Deserialize, Serialize};

/// How a channel's RTP fares. Jitter and round trips are seconds; `remote` is what the far end reports.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct RtpStatistics {
    /// Packets sent.
    pub txcount: i64,
    /// Packets received.
    pub rxcount: i64,
    /// Jitter of what we send.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub txjitter: Option<f64>,
    /// Jitter of what we receive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rxjitter: Option<f64>,
    /// Greatest jitter there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_maxjitter: Option<f64>,
    /// Least jitter there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_minjitter: Option<f64>,
    /// Mean jitter there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_normdevjitter: Option<f64>,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_stdevjitter: Option<f64>,
    /// Greatest jitter here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_maxjitter: Option<f64>,
    /// Least jitter here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_minjitter: Option<f64>,
    /// Mean jitter here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_normdevjitter: Option<f64>,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_stdevjitter: Option<f64>,
    /// Sent packets that were lost.
    pub txploss: i64,
    /// Packets to us that were lost.
    pub rxploss: i64,
    /// Greatest loss there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_maxrxploss: Option<f64>,
    /// Least loss there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_minrxploss: Option<f64>,
    /// Mean loss there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_normdevrxploss: Option<f64>,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote_stdevrxploss: Option<f64>,
    /// Greatest loss here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_maxrxploss: Option<f64>,
    /// Least loss here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_minrxploss: Option<f64>,
    /// Mean loss here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_normdevrxploss: Option<f64>,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub local_stdevrxploss: Option<f64>,
    /// Round trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rtt: Option<f64>,
    /// Longest round trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxrtt: Option<f64>,
    /// Shortest round trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minrtt: Option<f64>,
    /// Mean round trip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub normdevrtt: Option<f64>,
    /// Its standard deviation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stdevrtt: Option<f64>,
    /// Our SSRC.
    pub local_ssrc: i64,
    /// Their SSRC.
    pub remote_ssrc: i64,
    /// Octets sent.
    pub txoctetcount: i64,
    /// Octets received.
    pub rxoctetcount: i64,
    /// The channel.
    pub channel_uniqueid: String,
}
