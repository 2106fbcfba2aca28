//! The program `bulletin`.

use std::process::ExitCode;

fn main() -> ExitCode {
    bulletin::cli::main()
}
