//! Live tests of calls from outside to the Smart Number.

mod outside {
    mod joined;
    mod media;
    mod missed;
    mod recorded;
    mod rights;
    mod rules;
    mod ways;
}
