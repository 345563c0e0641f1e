//! The server itself: its configuration, modules and logs, rows 21 to 39.

use evatel_ari::{
    Error, EventKind, EventName,
    model::{ConfigTuple, EndpointState},
    op::{self, applications::EventSource},
};

use super::{
    app::{App, any, refused},
    pbx::{Files, Pbx},
};

const CLASS: &str = "res_pjsip";

/// Endpoints, AORs and auths that live in memory, beside those of pjsip.conf.
fn in_memory(files: &mut Files) {
    files.write(
        "sorcery.conf",
        "[res_pjsip]\nendpoint=config,pjsip.conf,criteria=type=endpoint\nendpoint=memory\n\
         aor=config,pjsip.conf,criteria=type=aor\naor=memory\nauth=memory\n",
    );
    files.append(
        "pjsip.conf",
        "[desk]\ntype=endpoint\ncontext=default\nallow=ulaw\n",
    );
}

fn fields(fields: &[(&str, &str)]) -> Vec<ConfigTuple> {
    let tuple = |(attribute, value): &(&str, &str)| ConfigTuple {
        attribute: (*attribute).to_owned(),
        value: (*value).to_owned(),
    };
    fields.iter().map(tuple).collect()
}

/// The value of one field.
fn value<'a>(of: &'a [ConfigTuple], attribute: &str) -> Option<&'a str> {
    let found = of.iter().find(|tuple| tuple.attribute == attribute);
    found.map(|tuple| tuple.value.as_str())
}

#[tokio::test]
async fn row_21_to_24_objects_of_the_configuration_are_made_read_changed_and_deleted() {
    let pbx = Pbx::start_with(in_memory).await;
    let app = pbx.app("row").await;
    let none = fields(&[]);
    refused!(
        app,
        NotFound,
        op::asterisk::config("nothing", "endpoint", "alice"),
        op::asterisk::config(CLASS, "nothing", "alice"),
        op::asterisk::config(CLASS, "endpoint", "alice"),
        op::asterisk::set_config("nothing", "endpoint", "alice", &none),
        op::asterisk::set_config(CLASS, "nothing", "alice", &none),
        op::asterisk::delete_config("nothing", "endpoint", "alice"),
        op::asterisk::delete_config(CLASS, "nothing", "alice"),
        op::asterisk::delete_config(CLASS, "endpoint", "alice"),
    );
    let bad = fields(&[("colour", "red")]);
    refused!(
        app,
        BadRequest,
        op::asterisk::set_config(CLASS, "endpoint", "alice", &bad)
    );
    // What only the file may hold.
    refused!(
        app,
        Forbidden,
        op::asterisk::set_config(CLASS, "transport", "tcp", &fields(&[("bind", "127.0.0.1")])),
        op::asterisk::delete_config(CLASS, "endpoint", "desk"),
    );
    let first = fields(&[("context", "default"), ("allow", "!all,ulaw")]);
    let made = app
        .send(op::asterisk::set_config(CLASS, "endpoint", "alice", &first))
        .await;
    assert_eq!(value(&made, "context"), Some("default"));
    let second = fields(&[("allow", "!all,alaw,ulaw")]);
    app.send(op::asterisk::set_config(CLASS, "endpoint", "alice", &second))
        .await;
    let read = app.send(op::asterisk::config(CLASS, "endpoint", "alice")).await;
    assert_eq!(
        (value(&read, "context"), value(&read, "allow")),
        (Some("default"), Some("(alaw|ulaw)"))
    );
    app.send(op::asterisk::delete_config(CLASS, "endpoint", "alice"))
        .await;
    refused!(app, NotFound, op::asterisk::config(CLASS, "endpoint", "alice"));
}

/// Waits for the state that an endpoint gets.
async fn becomes(app: &mut App, expected: EndpointState) {
    app.event(EventName::EndpointStateChange, |event| {
        matches!(event.kind(), EventKind::EndpointStateChange { endpoint }
            if endpoint.resource == "alice" && endpoint.state.as_ref() == Some(&expected))
    })
    .await;
    app.event(EventName::PeerStatusChange, any).await;
    let shown = app.send(op::endpoints::get("PJSIP", "alice")).await;
    assert_eq!(shown.state, Some(expected));
}

