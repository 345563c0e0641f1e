//! `/asterisk`: the server itself.

use crate::{
    model::{AsteriskInfo, Module, Variable},
    request::Request,
};

/// `GET /asterisk/info` says which version runs and since when.
pub fn info() -> Request<AsteriskInfo> {
    Request::get(["asterisk", "info"])
}

/// `GET /asterisk/modules` lists the loaded modules.
pub fn modules() -> Request<Vec<Module>> {
    Request::get(["asterisk", "modules"])
}

/// `GET /asterisk/modules/{name}` describes one module.
pub fn module(name: &str) -> Request<Module> {
    Request::get(["asterisk", "modules", name])
}

/// `PUT /asterisk/modules/{name}` reloads one module.
pub fn reload(name: &str) -> Request<()> {
    Request::put(["asterisk", "modules", name])
}

/// `GET /asterisk/variable` reads a global variable or a function that needs no channel.
pub fn variable(name: &str) -> Request<Variable> {
    Request::get(["asterisk", "variable"]).query("variable", name)
}

/// `POST /asterisk/variable` sets a global variable.
pub fn set_variable(name: &str, value: &str) -> Request<()> {
    Request::post(["asterisk", "variable"])
        .query("variable", name)
        .query("value", value)
}
