//! Has the program built anew when the theme inside it changes.

fn main() {
    println!("cargo::rerun-if-changed=themes/broadsheet");
}
