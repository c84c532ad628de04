//! A process that appends records to shared files: `record-writer DIRECTORY WRITER COUNT`. Tests start several at once.

use std::path::Path;
use std::process::ExitCode;

use secspan_tests::shared_file;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [directory, writer, count] = arguments.as_slice() else {
        complain("usage: record-writer DIRECTORY WRITER COUNT");
        return ExitCode::from(2);
    };
    let (Ok(writer), Ok(count)) = (writer.parse(), count.parse()) else {
        complain("WRITER and COUNT are whole numbers");
        return ExitCode::from(2);
    };
    match shared_file::write(Path::new(directory), writer, count) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stderr, reason = "the test that started it shows this")]
fn complain(message: &str) {
    eprintln!("{message}");
}
