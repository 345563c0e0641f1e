//! ARI through `evatel-ari`, against the real Asterisk: the behaviours that Asterisk's own tests assert and a client outside can see.
//!
//! Each row has tests named after it, `row_07_…` or `row_21_to_24_…`, in the file that stands beside it. Where the server differs from
//! what a row expects, the test asserts what the server does and says so.
//!
//! | row | behaviour | file |
//! |---|---|---|
//! | 1 | credentials, read-only users, crypted passwords | `http` |
//! | 2 | a user's ACL | `http` |
//! | 3 | parameters in query, form and JSON | `http` |
//! | 4 | parameters of a content type | `http` |
//! | 5 | a body in chunks | `http` |
//! | 6 | allowed origins | `http` |
//! | 7 | unknown applications and event sources | `applications` |
//! | 8-10 | event filters: allowed, disallowed, both | `applications` |
//! | 11 | wildcard subscriptions | `applications` |
//! | 12 | a bridge's subscription and its end | `applications` |
//! | 13 | two subscriptions to one device | `applications` |
//! | 14 | endpoints that cannot be subscribed to | `applications` |
//! | 15 | a subscription outlives the stay in the application | `applications` |
//! | 16 | both halves of a Local channel | `applications` |
//! | 17 | STASISSTATUS | `applications` |
//! | 18 | subscribeAll | `applications` |
//! | 19 | user events | `events` |
//! | 20 | channelvars | `events` |
//! | 21-24 | objects of the configuration | `server` |
//! | 25-27 | endpoints and AORs that are pushed | `server` |
//! | 28-36 | modules | `server` |
//! | 37-39 | logs | `server` |
//! | 40 | the life of a bridge | `bridges` |
//! | 41 | channels that cannot enter or leave | `bridges` |
//! | 42 | a bridge id that is taken | `bridges` |
//! | 43 | moving, destroying, hanging up | `bridges` |
//! | 44 | a channel that is recorded | `bridges` |
//! | 45 | sounds and recordings of a bridge | `playbacks` |
//! | 46 | softmix and video source | `bridges` |
//! | 47 | variables of bridges | `channels` |
//! | 48 | variables of channels | `channels` |
//! | 49 | originate: many, variables, linked id | `channels` |
//! | 50 | ids of channels | `channels` |
//! | 51 | places of the dialplan | `channels` |
//! | 52 | create | `dialling` |
//! | 53 | dial | `dialling` |
//! | 54 | bridges while dialling | `dialling` |
//! | 55 | external media | `media` |
//! | 56 | hold and connected line | `phones` |
//! | 57 | sounds to channels | `playbacks` |
//! | 58 | redirect | `channels` |
//! | 59 | RTP statistics | `phones` |
//! | 60 | snooping | `media` |
//! | 61 | continue and move | `channels` |
//! | 62 | dangerous functions | `states` |
//! | 63 | device states | `states` |
//! | 64 | mailboxes: Debian builds no `res_ari_mailboxes`, so only that is told | `states` |
//! | 65 | recordings | `recordings` |
//! | 66 | StasisBroadcast | `events` |
//! | 67 | REST over the websocket | `transports` |
//! | 68 | websockets that Asterisk opens | `transports` |
//! | 69 | chan_websocket | `media` |
//!
//! Beside the rows, with telephones of SIPp: text messages, `message_…`, and transfers, `blind_transfer_…` and `attended_transfer_…`.

#![allow(clippy::unwrap_used, reason = "what the tests share may panic as they do")]

mod ari {
    mod app;
    mod applications;
    mod bridges;
    mod channels;
    mod dialling;
    mod events;
    mod http;
    mod media;
    mod pbx;
    mod phones;
    mod playbacks;
    mod recordings;
    mod server;
    mod socket;
    mod states;
    mod table;
    mod transfers;
    mod transports;
}
