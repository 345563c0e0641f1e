//! What the events of transfers bring that Asterisk carried out itself.

use serde::{Deserialize, Serialize};

use crate::{
    id::BridgeId,
    model::{Bridge, Channel},
    words::words,
};

/// A transfer without asking.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct BlindTransfer {
    /// Who transferred.
    pub channel: Channel,
    /// Who takes that place where those who were transferred cannot be moved themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_channel: Option<Channel>,
    /// Who was transferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transferee: Option<Channel>,
    /// To which extension.
    pub exten: String,
    /// In which context.
    pub context: String,
    /// What came of it.
    pub result: TransferResult,
    /// Whether it was asked for from outside the bridge.
    pub is_external: bool,
    /// Where it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bridge: Option<Bridge>,
}

/// A transfer with asking.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(default)]
#[non_exhaustive]
pub struct AttendedTransfer {
    /// Who transferred, in the first call.
    pub transferer_first_leg: Channel,
    /// Who transferred, in the second call.
    pub transferer_second_leg: Channel,
    /// Who takes the place of the first leg.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_channel: Option<Channel>,
    /// Who was transferred.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transferee: Option<Channel>,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transfer_target: Option<Channel>,
    /// What came of it.
    pub result: TransferResult,
    /// Whether it was asked for from outside the bridge.
    pub is_external: bool,
    /// Where the first call was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transferer_first_leg_bridge: Option<Bridge>,
    /// Where the second call was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transferer_second_leg_bridge: Option<Bridge>,
    /// How it was done, which says what of the following there is.
    pub destination_type: TransferDestination,
    /// The bridge that remains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_bridge: Option<BridgeId>,
    /// The application that got the call.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_application: Option<String>,
    /// One end of the link between two bridges.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_link_first_leg: Option<Channel>,
    /// Its other end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_link_second_leg: Option<Channel>,
    /// The leg of the transferer that remains.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_threeway_channel: Option<Channel>,
    /// The bridge that remains, with all three.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destination_threeway_bridge: Option<Bridge>,
}

words! {
    /// What came of a transfer.
    TransferResult {
        /// Something failed.
        Fail = "Fail",
        /// There is nothing such to transfer to.
        Invalid = "Invalid",
        /// Those in the bridge may not be transferred.
        NotPermitted = "Not Permitted",
        /// It was done.
        Success = "Success",
    }

    /// How an attended transfer was done.
    TransferDestination {
        /// The call went to an application.
        Application = "application",
        /// Two bridges became one.
        Bridge = "bridge",
        /// It was not.
        Fail = "fail",
        /// Two bridges were linked.
        Link = "link",
        /// All three stay together.
        ThreeWay = "threeway",
    }
}
