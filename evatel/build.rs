//! Lets the built program find sherpa's native libraries beside itself, or in `../lib/evatel` once installed.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_SHERPA").is_some() {
        println!("cargo:rustc-link-arg-bins=-Wl,-rpath,$ORIGIN:$ORIGIN/../lib/evatel");
    }
}
