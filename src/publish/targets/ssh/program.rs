//! Calls of the functions in `remote.sh` → a program for `sh`, and its answer → values.

use std::io::{self, BufRead, Read};

/// The functions that programs call.
const FUNCTIONS: &str = include_str!("remote.sh");
/// The end of lines that a program contains as data. No path can be such a line, because paths have no `/` at their start.
const END: &str = "/end";

/// A program for the `sh` of a server.
pub(super) struct Program {
    body: String,
}

impl Program {
    /// A program that does nothing yet.
    pub(super) fn new() -> Self {
        Self { body: String::new() }
    }

    /// Calls a function or a command. Arguments are quoted.
    pub(super) fn call<'a>(mut self, name: &str, arguments: impl IntoIterator<Item = &'a str>) -> Self {
        self.body.push_str(name);
        for argument in arguments {
            self.body.push(' ');
            self.body.push_str(&quoted(argument));
        }
        self.body.push('\n');
        self
    }

    /// Writes lines of text to a file below the folder of the target, in one step. Stops if that fails.
    pub(super) fn file(mut self, file: &str, text: &str) -> Self {
        let (part, file) = (quoted(&format!("{file}.part")), quoted(file));
        self.body.push_str(&format!(
            "if ! cat >{part} <<'{END}'\n{text}{END}\nthen fail failed 'cannot write'\nfi\n"
        ));
        self.body.push_str(&format!("try mv -f {part} {file}\n"));
        self
    }

    /// The text that `sh` runs. It does nothing unless all of it arrives.
    pub(super) fn text(&self) -> String {
        format!("{FUNCTIONS}\nmain() {{\necho bulletin\n{}echo end\nexit 0\n}}\nmain\n", self.body)
    }

    /// The text of a program that answers, and then calls a function that reads standard input.
    pub(super) fn text_and_then(&self, function: &str, argument: &str) -> String {
        let then = quoted(argument);
        format!(
            "{FUNCTIONS}\nmain() {{\necho bulletin\n{}echo end\n{function} {then}\nexit 0\n}}\nmain\n",
            self.body
        )
    }
}

/// Text as one word of `sh`.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// The answer of a program.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The lines, each a name and a value.
    pub(super) lines: Vec<(String, String)>,
    /// The files, by name.
    pub(super) files: Vec<(String, Vec<u8>)>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The program failed: a code of `remote.sh`, and a message.
    Failed(String, String),
    /// It ended before its answer did.
    CutOff,
}

/// The names of lines that are followed by bytes.
const FILES: [&str; 3] = ["record", "taken-down", "names"];

impl Answer {
    /// Reads the answer of a program up to its end. What the server's own scripts print before it is skipped.
    pub(super) fn read(from: &mut impl BufRead) -> Result<Self, NoAnswer> {
        let cut = |_: io::Error| NoAnswer::CutOff;
        while line(from).map_err(cut)? != "bulletin" {}
        let mut answer = Self::default();
        loop {
            let line = line(from).map_err(cut)?;
            let (name, value) = line.split_once(' ').unwrap_or((&line, ""));
            match name {
                "end" => return Ok(answer),
                "error" => {
                    let (code, message) = value.split_once(' ').unwrap_or((value, ""));
                    return Err(NoAnswer::Failed(code.to_owned(), message.to_owned()));
                }
                _ if FILES.contains(&name) => {
                    let size: u64 = value.trim().parse().map_err(|_| NoAnswer::CutOff)?;
                    let mut bytes = Vec::new();
                    let read = from.by_ref().take(size).read_to_end(&mut bytes).map_err(cut)?;
                    if read as u64 != size {
                        return Err(NoAnswer::CutOff);
                    }
                    answer.files.push((name.to_owned(), bytes));
                }
                _ => answer.lines.push((name.to_owned(), value.to_owned())),
            }
        }
    }

