//! Builds the crate anew when a migration comes or changes: `embed_migrations!` by itself does not see new files.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
