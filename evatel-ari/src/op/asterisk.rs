//! `/asterisk`: the server itself.

use serde_json::json;

use super::VariableValue;
use crate::{
    model::{AsteriskInfo, AsteriskPing, ConfigTuple, LogChannel, Module, Variable},
    request::Request,
    words::words,
};

/// `GET /asterisk/config/dynamic/{class}/{type}/{id}` reads an object of a configuration that can be written, such as
/// `res_pjsip`, `endpoint`, `101`.
pub fn config(class: &str, kind: &str, id: &str) -> Request<Vec<ConfigTuple>> {
    Request::get(["asterisk", "config", "dynamic", class, kind, id])
}

/// `PUT /asterisk/config/dynamic/{class}/{type}/{id}` makes or changes it; 403 if its configuration is a file.
pub fn set_config(class: &str, kind: &str, id: &str, fields: &[ConfigTuple]) -> Request<Vec<ConfigTuple>> {
    Request::put(["asterisk", "config", "dynamic", class, kind, id]).body(json!({ "fields": fields }))
}

/// `DELETE /asterisk/config/dynamic/{class}/{type}/{id}` removes it.
pub fn delete_config(class: &str, kind: &str, id: &str) -> Request<()> {
    Request::delete(["asterisk", "config", "dynamic", class, kind, id])
}

/// `GET /asterisk/info` says which version runs and since when; `only` these parts, all of them if it is empty.
pub fn info(only: &[InfoPart]) -> Request<AsteriskInfo> {
    let request = Request::get(["asterisk", "info"]);
    if only.is_empty() {
        return request;
    }
    request.query_list("only", only.iter().map(InfoPart::as_str))
}

words! {
    /// A part of [`AsteriskInfo`].
    InfoPart {
        /// How it was built.
        Build = "build",
        /// What it is configured to.
        Config = "config",
        /// Since when it runs.
        Status = "status",
        /// Version and entity.
        System = "system",
    }
}

/// `GET /asterisk/ping` asks whether it lives, and what time it has.
pub fn ping() -> Request<AsteriskPing> {
    Request::get(["asterisk", "ping"])
}

/// `GET /asterisk/modules` lists the loaded modules.
pub fn modules() -> Request<Vec<Module>> {
    Request::get(["asterisk", "modules"])
}

/// `GET /asterisk/modules/{name}` describes one module.
pub fn module(name: &str) -> Request<Module> {
    Request::get(["asterisk", "modules", name])
}

/// `POST /asterisk/modules/{name}` loads one; 409 if it cannot be loaded or is already.
pub fn load(name: &str) -> Request<()> {
    Request::post(["asterisk", "modules", name])
}

/// `DELETE /asterisk/modules/{name}` unloads one; 409 while it is used.
pub fn unload(name: &str) -> Request<()> {
    Request::delete(["asterisk", "modules", name])
}

/// `PUT /asterisk/modules/{name}` reloads one module.
pub fn reload(name: &str) -> Request<()> {
    Request::put(["asterisk", "modules", name])
}

/// `GET /asterisk/logging` lists where Asterisk logs.
pub fn log_channels() -> Request<Vec<LogChannel>> {
    Request::get(["asterisk", "logging"])
}

/// `POST /asterisk/logging/{name}` begins a log of `levels`, such as `notice,warning,error`.
pub fn add_log(name: &str, levels: &str) -> Request<()> {
    Request::post(["asterisk", "logging", name]).query("configuration", levels)
}

/// `DELETE /asterisk/logging/{name}` ends a log.
pub fn delete_log(name: &str) -> Request<()> {
    Request::delete(["asterisk", "logging", name])
}

/// `PUT /asterisk/logging/{name}/rotate` begins a new file.
pub fn rotate_log(name: &str) -> Request<()> {
    Request::put(["asterisk", "logging", name, "rotate"])
}

/// `GET /asterisk/variable` reads a global variable or a function that needs no channel.
pub fn variable(name: &str) -> Request<Variable> {
    Request::get(["asterisk", "variable"]).query("variable", name)
}

/// `POST /asterisk/variable` sets a global variable.
pub fn set_variable(name: &str, value: &str) -> Request<()> {
    Request::post(["asterisk", "variable"]).variable(name, &VariableValue::from(value))
}

/// `POST /asterisk/variable` removes a global variable.
pub fn unset_variable(name: &str) -> Request<()> {
    Request::post(["asterisk", "variable"]).query("variable", name)
}
