//! The states of devices: lamps that we light, and lamps that we watch.

use super::{
    follow::{follow_source, let_go},
    guard::Cleanup,
};
use crate::{
    client::Ari,
    error::Result,
    event::EventKind,
    id::DeviceName,
    model::DeviceStatus,
    op::{self, applications::EventSource},
    router::{ObjectEvents, Signal},
    subject::Subject,
};

/// What the name of a device that ARI may change begins with.
pub const OURS: &str = "Stasis:";

/// Lights a lamp: makes a device of ours, or changes it.
///
/// # Errors
/// [`crate::Error::Conflict`] for a name that does not begin with [`OURS`], and those of the request.
pub async fn set(name: &DeviceName, status: &DeviceStatus, ari: &Ari) -> Result<()> {
    ari.send(op::device_states::update(name.as_str(), status)).await
}

/// Removes a device of ours; success if there is none.
///
/// # Errors
/// [`crate::Error::Conflict`] for a name that does not begin with [`OURS`], and those of the request.
pub async fn remove(name: &DeviceName, ari: &Ari) -> Result<()> {
    match ari.send(op::device_states::delete(name.as_str())).await {
        Err(error) if error.is_gone() => Ok(()),
        other => other,
    }
}

/// A lamp that we watch, any device's: `PJSIP/alice` as well as `Stasis:door`. The application's subscription ends when this is
/// dropped.
#[derive(Debug)]
pub struct Lamp {
    name: DeviceName,
    /// None only while it is dropped.
    events: Option<ObjectEvents>,
    status: DeviceStatus,
    /// Something was missed: how it is has to be asked.
    is_stale: bool,
    ari: Ari,
    cleanup: Cleanup,
}

impl Lamp {
    /// Begins to watch a device.
    ///
    /// ```
    /// # use evatel_ari::{Ari, helper::device::Lamp, model::DeviceStatus};
    /// # async fn until_free(ari: &Ari) -> evatel_ari::Result<()> {
    /// let mut lamp = Lamp::watch("PJSIP/alice".into(), ari).await?;
    /// while *lamp.status() != DeviceStatus::NotInUse {
    ///     if lamp.changed().await.is_none() {
    ///         break;
    ///     }
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Those of the requests; a device that nobody knows is [`DeviceStatus::Invalid`] or [`DeviceStatus::Unknown`].
    pub async fn watch(name: DeviceName, ari: &Ari) -> Result<Self> {
        // Followed first, asked second: no change falls between the two.
        let source = EventSource::DeviceState(name.clone());
        let events = follow_source(Subject::Device(name.clone()), source, ari).await?;
        let mut lamp = Self {
            name,
            events: Some(events),
            status: DeviceStatus::default(),
            is_stale: false,
            ari: ari.clone(),
            cleanup: Cleanup::new(ari),
        };
        lamp.status = lamp.ask().await?;
        Ok(lamp)
    }

    /// Gives the state as [`Lamp::changed`] told it last, at first as it was found.
    pub fn status(&self) -> &DeviceStatus {
        &self.status
    }

    /// Waits for the next change; what happened while the connection was lost counts as one. None comes once the connection is
    /// closed for good.
    ///
    /// # Cancel safety
    /// Nothing is lost if the future is dropped.
    pub async fn changed(&mut self) -> Option<DeviceStatus> {
        loop {
            if self.is_stale {
                let asked = self.ask().await;
                self.is_stale = false;
                match asked {
                    Ok(status) if status != self.status => return Some(self.now(status)),
                    Ok(_) => {}
                    Err(error) => {
                        tracing::warn!(device = %self.name, %error, "cannot ask how `{}` is", self.name);
                    }
                }
            }
            match self.events.as_mut()?.next().await? {
                Signal::Event(event) => {
                    if let EventKind::DeviceStateChanged { device_state } = event.kind()
                        && device_state.state != self.status
                    {
                        return Some(self.now(device_state.state.clone()));
                    }
                }
                Signal::Back | Signal::Lagged(_) => self.is_stale = true,
                Signal::Gone => return None,
                _ => {}
            }
        }
    }

    fn now(&mut self, status: DeviceStatus) -> DeviceStatus {
        self.status = status.clone();
        status
    }

    async fn ask(&self) -> Result<DeviceStatus> {
        let device = self.ari.send(op::device_states::get(self.name.as_str())).await?;
        Ok(device.state)
    }
}

impl Drop for Lamp {
    fn drop(&mut self) {
        let name = self.name.clone();
        // Whoever cleans up asks whether somebody follows: this one does no more.
        self.events = None;
        self.cleanup.run(async move |ari| {
            let source = EventSource::DeviceState(name.clone());
            let_go(Subject::Device(name), source, &ari).await;
        });
    }
}
