//! Decodes the bytes of a file as UTF-8, or reports what they are instead.

use crate::diagnostic::{Code, Diagnostic, Place};

/// Decodes a file. A byte order mark is kept.
///
/// # Errors
/// With the first code if the file is not text, and with the second if it has another encoding than UTF-8.
pub fn decode<'a>(
    file: &str,
    bytes: &'a [u8],
    [not_text, not_utf8]: [Code; 2],
) -> Result<&'a str, Diagnostic> {
    let save = "save it as UTF-8";
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let problem = Diagnostic::error(not_utf8, "this file is UTF-16, but bulletin reads UTF-8");
        return Err(problem.at(Place::file(file)).help(save));
    }
    if bytes.contains(&0) {
        return Err(Diagnostic::error(not_text, "this file is not text")
            .at(Place::file(file))
            .help("save it as plain text in UTF-8, not in a word processor's format"));
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let start = error.valid_up_to();
        let line = bytes[..start].iter().filter(|byte| **byte == b'\n').count() + 1;
        let message = format!("this file is not valid UTF-8 at line {line}, byte {}", start + 1);
        let lossy = String::from_utf8_lossy(bytes);
        let place = Place::new(file, &*lossy, start..start + '\u{fffd}'.len_utf8());
        Diagnostic::error(not_utf8, message).at(place).help(save)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The code and the position of a problem.
    type Problem = (&'static str, Option<(usize, usize)>);

    #[test]
    fn other_files_are_reported_with_the_position() {
        fn code(bytes: &[u8]) -> Result<&str, Problem> {
            decode("a.md", bytes, ["x/not-text", "x/not-utf8"])
                .map_err(|problem| (problem.code, problem.place.and_then(|place| place.start())))
        }
        assert_eq!(code(b"\x89PNG\0\xff"), Err(("x/not-text", None)));
        assert_eq!(code(b"ok\nb\xe9d"), Err(("x/not-utf8", Some((2, 2)))));
        assert_eq!(code(b"\xff\xfet\0i\0"), Err(("x/not-utf8", None)));
        assert_eq!(code(b"a\0b"), Err(("x/not-text", None)));
        assert_eq!(code("zwölf".as_bytes()), Ok("zwölf"));
    }
}
