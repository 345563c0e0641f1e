//! What channels and bridges carry of their tenant: variables, and on bridges of an Asterisk without them the name.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::TenantId;
use crate::{
    client::Ari,
    model::{Bridge, Channel},
    request::{Method, Request},
    version::{Since, Version},
};

/// The variable that holds the tenant's id.
pub(crate) const TENANT: &str = "EVATEL_TENANT";
/// The variable that holds the account code.
const ACCOUNT: &str = "EVATEL_ACCOUNT";
/// The variable that holds the id of the call.
const CALL: &str = "EVATEL_CALL";

/// What something is made on: it says how it carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Carrier {
    Bridge,
    Channel,
}

/// What goes along.
#[derive(Debug, Clone)]
pub(super) struct Carried {
    pub(super) tenant: TenantId,
    pub(super) account: Option<String>,
    pub(super) call: Option<String>,
}

impl Carried {
    pub(super) fn new(tenant: TenantId) -> Self {
        Self {
            tenant,
            account: None,
            call: None,
        }
    }

    /// Lists the variables of a channel. `__` hands them on to what the dialplan dials from it: those legs are the tenant's, too.
    pub(super) fn of_channel(&self) -> Vec<(&'static str, String)> {
        let mut variables = vec![("__EVATEL_TENANT", self.tenant.to_string())];
        if let Some(account) = &self.account {
            variables.push(("__EVATEL_ACCOUNT", account.clone()));
            variables.push(("CHANNEL(accountcode)", account.clone()));
        }
        variables.extend(self.call.clone().map(|call| ("__EVATEL_CALL", call)));
        variables
    }

    fn of_bridge(&self) -> BTreeMap<&'static str, String> {
        let account = self.account.clone().map(|account| (ACCOUNT, account));
        let call = self.call.clone().map(|call| (CALL, call));
        [(TENANT, self.tenant.to_string())]
            .into_iter()
            .chain(account)
            .chain(call)
            .collect()
    }

    /// Puts it on the request that makes a channel or bridge.
    pub(super) fn put_on<T>(&self, request: Request<T>, carrier: Carrier, ari: &Ari) -> Request<T> {
        match carrier {
            Carrier::Channel => with_variables(request, self.of_channel()),
            Carrier::Bridge if has_bridge_variables(ari) => with_variables(request, self.of_bridge()),
            Carrier::Bridge => {
                let mut name: String = self
                    .of_bridge()
                    .into_iter()
                    .map(|(name, value)| format!("{name}={value};"))
                    .collect();
                if let Some((_, own)) = request.parameters().iter().find(|(known, _)| *known == "name") {
                    name += own;
                }
                request.replace_query("name", name)
            }
        }
    }
}

/// Says whether bridges have variables there.
pub(super) fn has_bridge_variables(ari: &Ari) -> bool {
    Version::read(&ari.info().system.version).has(Since::VARIABLES)
}

/// Adds variables to the body; they win over those of the same name that it has.
fn with_variables<T>(
    request: Request<T>,
    ours: impl IntoIterator<Item = (&'static str, String)>,
) -> Request<T> {
    debug_assert_eq!(
        request.method(),
        Method::Post,
        "only what makes something carries"
    );
    let mut body = match request.json() {
        Some(Value::Object(body)) => body.clone(),
        _ => Map::new(),
    };
    let variables = body.entry("variables").or_insert_with(|| json!({}));
    if !variables.is_object() {
        *variables = json!({});
    }
    for (name, value) in ours {
        variables[name] = value.into();
    }
    request.body(Value::Object(body))
}

/// Reads the tenant from what came along with a channel: our variable, or what Asterisk's own configuration says of its endpoint.
pub(super) fn on_channel(channel: &Channel) -> Option<TenantId> {
    let variable = channel.variable(TENANT).filter(|value| !value.is_empty());
    variable.or(channel.tenantid.as_deref())?.parse().ok()
}

/// Reads the tenant from what came along with a bridge: our variable, or its name.
pub(super) fn on_bridge(bridge: &Bridge) -> Option<TenantId> {
    if let Some(Value::String(tenant)) = bridge.bridgevars.get(TENANT) {
        return tenant.parse().ok();
    }
    bridge
        .name
        .split(';')
        .find_map(|part| part.strip_prefix(TENANT)?.strip_prefix('='))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bridge_tells_its_tenant_by_variable_or_by_name_and_a_channel_by_variable_first() {
        let bridge =
            |json: &str| on_bridge(&serde_json::from_str::<Bridge>(json).unwrap()).map(|it| it.to_string());
        assert_eq!(
            bridge(r#"{"bridgevars":{"EVATEL_TENANT":"a"},"name":"EVATEL_TENANT=b;"}"#).as_deref(),
            Some("a")
        );
        let named = r#"{"name":"EVATEL_CALL=c1;EVATEL_TENANT=b;waiting room"}"#;
        assert_eq!(bridge(named).as_deref(), Some("b"));
        assert_eq!(bridge(r#"{"name":"EVATEL_TENANT="}"#), None);
        let channel =
            |json: &str| on_channel(&serde_json::from_str::<Channel>(json).unwrap()).map(|it| it.to_string());
        assert_eq!(
            channel(r#"{"channelvars":{"EVATEL_TENANT":"a"},"tenantid":"b"}"#).as_deref(),
            Some("a")
        );
        assert_eq!(
            channel(r#"{"channelvars":{},"tenantid":"b"}"#).as_deref(),
            Some("b")
        );
    }
}
