//! What breaks during a call is mended or ended in order, and the next call works.

mod fault {
    mod daemon;
    mod joined;
    mod keys;
    mod switch;
    mod workers;
}
