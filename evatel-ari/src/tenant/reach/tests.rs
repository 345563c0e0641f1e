use secrecy::SecretString;
use serde_json::json;

use super::*;
use crate::op;

fn reach<T>(request: Request<T>) -> Result<(Vec<String>, Vec<String>), String> {
    let config = Config::new("http://127.0.0.1:1", "u", SecretString::from("p"), "evatel").unwrap();
    let tenant = "clinic".parse().unwrap();
    let reach = of(request, &tenant, &config, &Mark::of("evatel"))?;
    let uses = reach.uses.iter().map(|used| used.subject.as_str().to_owned());
    let makes = reach.makes.iter().map(|made| made.subject.as_str().to_owned());
    Ok((uses.collect(), makes.collect()))
}

fn uses<T>(request: Request<T>) -> Vec<String> {
    reach(request).unwrap().0
}

#[test]
fn ids_are_found_in_path_query_and_body() {
    let (bridge, channel) = ("b".into(), "c".into());
    assert_eq!(
        uses(op::bridges::add_channels(&bridge, &[&channel, &"d".into()])),
        ["b", "c", "d"]
    );
    assert_eq!(
        uses(op::channels::dial(
            &channel,
            std::time::Duration::ZERO,
            Some(&"e".into())
        )),
        ["c", "e"]
    );
    assert_eq!(uses(op::bridges::set_video_source(&bridge, &channel)), ["b", "c"]);
    let in_body =
        Request::<()>::post(["bridges", "b", "addChannel"]).body(json!({ "channel": ["c", "d,e"] }));
    assert_eq!(uses(in_body), ["b", "c", "d", "e"]);
    let source = Request::<()>::post(["applications", "evatel", "subscription"])
        .query("eventSource", "channel:c,bridge:b");
    assert_eq!(uses(source), ["c", "b"]);
    let mut outgoing = op::channels::Outgoing::new("PJSIP/a", "evatel");
    outgoing.originator = Some("o".into());
    let (uses, makes) = reach(op::channels::originate(&channel, &outgoing)).unwrap();
    assert_eq!((uses, makes), (vec!["o".into()], vec!["c".into(), "c;2".into()]));
}

#[test]
fn an_id_that_asterisk_would_choose_is_chosen_before() {
    let (_, makes) = reach(op::bridges::create_any_id(None, "x")).unwrap();
    assert!(makes[0].starts_with("evatel_bridge-"), "{makes:?}");
    let (uses, makes) = reach(op::channels::play_any_id(&"c".into(), None, "sound:beep")).unwrap();
    assert_eq!(uses, ["c"]);
    assert!(makes[0].starts_with("evatel_sound-"), "{makes:?}");
    let in_body = Request::<()>::post(["channels"]).body(json!({ "channelId": "c", "app": "evatel" }));
    assert_eq!(reach(in_body).unwrap().1, ["c", "c;2"]);
}

#[test]
fn what_is_no_tenants_is_beyond() {
    let channel = "c".into();
    let elsewhere = op::channels::Outgoing::new("PJSIP/a", "other");
    for (what, beyond) in [
        ("modules", reach(op::asterisk::modules()).err()),
        ("global variables", reach(op::asterisk::variable("X")).err()),
        ("lists", reach(op::channels::list()).err()),
        ("endpoints", reach(op::endpoints::list()).err()),
        (
            "another application",
            reach(op::channels::originate(&channel, &elsewhere)).err(),
        ),
        (
            "moving away",
            reach(op::channels::move_to(&channel, "other", None)).err(),
        ),
        (
            "another's variable",
            reach(op::channels::variable(&channel, "IMPORT(PJSIP/x,Y)")).err(),
        ),
        (
            "a shell",
            reach(op::channels::set_variable(&channel, "SHELL(x)", "")).err(),
        ),
        (
            "evaluation",
            reach(op::channels::variable(&channel, "CHANNEL(${X})")).err(),
        ),
        (
            "its owner",
            reach(op::channels::set_variable(&channel, "__EVATEL_TENANT", "garage")).err(),
        ),
        (
            "its owner for Asterisk",
            reach(op::channels::set_variable(&channel, "CHANNEL(tenantid)", "x")).err(),
        ),
        (
            "any file",
            reach(op::channels::play(&channel, &"p".into(), "sound:/etc/passwd")).err(),
        ),
        (
            "another's recording",
            reach(op::channels::play(
                &channel,
                &"p".into(),
                "recording:tenants/garage/a",
            ))
            .err(),
        ),
        (
            "everything",
            reach(
                Request::<()>::post(["applications", "evatel", "subscription"])
                    .query("eventSource", "channel:"),
            )
            .err(),
        ),
        (
            "an unknown verb",
            reach(Request::<()>::post(["channels", "c", "teleport"])).err(),
        ),
        (
            "a place for another's id",
            reach(Request::<()>::post(["bridges", "b"]).query("channelId", "x")).err(),
        ),
    ] {
        assert!(beyond.is_some(), "{what}");
    }
    for fine in ["CALLERID(num)", "TALK_DETECT(set)", "X", "__X"] {
        reach(op::channels::set_variable(&channel, fine, "")).unwrap();
    }
}

#[test]
fn a_recording_is_in_the_tenants_folder_and_nowhere_else() {
    let tenant = "clinic".parse().unwrap();
    for (name, is_own) in [
        ("tenants/clinic/a", true),
        ("tenants/clinic/a/b", true),
        ("tenants/clinic/../garage/a", false),
        ("tenants/clinic/", false),
        ("tenants/clinic2/a", false),
        ("a", false),
    ] {
        assert_eq!(is_in_folder(name, &tenant), is_own, "{name}");
    }
}
