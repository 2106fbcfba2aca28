//! The program `bulletin`.

use std::process::ExitCode;

/// A build makes and drops millions of small values on all cores: measured a tenth faster than with the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    bulletin::cli::main()
}
