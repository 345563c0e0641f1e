//! A program that uses the feature `sherpa` finds its native libraries beside itself, or in `../lib/evatel` once installed.

fn main() {
    println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN:$ORIGIN/../lib/evatel");
}
