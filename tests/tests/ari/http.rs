//! The server's HTTP itself, with a plain client, rows 1 to 6.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    app::local,
    pbx::{Pbx, USER, client},
};

/// `secret` by crypt(3), SHA-512.
const CRYPTED: &str =
    "$6$evatel$9KKkCStpPSsmZdE3bCgMYJZvu4Nst6py2P3AhdPCrJUD2tcvad6CLgyMWKei/QhPHA/7fSKatDQCQnt.J1/FK0";

/// The status of a request, as somebody.
async fn status(pbx: &Pbx, who: Option<(&str, &str)>, method: Method, path: &str) -> u16 {
    let request = client(who).request(method, pbx.url(path));
    request.send().await.unwrap().status().as_u16()
}

#[tokio::test]
async fn row_01_who_shows_no_credentials_is_401_a_reader_may_only_get_and_a_crypted_password_works() {
    let pbx = Pbx::start_with(|files| {
        files.append(
            "ari.conf",
            &format!(
                "[ro]\ntype=user\nread_only=yes\npassword=secret\n\
                 [crypted]\ntype=user\npassword_format=crypt\npassword={CRYPTED}\n"
            ),
        );
    })
    .await;
    let channels = "/ari/channels";
    for stranger in [
        None,
        Some(("nobody", "secret")),
        Some(("ro", "wrong")),
        Some(("crypted", CRYPTED)),
    ] {
        assert_eq!(
            status(&pbx, stranger, Method::GET, channels).await,
            401,
            "{stranger:?}"
        );
    }
    let reader = Some(("ro", "secret"));
    assert_eq!(status(&pbx, reader, Method::GET, channels).await, 200);
    for method in [Method::POST, Method::PUT, Method::DELETE] {
        assert_eq!(
            status(&pbx, reader, method.clone(), channels).await,
            403,
            "{method}"
        );
    }
    let writer = Some((USER, super::pbx::PASSWORD));
    let crypted = Some(("crypted", "secret"));
    for who in [writer, crypted] {
        assert_eq!(status(&pbx, who, Method::GET, channels).await, 200);
        // Without an endpoint.
        assert_eq!(status(&pbx, who, Method::POST, channels).await, 400);
        assert_eq!(status(&pbx, who, Method::PUT, channels).await, 405);
        assert_eq!(status(&pbx, who, Method::DELETE, channels).await, 405);
    }
    // The credentials may stand in the URL too, which a client of ours never does.
    let in_url = "/ari/channels?api_key=ro:secret";
    assert_eq!(status(&pbx, None, Method::GET, in_url).await, 200);
}

#[tokio::test]
async fn row_02_a_users_acl_lets_him_in_from_the_allowed_addresses_only() {
    let pbx = Pbx::start_with(|files| {
        files.append(
            "ari.conf",
            "[near]\ntype=user\npassword=secret\ndeny=0.0.0.0/0\npermit=127.0.0.1\n\
             [named]\ntype=user\npassword=secret\nacl=loopback\n\
             [away]\ntype=user\npassword=secret\ndeny=0.0.0.0/0\npermit=192.0.2.0/24\n",
        );
        files.write("acl.conf", "[loopback]\ndeny=0.0.0.0/0\npermit=127.0.0.0/8\n");
    })
    .await;
    for (user, expected) in [("near", 200), ("named", 200), ("away", 403)] {
        let who = Some((user, "secret"));
        assert_eq!(
            status(&pbx, who, Method::GET, "/ari/channels").await,
            expected,
            "{user}"
        );
    }
}

