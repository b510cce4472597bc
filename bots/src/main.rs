//! The program: parses the command line, sets up logging, starts a runtime, exits with the answer's code.

use std::process::ExitCode;

use steward::cli;

fn main() -> ExitCode {
    ExitCode::from(cli::main(std::env::args_os().collect()))
}