    /// A file of the answer.
    pub(super) fn take_file(&mut self, name: &str) -> Option<Vec<u8>> {
        let at = self.files.iter().position(|(known, _)| known == name)?;
        Some(self.files.swap_remove(at).1)
    }

    /// The values of all lines with a name.
    pub(super) fn values<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.lines.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

fn line(from: &mut impl BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    from.read_until(b'\n', &mut line)?;
    if line.pop() != Some(b'\n') {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).into_owned())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::process::{Command, Stdio};

    use super::*;

    /// The shells of this machine. Every one has `sh`.
    fn shells() -> Vec<Vec<&'static str>> {
        let all = [vec!["sh"], vec!["dash"], vec!["bash"], vec!["busybox", "sh"]];
        let works = |shell: &Vec<&str>| {
            let mut command = Command::new(shell[0]);
            command.args(&shell[1..]).args(["-c", "exit 0"]).stderr(Stdio::null());
            command.status().is_ok_and(|status| status.success())
        };
        all.into_iter().filter(works).collect()
    }

    fn run(shell: &[&str], text: &str) -> Result<Answer, NoAnswer> {
        let mut command = Command::new(shell[0]);
        command.args(&shell[1..]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Answer::read(&mut &*output.stdout)
    }

    fn failure(answer: Result<Answer, NoAnswer>) -> String {
        match answer {
            Err(NoAnswer::Failed(code, _)) => code,
            other => panic!("{other:?}"),
        }
    }

    /// A folder in whose name every character means something to a shell.
    fn folder() -> (tempfile::TempDir, String) {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("it's a $HOME `x` \"%41\" #; ö");
        for release in ["one", "two"] {
            fs::create_dir_all(dir.join("releases").join(release).join("a/b c")).unwrap();
            fs::write(dir.join("releases").join(release).join("a/b c/x'y.html"), release).unwrap();
            fs::write(dir.join("releases").join(release).join("-rf"), release).unwrap();
        }
        let text = dir.to_str().unwrap().to_owned();
        (temp, text)
    }

    fn locked(dir: &str, run: &str) -> Program {
        Program::new().call("lock", [dir, run, "ana on desk", "no"])
    }

    #[test]
    fn a_lock_is_held_by_one_and_released_at_the_end() {
        for shell in shells() {
            let (_temp, dir) = folder();
            let lock = Path::new(&dir).join(".bulletin/lock");
            assert!(run(&shell, &locked(&dir, "r1").text()).is_ok());
            assert!(!lock.exists(), "{shell:?}");
            fs::create_dir(&lock).unwrap();
            assert_eq!(failure(run(&shell, &locked(&dir, "r2").text())), "locked");
            // What others hold is not released.
            assert!(lock.exists());
            let forced = Program::new().call("lock", [&*dir, "r2", "ana", "yes"]).call("holds", ["r2"]);
            assert!(run(&shell, &forced.text()).is_ok());
            assert!(!lock.exists());
            assert_eq!(failure(run(&shell, &Program::new().call("begin", [&*dir, "r1"]).text())), "lost");
            assert_eq!(failure(run(&shell, &locked(&format!("{dir}/x/y"), "r1").text())), "missing");
        }
    }

    #[test]
    fn a_program_that_is_cut_off_does_nothing() {
        let (_temp, dir) = folder();
        let program = locked(&dir, "r1").file(".bulletin/paths", "a/b c/x'y.html\n").call("delete", ["one"]);
        let text = program.text();
        for end in (text.len() - 200..text.len() - 5).step_by(7).filter(|end| text.is_char_boundary(*end)) {
            assert!(run(&["sh"], &text[..end]).is_err());
            assert!(Path::new(&dir).join("releases/one/a/b c/x'y.html").exists());
        }
        assert!(run(&["sh"], &text).is_ok());
        assert!(!Path::new(&dir).join("releases/one/a/b c/x'y.html").exists());
    }

    #[test]
    fn files_are_deleted_but_links_are_not_followed() {
        for shell in shells() {
            let (_temp, dir) = folder();
            let (_other, outside) = folder();
            let root = Path::new(&dir);
            symlink(Path::new(&outside).join("releases"), root.join("releases/one/link")).unwrap();
            let paths = "a/b c/x'y.html\n-rf\nlink/one/-rf\nmissing/x\na\na/b c/\na/\nlink/one/a/b c/\n";
            let program = locked(&dir, "r1").file(".bulletin/paths", paths);
            run(&shell, &program.call("delete", ["one", "gone"]).text()).unwrap();
            assert!(
                !root.join("releases/one/a").exists() && !root.join("releases/one/-rf").exists(),
                "{shell:?}"
            );
            assert!(root.join("releases/two/-rf").exists());
            assert!(Path::new(&outside).join("releases/one/-rf").exists());
        }
    }

    #[test]
    fn readers_see_one_release_or_the_other() {
        for shell in shells() {
            let (_temp, dir) = folder();
            let root = Path::new(&dir);
            for release in ["one", "two"] {
                run(&shell, &locked(&dir, "r1").call("switch", [release]).text()).unwrap();
                assert_eq!(fs::read_to_string(root.join("current/-rf")).unwrap(), release, "{shell:?}");
            }
            assert!(!root.join("releases/one/current").exists());
            // The release that readers see is not deleted.
            run(&shell, &locked(&dir, "r1").call("discard", ["one", "two"]).text()).unwrap();
            assert!(!root.join("releases/one").exists() && root.join("releases/two").exists());
            fs::remove_file(root.join("current")).unwrap();
            fs::create_dir(root.join("current")).unwrap();
            assert_eq!(
                failure(run(&shell, &locked(&dir, "r1").call("switch", ["two"]).text())),
                "not-a-release"
            );
        }
    }

    #[test]
    fn the_state_is_told() {
        for shell in shells() {
            let (_temp, dir) = folder();
            let root = Path::new(&dir);
            run(&shell, &locked(&dir, "r1").call("switch", ["two"]).text()).unwrap();
            fs::write(root.join(".bulletin/records/two"), b"end\nerror x\n\0\xff").unwrap();
            let mut answer = run(&shell, &locked(&dir, "r1").call("state", []).text()).unwrap();
            assert_eq!(answer.take_file("record").unwrap(), b"end\nerror x\n\0\xff");
            assert_eq!(answer.values("current").collect::<Vec<_>>(), ["releases/two"]);
            assert_eq!(answer.values("release").collect::<Vec<_>>(), ["one", "two"]);
            assert_eq!(answer.values("recorded").collect::<Vec<_>>(), ["two"]);
            let mut answer = run(&shell, &locked(&dir, "r1").call("names", ["one"]).text()).unwrap();
            let names = String::from_utf8(answer.take_file("names").unwrap()).unwrap();
            let mut names: Vec<&str> = names.lines().collect();
            names.sort_unstable();
            assert_eq!(names, ["./-rf", "./a/b c/x'y.html"]);
            fs::rename(root.join("releases"), root.join("away")).unwrap();
            symlink("away", root.join("releases")).unwrap();
            assert_eq!(failure(run(&shell, &locked(&dir, "r1").text())), "link");
        }
    }

    #[test]
    fn what_the_server_prints_first_is_skipped() {
        let text = b"Welcome!\nerror\nbulletin\ncurrent x\nrecord 4\nend\nend\n";
        let answer = Answer::read(&mut &text[..]).unwrap();
        assert_eq!(answer.files, [("record".to_owned(), b"end\n".to_vec())]);
        for cut in [&b"Welcome!\n"[..], b"bulletin\nrecord 4\nen", b"bulletin\ncurrent x\n", b""] {
            assert!(matches!(Answer::read(&mut &cut[..]), Err(NoAnswer::CutOff)));
        }
    }
}
