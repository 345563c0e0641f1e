//! `/deviceStates`: states of devices that are ours, `Stasis:` before their names.

use crate::{
    model::{DeviceState, DeviceStatus},
    request::Request,
};

/// `GET /deviceStates` lists those that ARI made.
pub fn list() -> Request<Vec<DeviceState>> {
    Request::get(["deviceStates"])
}

/// `GET /deviceStates/{name}` says how any device is, such as `PJSIP/101` or `Stasis:door`.
pub fn get(name: &str) -> Request<DeviceState> {
    Request::get(["deviceStates", name])
}

/// `PUT /deviceStates/{name}` makes or changes one; 409 if its name does not begin with `Stasis:`.
pub fn update(name: &str, status: &DeviceStatus) -> Request<()> {
    Request::put(["deviceStates", name]).query("deviceState", status.as_str())
}

/// `DELETE /deviceStates/{name}` removes one that ARI made.
pub fn delete(name: &str) -> Request<()> {
    Request::delete(["deviceStates", name])
}
