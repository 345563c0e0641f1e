//! What breaks during a call is mended or ended in order, and the next call works.

mod fault {
    mod brain;
    mod daemon;
    mod keys;
    mod media;
    mod switch;
    mod workers;
}
