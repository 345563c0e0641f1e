//! The tables as diesel sees them; the migrations are what makes them.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    meta (id) { id -> Integer, revision -> BigInt, sealed_with -> Nullable<Text>, }
}
table! {
    changes (revision, table_name, row_id) { revision -> BigInt, table_name -> Text, row_id -> Text, }
}
table! {
    resellers (id) { id -> Text, name -> Text, is_default -> Bool, billing -> Text, status -> Text, }
}
table! {
    accounts (id) {
        id -> Text,
        reseller_id -> Text,
        name -> Text,
        kind -> Text,
        status -> Text,
        language -> Text,
        records_calls -> Bool,
        is_default -> Bool,
        max_legs -> Integer,
        active_legs -> Integer,
        zone -> Text,
    }
}
table! {
    users (id) {
        id -> Text,
        account_id -> Text,
        name -> Text,
        extension -> Text,
        number -> Integer,
        roles -> Text,
        language -> Nullable<Text>,
        zone -> Nullable<Text>,
    }
}
table! {
    pins (user_id) { user_id -> Text, hash -> Text, failures -> Integer, locked_until_us -> Nullable<BigInt>, }
}
table! {
    trunks (id) { id -> Text, name -> Text, peer -> Text, format -> Text, }
}
table! {
    dids (id) {
        id -> Text,
        number -> Text,
        trunk_id -> Text,
        state -> Text,
        reseller_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        target_kind -> Nullable<Text>,
        target_user_id -> Nullable<Text>,
        holder_reseller_id -> Nullable<Text>,
        holder_account_id -> Nullable<Text>,
        former_account_id -> Nullable<Text>,
        until_us -> Nullable<BigInt>,
        emergency_address -> Nullable<Text>,
        events -> Integer,
        reason -> Nullable<Text>,
    }
}
table! {
    number_events (number, sequence) {
        number -> Text,
        sequence -> Integer,
        at_us -> BigInt,
        done_by -> Text,
        verb -> Text,
        from_state -> Nullable<Text>,
        to_state -> Text,
        reseller_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        reason -> Nullable<Text>,
    }
}
table! {
    itsps (id) { id -> Text, name -> Text, }
}
table! {
    trunk_contracts (trunk_id) {
        trunk_id -> Text,
        itsp_id -> Text,
        max_calls -> Nullable<Integer>,
        max_calls_per_second -> Nullable<Integer>,
        calls -> Integer,
        second_us -> BigInt,
        second_calls -> Integer,
    }
}
table! {
    devices (id) {
        id -> Text,
        user_id -> Text,
        name -> Text,
        ha1 -> Nullable<Text>,
        secret -> Nullable<Text>,
        mac -> Nullable<Text>,
        model -> Nullable<Text>,
    }
}
table! {
    contacts (id) {
        id -> Text,
        account_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        name -> Text,
        pronunciation -> Nullable<Text>,
        nicknames -> Text,
        number -> Text,
        other_numbers -> Text,
    }
}
table! {
    offices (account_id) { account_id -> Text, form -> Text, }
}
table! {
    presences (user_id) { user_id -> Text, form -> Text, }
}
table! {
    screening (id) {
        id -> Text,
        account_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        list -> Text,
        caller -> Text,
    }
}
table! {
    restrictions (id) {
        id -> Text,
        name -> Text,
        reseller_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        device_id -> Nullable<Text>,
        set_by -> Text,
        matches -> Text,
        effect -> Text,
        hours -> Nullable<Text>,
        zone -> Nullable<Text>,
        trunk_id -> Nullable<Text>,
    }
}
table! {
    emergency_places (account_id) {
        account_id -> Text,
        street -> Text,
        city -> Text,
        province -> Text,
        callback -> Text,
        trunk_id -> Text,
    }
}
table! {
    reservations (id) {
        id -> Text,
        account_id -> Text,
        holder -> Text,
        made_at_us -> BigInt,
        price_micros -> BigInt,
        trunk_id -> Nullable<Text>,
    }
}
table! {
    reservation_counts (reservation_id, owner) { reservation_id -> Text, owner -> Text, }
}
table! {
    leg_counts (owner) {
        owner -> Text,
        toll_legs -> Integer,
        minute -> BigInt,
        minute_legs -> Integer,
        day -> BigInt,
        day_micros -> BigInt,
    }
}
table! {
    limits (owner) {
        owner -> Text,
        reseller_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        toll_legs -> Nullable<Integer>,
        legs_a_minute -> Nullable<Integer>,
        spend_a_day_micros -> Nullable<BigInt>,
        max_length_s -> Nullable<Integer>,
        approves_countries -> Bool,
        joins_outside -> Nullable<Bool>,
    }
}
table! {
    approved_countries (account_id, country) { account_id -> Text, country -> Text, }
}
table! {
    routes (id) {
        id -> Text,
        trunk_id -> Text,
        matches -> Text,
        classes -> Text,
        priority -> Integer,
        weight -> Integer,
        price_micros -> Nullable<BigInt>,
    }
}
table! {
    leg_entries (leg_id) {
        leg_id -> Text,
        call_id -> Text,
        account_id -> Nullable<Text>,
        direction -> Text,
        caller -> Text,
        callee -> Text,
        cause -> Text,
        authoriser -> Text,
        user_id -> Nullable<Text>,
        decision -> Text,
        rule -> Text,
        started_at_us -> BigInt,
        answered_at_us -> Nullable<BigInt>,
        ended_at_us -> Nullable<BigInt>,
        hangup_q850 -> Nullable<Integer>,
        recording -> Nullable<Text>,
    }
}
table! {
    transcripts (id) { id -> BigInt, call_id -> Text, at_us -> BigInt, who -> Text, text -> Text, }
}
table! {
    reseller_profiles (reseller_id) {
        reseller_id -> Text,
        contact -> Nullable<Text>,
        mail -> Nullable<Text>,
        number -> Nullable<Text>,
        address -> Nullable<Text>,
        product -> Nullable<Text>,
        domain -> Nullable<Text>,
        logo -> Nullable<Text>,
        mail_from -> Nullable<Text>,
    }
}
table! {
    logins (id) {
        id -> Text,
        name -> Text,
        reseller_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        hash -> Text,
        failures -> Integer,
        failed_at_us -> Nullable<BigInt>,
    }
}
table! {
    sessions (id) {
        id -> Text,
        login_id -> Text,
        digest -> Text,
        expires_at_us -> BigInt,
        entered_reseller_id -> Nullable<Text>,
        entered_account_id -> Nullable<Text>,
    }
}
table! {
    api_keys (id) {
        id -> Text,
        name -> Text,
        reseller_id -> Nullable<Text>,
        user_id -> Nullable<Text>,
        digest -> Text,
        scope -> Text,
        made_at_us -> BigInt,
        expires_at_us -> BigInt,
        used_at_us -> Nullable<BigInt>,
    }
}
table! {
    audit (id) {
        id -> BigInt,
        at_us -> BigInt,
        who -> Text,
        as_whom -> Nullable<Text>,
        standing -> Text,
        action -> Text,
        matter -> Text,
        object -> Text,
        reseller_id -> Nullable<Text>,
        account_id -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        origin -> Text,
    }
}
table! {
    catalogue (one) { one -> Integer, edition -> Integer, }
}
table! {
    catalogue_items (id) {
        id -> Text,
        kind -> Text,
        name -> Text,
        price -> Text,
        resale -> Text,
        revised_in -> Integer,
        is_retired -> Bool,
    }
}
table! {
    offer_assignments (reseller_id) { reseller_id -> Text, items -> Text, }
}
table! {
    offer_choices (reseller_id, item_id) {
        reseller_id -> Text,
        item_id -> Text,
        is_offered -> Bool,
        retail -> Nullable<Text>,
    }
}
table! {
    subscriptions (id) {
        id -> Text,
        account_id -> Text,
        user_id -> Nullable<Text>,
        number -> Nullable<Text>,
        item_id -> Text,
        catalogue -> Integer,
        price -> Text,
        quantity -> Integer,
        upcoming_from_us -> Nullable<BigInt>,
        upcoming_quantity -> Nullable<Integer>,
        started_at_us -> BigInt,
        reseller_id -> Text,
    }
}
table! {
    quotes (id) { id -> Text, account_id -> Text, quote -> Text, expires_at_us -> BigInt, }
}
table! {
    charges (quote_id, line) {
        quote_id -> Text,
        line -> Integer,
        account_id -> Text,
        at_us -> BigInt,
        item_id -> Text,
        kind -> Text,
        amount_micros -> BigInt,
        currency -> Text,
        reseller_id -> Text,
    }
}

allow_tables_to_appear_in_same_query!(
    accounts,
    api_keys,
    audit,
    contacts,
    devices,
    dids,
    emergency_places,
    itsps,
    leg_entries,
    limits,
    logins,
    offices,
    number_events,
    pins,
    presences,
    reseller_profiles,
    reservation_counts,
    resellers,
    reservations,
    restrictions,
    screening,
    sessions,
    transcripts,
    trunk_contracts,
    trunks,
    users,
);
