//! What breaks during a call is mended or ended in order, and the next call works.

mod fault {
    mod daemon;
    mod keys;
    mod switch;
    mod workers;
}
