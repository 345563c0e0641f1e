//! A number's way from or to another carrier.

use jiff::{Timestamp, civil::Date};
use serde::{Deserialize, Serialize};

use crate::{id::PortRequestId, name::Name, number::E164, word::word_enum};

word_enum! {
    /// Which way a number goes.
    PortDirection ("port direction") {
        /// From another carrier to us.
        In = "in",
        /// From us to another carrier.
        Out = "out",
    }
}

word_enum! {
    /// How far the two carriers are.
    PortStatus ("port status") {
        /// Given up.
        Canceled = "canceled",
        /// The number has moved.
        Completed = "completed",
        /// With the other carrier.
        Pending = "pending",
        /// Refused by the other carrier; may be corrected and submitted again.
        Rejected = "rejected",
        /// Agreed for a day.
        Scheduled = "scheduled",
        /// Sent off.
        Submitted = "submitted",
        /// Written, not signed by the customer yet.
        Unconfirmed = "unconfirmed",
    }
}

impl PortStatus {
    /// Gives what may come next; nothing where the request is over.
    pub fn next(self) -> &'static [Self] {
        match self {
            Self::Unconfirmed | Self::Rejected => &[Self::Submitted, Self::Canceled],
            Self::Submitted => &[Self::Pending, Self::Rejected, Self::Canceled],
            Self::Pending => &[Self::Scheduled, Self::Rejected, Self::Canceled],
            // A number may move before the day: its first call tells.
            Self::Scheduled => &[Self::Completed, Self::Rejected, Self::Canceled],
            Self::Canceled | Self::Completed => &[],
        }
    }
}

/// A request between two carriers about one number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortRequest {
    /// Its id.
    pub id: PortRequestId,
    /// The number.
    pub number: E164,
    /// Which way it goes.
    pub direction: PortDirection,
    /// How far it is.
    pub status: PortStatus,
    /// The other carrier.
    pub carrier: Name,
    /// The day that both agreed on.
    pub scheduled_on: Option<Date>,
    /// When it was written.
    pub requested_at: Timestamp,
}

/// Why a port request does not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PortRefused {
    /// A day is agreed on exactly when the request is scheduled.
    #[error("a scheduled port needs its day, and no other status has one")]
    Day,
    /// Not a step that carriers take.
    #[error("a port request that is `{from}` cannot become `{to}`{}", after(*from))]
    Step {
        /// Where it stands.
        from: PortStatus,
        /// Where it should go.
        to: PortStatus,
    },
}

impl PortRequest {
    /// Moves the request one step on; `scheduled_on` is the day, for [`PortStatus::Scheduled`] only.
    ///
    /// # Errors
    /// [`PortRefused`].
    pub fn advance(&self, to: PortStatus, scheduled_on: Option<Date>) -> Result<Self, PortRefused> {
        if !self.status.next().contains(&to) {
            return Err(PortRefused::Step {
                from: self.status,
                to,
            });
        }
        if (to == PortStatus::Scheduled) != scheduled_on.is_some() {
            return Err(PortRefused::Day);
        }
        Ok(Self {
            status: to,
            scheduled_on: scheduled_on.or(self.scheduled_on),
            ..self.clone()
        })
    }
}

fn after(from: PortStatus) -> String {
    let next: Vec<_> = from.next().iter().map(|status| format!("`{status}`")).collect();
    if next.is_empty() {
        ": it is over".to_owned()
    } else {
        format!(": next is {}", next.join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(status: PortStatus) -> PortRequest {
        PortRequest {
            id: "prt-1".parse().unwrap(),
            number: "+15145550199".parse().unwrap(),
            direction: PortDirection::In,
            status,
            carrier: "Bell".parse().unwrap(),
            scheduled_on: None,
            requested_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_request_walks_from_the_signature_to_the_day_and_is_then_over() {
        let day: Date = "2026-12-01".parse().unwrap();
        let walked = request(PortStatus::Unconfirmed)
            .advance(PortStatus::Submitted, None)
            .and_then(|request| request.advance(PortStatus::Rejected, None))
            .and_then(|request| request.advance(PortStatus::Submitted, None))
            .and_then(|request| request.advance(PortStatus::Pending, None))
            .and_then(|request| request.advance(PortStatus::Scheduled, Some(day)))
            .and_then(|request| request.advance(PortStatus::Completed, None))
            .unwrap();
        assert_eq!(
            (walked.status, walked.scheduled_on),
            (PortStatus::Completed, Some(day))
        );
        for (_, status) in PortStatus::ALL {
            assert!(walked.advance(*status, None).is_err());
        }
    }

    #[test]
    fn no_step_is_skipped_and_a_day_belongs_to_the_schedule_only() {
        let early = request(PortStatus::Unconfirmed).advance(PortStatus::Completed, None);
        assert_eq!(
            early.unwrap_err().to_string(),
            "a port request that is `unconfirmed` cannot become `completed`: next is `submitted` or `canceled`"
        );
        assert_eq!(
            request(PortStatus::Pending).advance(PortStatus::Scheduled, None),
            Err(PortRefused::Day)
        );
        let day = "2026-12-01".parse().ok();
        assert_eq!(
            request(PortStatus::Submitted).advance(PortStatus::Pending, day),
            Err(PortRefused::Day)
        );
    }
}
