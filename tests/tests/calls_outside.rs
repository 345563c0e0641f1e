//! Live tests of calls from outside to the Smart Number.

mod outside {
    mod joined;
    mod missed;
    mod recorded;
    mod rights;
}