#[tokio::test]
async fn row_03_parameters_are_read_from_query_form_and_json_and_bad_json_is_400() {
    let pbx = Pbx::start().await;
    let _app = pbx.app("row").await;
    let url = pbx.url("/ari/channels");
    let fields = |id: &str| json!({ "endpoint": local("hold"), "app": "row", "channelId": id, "variables": { "COLOUR": id } });
    let post = || pbx.http().post(&url);
    let query = [
        ("endpoint", local("hold")),
        ("app", "row".into()),
        ("channelId", "by-query".into()),
    ];
    let form = "endpoint=Local%2Fhold%40default%2Fn&app=row&channelId=by-form";
    let form_type = "application/x-www-form-urlencoded";
    for (id, request) in [
        ("by-query", post().query(&query)),
        ("by-form", post().header("Content-Type", form_type).body(form)),
        ("by-json", post().json(&fields("by-json"))),
    ] {
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{id}");
        let channel: Value = answer.json().await.unwrap();
        assert_eq!(channel["id"], id);
    }
    let read = pbx.url("/ari/channels/by-json/variable?variable=COLOUR");
    let value: Value = pbx.http().get(read).send().await.unwrap().json().await.unwrap();
    assert_eq!(value["value"], "by-json");
    for bad in ["{oops", "[]x", "\"text"] {
        let request = post().header("Content-Type", "application/json").body(bad);
        assert_eq!(
            request.send().await.unwrap().status(),
            StatusCode::BAD_REQUEST,
            "{bad}"
        );
    }
}

#[tokio::test]
async fn row_04_a_content_type_may_have_parameters() {
    let pbx = Pbx::start().await;
    let _app = pbx.app("row").await;
    for (id, kind) in [
        ("plain", "application/json"),
        ("charset", "application/json; charset=utf-8"),
        ("strange", "application/json;colour=\"red\"; x=y"),
    ] {
        let body = json!({ "endpoint": local("hold"), "app": "row", "channelId": id }).to_string();
        let request = pbx
            .http()
            .post(pbx.url("/ari/channels"))
            .header("Content-Type", kind);
        let answer = request.body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{kind}");
    }
}

#[tokio::test]
async fn row_05_a_body_in_chunks_is_put_together() {
    let pbx = Pbx::start().await;
    let body = json!({ "variable": "CHUNKED", "value": "in three parts" }).to_string();
    let parts = [&body[..5], &body[5..20], &body[20..]];
    let chunks: String = parts
        .map(|part| format!("{:x}\r\n{part}\r\n", part.len()))
        .concat();
    let head = "Content-Type: application/json\r\nTransfer-Encoding: chunked";
    let answer = pbx
        .by_hand("POST /ari/asterisk/variable", head, &format!("{chunks}0\r\n\r\n"))
        .await;
    assert!(answer.starts_with("HTTP/1.1 204"), "{answer}");
    let read = pbx.url("/ari/asterisk/variable?variable=CHUNKED");
    let value: Value = pbx.http().get(read).send().await.unwrap().json().await.unwrap();
    assert_eq!(value["value"], "in three parts");
}

#[tokio::test]
async fn row_06_only_allowed_origins_are_named_in_the_answer() {
    let pbx = Pbx::start_with(|files| {
        let usual = format!("[{USER}]");
        files.replace(
            "ari.conf",
            &usual,
            &format!("allowed_origins=http://desk.example,http://phone.example\n{usual}"),
        );
    })
    .await;
    for (origin, named) in [
        ("http://desk.example", true),
        ("http://phone.example", true),
        ("http://evil.example", false),
    ] {
        let request = pbx.http().get(pbx.url("/ari/channels")).header("Origin", origin);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let header = answer.headers().get("Access-Control-Allow-Origin");
        assert_eq!(
            header.map(|value| value.as_bytes()),
            named.then_some(origin.as_bytes())
        );
    }
    let request = pbx.http().request(Method::OPTIONS, pbx.url("/ari/channels"));
    let request = request
        .header("Origin", "http://desk.example")
        .header("Access-Control-Request-Method", "POST");
    let answer = request.send().await.unwrap();
    assert!(answer.status().is_success());
    let methods = answer.headers()["Access-Control-Allow-Methods"].to_str().unwrap();
    assert!(methods.contains("POST") && methods.contains("GET"), "{methods}");
}