#[tokio::test]
async fn row_25_to_27_an_endpoints_state_follows_what_is_done_to_its_aor() {
    let pbx = Pbx::start_with(in_memory).await;
    let mut app = pbx.app("row").await;
    let contact = fields(&[("contact", "sip:alice@127.0.0.1:9"), ("max_contacts", "1")]);
    let aor = |fields: &[ConfigTuple]| op::asterisk::set_config(CLASS, "aor", "alice", fields);
    app.send(aor(&fields(&[("max_contacts", "1")]))).await;
    let endpoint = fields(&[("context", "default"), ("allow", "!all,ulaw"), ("aors", "alice")]);
    app.send(op::asterisk::set_config(CLASS, "endpoint", "alice", &endpoint))
        .await;
    let source = [EventSource::Endpoint("PJSIP/alice".into())];
    app.send(op::applications::subscribe("row", &source)).await;
    let shown = app.send(op::endpoints::get("PJSIP", "alice")).await;
    assert_eq!(shown.state, Some(EndpointState::Offline));
    app.send(aor(&contact)).await;
    becomes(&mut app, EndpointState::Online).await;
    app.send(op::asterisk::delete_config(CLASS, "aor", "alice")).await;
    becomes(&mut app, EndpointState::Offline).await;
    app.send(aor(&contact)).await;
    becomes(&mut app, EndpointState::Online).await;
    // What is changed of the endpoint itself leaves its state as it is.
    let moved = app
        .send(op::asterisk::set_config(
            CLASS,
            "endpoint",
            "alice",
            &fields(&[("context", "elsewhere")]),
        ))
        .await;
    assert_eq!(value(&moved, "context"), Some("elsewhere"));
    let shown = app.send(op::endpoints::get("PJSIP", "alice")).await;
    assert_eq!(shown.state, Some(EndpointState::Online));
}

#[tokio::test]
async fn row_28_to_36_modules_are_listed_loaded_reloaded_and_unloaded_or_refused() {
    let pbx = Pbx::start().await;
    let app = pbx.app("row").await;
    let echo = "app_echo.so";
    let listed = app.send(op::asterisk::modules()).await;
    assert!(
        listed
            .iter()
            .any(|module| module.name == echo && module.status == "Running")
    );
    let shown = app.send(op::asterisk::module(echo)).await;
    assert_eq!((shown.name.as_str(), shown.use_count), (echo, 0));
    refused!(app, Exists, op::asterisk::load(echo));
    // Not every module can be read anew.
    refused!(app, Conflict, op::asterisk::reload(echo));
    app.send(op::asterisk::reload("res_musiconhold.so")).await;
    app.send(op::asterisk::unload(echo)).await;
    refused!(
        app,
        NotFound,
        op::asterisk::module(echo),
        op::asterisk::reload(echo),
        op::asterisk::unload(echo),
        op::asterisk::module("nothing.so"),
        op::asterisk::reload("nothing.so"),
        op::asterisk::unload("nothing.so"),
    );
    app.send(op::asterisk::load(echo)).await;
    assert_eq!(app.send(op::asterisk::module(echo)).await.status, "Running");
    // A module that is not there, and one that others need.
    refused!(
        app,
        Conflict,
        op::asterisk::load("nothing.so"),
        op::asterisk::unload("res_stasis.so"),
    );
}

#[tokio::test]
async fn row_37_to_39_a_log_is_added_listed_rotated_and_deleted() {
    let pbx = Pbx::start().await;
    let app = pbx.app("row").await;
    app.send(op::asterisk::add_log("extra", "notice,warning")).await;
    refused!(app, Exists, op::asterisk::add_log("extra", "notice"));
    let path = pbx.path("log/extra").display().to_string();
    let listed = app.send(op::asterisk::log_channels()).await;
    let extra = listed.iter().find(|log| log.channel == path).unwrap();
    assert_eq!(
        (
            extra.kind.as_str(),
            extra.status.as_str(),
            extra.configuration.trim()
        ),
        ("File", "Enabled", "NOTICE WARNING")
    );
    app.send(op::asterisk::rotate_log("extra")).await;
    assert!(pbx.path("log/extra.0").exists());
    refused!(
        app,
        NotFound,
        op::asterisk::rotate_log("nothing"),
        op::asterisk::delete_log("nothing"),
    );
    let error = app.ari.send(op::asterisk::delete_log(&path)).await;
    assert!(!matches!(error, Err(Error::Forbidden { .. })), "{error:?}");
}
