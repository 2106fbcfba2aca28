//! reStructuredText and AsciiDoc → front matter and Markdown. Document headers are parsed here; docutils and Asciidoctor, if
//! they are installed, convert the text.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::{LazyLock, OnceLock};
use std::time::{Duration, Instant};

use regex::Regex;
use serde_json::Value as Json;

use crate::import::{Refusal, Story, html};

/// The time limit of a converter for one text.
const LONGEST: Duration = Duration::from_secs(10);
/// The size limit of converted HTML, in bytes.
const MOST: u64 = 32 << 20;

/// A markup language other than Markdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::import) enum Markup {
    Rest,
    AsciiDoc,
}

/// Detects the markup of a file by its extension.
pub(in crate::import) fn detect(path: &str) -> Option<Markup> {
    match &*super::tree::extension(path).to_ascii_lowercase() {
        "rst" => Some(Markup::Rest),
        "adoc" | "asciidoc" | "asc" => Some(Markup::AsciiDoc),
        _ => None,
    }
}

/// Rewrites the document header as YAML front matter. A text that already has front matter stays as it is.
pub(super) fn with_yaml_front(markup: Markup, text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if text.starts_with("---\n") || text.starts_with("+++\n") {
        return text.to_owned();
    }
    let is_rest = markup == Markup::Rest;
    let (title, mut rest) = if is_rest { rest_title(text) } else { asciidoc_title(text) };
    let mut fields: Vec<(String, String)> =
        title.map(|title| ("title".to_owned(), title.to_owned())).into_iter().collect();
    while let Some((line, after)) = rest.split_once('\n').or((!rest.is_empty()).then_some((rest, ""))) {
        let field = line
            .strip_prefix(':')
            .and_then(|line| line.split_once(':'))
            .filter(|(key, _)| !key.contains('`'));
        match field {
            Some((key, value)) => {
                let key = key.strip_prefix("page-").unwrap_or(key).trim().to_lowercase();
                fields.push((key, value.trim().to_owned()));
            }
            // A continued value.
            None if line.starts_with(' ')
                && !line.trim().is_empty()
                && fields.len() > usize::from(title.is_some()) =>
            {
                if let Some((_, value)) = fields.last_mut() {
                    value.push(' ');
                    value.push_str(line.trim());
                }
            }
            None if line.trim().is_empty() && is_rest && fields.len() <= 1 => {}
            // The author and revision lines of AsciiDoc.
            None if !is_rest && title.is_some() && !line.trim().is_empty() => {
                let name = line.split(['<', ';']).next().unwrap_or_default().trim();
                let is_name = fields.len() == 1 && !name.starts_with(|c: char| c.is_ascii_digit());
                let date = line
                    .split([' ', ','])
                    .find(|word| super::when::read(word).is_some() && word.contains('-'));
                fields.extend(Some(("author".to_owned(), name.to_owned())).filter(|_| is_name));
                fields.extend(date.map(|date| ("revdate".to_owned(), date.to_owned())));
            }
            None => break,
        }
        rest = after;
    }
    // The last of duplicate keys counts.
    let mut keys = std::collections::HashSet::new();
    fields.reverse();
    fields.retain(|(key, _)| keys.insert(key.clone()));
    fields.reverse();
    let has_date = fields.iter().any(|(key, _)| key == "date");
    let head: String = fields
        .iter()
        .map(|(key, value)| {
            let key = if key == "revdate" && !has_date { "date" } else { key };
            format!("{}: {}\n", Json::from(key), Json::from(value.as_str()))
        })
        .collect();
    // AsciiDoc also uses its header attributes in the text.
    format!("---\n{head}---\n{}", if is_rest { rest } else { text })
}

/// Splits off a title that is underlined, or between two lines of the same character.
fn rest_title(text: &str) -> (Option<&str>, &str) {
    let is_line = |line: &str| {
        let sign = line.chars().next().filter(char::is_ascii_punctuation);
        line.len() >= 2 && sign.is_some_and(|sign| line.trim_end().chars().all(|c| c == sign))
    };
    let mut lines = text.split_inclusive('\n');
    let mut at = 0;
    let mut next = || lines.next().inspect(|line| at += line.len()).unwrap_or_default();
    let first = next();
    let is_over = is_line(first);
    let (title, under) = if is_over { (next(), next()) } else { (first, next()) };
    if is_line(under) && !title.trim().is_empty() {
        return (Some(title.trim()), text.get(at..).unwrap_or_default());
    }
    (None, text)
}

fn asciidoc_title(text: &str) -> (Option<&str>, &str) {
    match text.strip_prefix("= ").map(|text| text.split_once('\n').unwrap_or((text, ""))) {
        Some((title, rest)) => (Some(title.trim()), rest),
        None => (None, text),
    }
}

/// The converters. Each is looked up once.
#[derive(Debug, Default)]
pub(super) struct Tools {
    docutils: OnceLock<Option<Vec<&'static str>>>,
    asciidoctor: OnceLock<Option<Vec<&'static str>>>,
}

/// The commands of each converter, in order of preference.
const DOCUTILS: [&[&str]; 4] =
    [&["rst2html5"], &["rst2html5.py"], &["python3", "-m", "docutils", "--writer=html5"], &["rst2html"]];
const ASCIIDOCTOR: [&[&str]; 1] = [&["asciidoctor"]];
/// The text must not make docutils read other files.
const DOCUTILS_OPTIONS: [&str; 7] = [
    "--no-file-insertion",
    "--no-doc-title",
    "--initial-header-level=2",
    "--syntax-highlight=none",
    "--report=3",
    "--halt=5",
    "--embed-stylesheet",
];
const ASCIIDOCTOR_OPTIONS: [&str; 6] = ["-S", "secure", "-e", "-o", "-", "-"];

impl Tools {
    /// Converts a text to Markdown, and reports unknown directives.
    ///
    /// # Errors If the converter is not installed, or fails.
    pub(super) fn markdown(&self, markup: Markup, text: &str, story: &mut Story) -> Result<String, Refusal> {
        let (tool, ways, options, missing) = match markup {
            Markup::Rest => (
                &self.docutils,
                &DOCUTILS[..],
                &DOCUTILS_OPTIONS[..],
                "it is reStructuredText; install docutils (`pip install docutils`) and run the import again",
            ),
            Markup::AsciiDoc => (
                &self.asciidoctor,
                &ASCIIDOCTOR[..],
                &ASCIIDOCTOR_OPTIONS[..],
                "it is AsciiDoc; install Asciidoctor (`gem install asciidoctor`) and run the import again",
            ),
        };
        let failed = |why: &str| Refusal::Failed(why.to_owned(), None);
        let is_there = |way: &&&[&str]| run(way, &["--version"], "").is_some();
        let found = tool.get_or_init(|| ways.iter().find(is_there).map(|way| way.to_vec()));
        let found = found.as_ref().ok_or_else(|| failed(missing))?;
        let (page, messages) = run(found, options, text)
            .ok_or_else(|| failed(&format!("`{}` failed or took longer than 10 seconds", found.join(" "))))?;
        static UNKNOWN: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r#"Unknown (?:directive type|interpreted text role) "([^"]*)""#)
                .expect("the pattern is valid")
        });
        for name in
            UNKNOWN.captures_iter(&messages).filter_map(|found| Some(found.get(1)?.as_str().to_owned()))
        {
            let message = format!("unknown directive `{name}`; its source is kept as a code block");
            story.remark_about("import/directive", name, message, None);
        }
        let body = page
            .split_once("<body")
            .map_or(&*page, |(_, rest)| rest.split_once('>').map_or("", |(_, rest)| rest));
        Ok(html::markdown(&clean_docutils(body.split("</body>").next().unwrap_or_default()), None).body)
    }
}

/// Removes docutils' messages, and moves the language of listings to where browsers expect it.
fn clean_docutils(page: &str) -> String {
    static MESSAGE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?s)<p class="system-message-title">.*?</p>(?:\s*<p>(?:Unknown|No role|No directive|Error in).*?</p>)*"#)
            .expect("the pattern is valid")
    });
    static LISTING: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?s)<pre class="code ([\w+-]+) literal-block">(?:<code>)?(.*?)(?:</code>)?</pre>"#)
            .expect("the pattern is valid")
    });
    let page = MESSAGE.replace_all(page, "");
    LISTING.replace_all(&page, "<pre><code class=\"language-$1\">$2</code></pre>").into_owned()
}

/// Runs a converter, and returns its output and its messages. `None` if it is missing, fails or times out.
fn run(way: &[&str], options: &[&str], text: &str) -> Option<(String, String)> {
    let (program, arguments) = way.split_first()?;
    let piped = Stdio::piped;
    let mut command = Command::new(program);
    command.args(arguments).args(options).stdin(piped()).stdout(piped()).stderr(piped());
    let mut child = command.env("PYTHONIOENCODING", "utf-8").spawn().ok()?;
    let (mut stdin, stdout, stderr) = (child.stdin.take()?, child.stdout.take()?, child.stderr.take()?);
    std::thread::scope(|scope| {
        let written = scope.spawn(move || stdin.write_all(text.as_bytes()));
        let reading = |mut from: Box<dyn std::io::Read + Send>| {
            scope.spawn(move || {
                let mut bytes = Vec::new();
                from.by_ref().take(MOST).read_to_end(&mut bytes).ok();
                String::from_utf8_lossy(&bytes).into_owned()
            })
        };
        let (out, messages) = (reading(Box::new(stdout)), reading(Box::new(stderr)));
        let is_done = wait(&mut child);
        let _ = written.join();
        let (out, messages) = (out.join().ok()?, messages.join().ok()?);
        is_done.then_some((out, messages))
    })
}

/// Waits for a process, and kills it when its time is up.
fn wait(child: &mut Child) -> bool {
    let start = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if start.elapsed() < LONGEST => std::thread::sleep(Duration::from_millis(2)),
            _ => {
                let _ = child.kill();
                let _ = child.wait();
                return false;
            }
        }
    }
}

/// Returns why a file is skipped, if another tool would read it.
pub(in crate::import) fn other_markup(extension: &str) -> Option<&'static str> {
    Some(match extension.to_ascii_lowercase().as_str() {
        "html" | "htm" => "it is HTML",
        "rst" => "it is reStructuredText; convert it to Markdown first",
        "adoc" | "asciidoc" | "ad" => "it is AsciiDoc; convert it to Markdown first",
        "org" => "it is Org; convert it to Markdown first",
        "ipynb" => "it is a Jupyter notebook; convert it to Markdown first",
        "textile" | "pandoc" | "pdc" | "mmark" | "rmd" => "it is not Markdown; convert it first",
        "yaml" | "yml" | "toml" | "json" | "xml" => "it is a data file",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn document_headers_become_yaml() {
        let rest = "=====\nTitle\n=====\n\n:date: 2019-05-07\n:tags: a,\n    b\n\nText\n";
        let with_head =
            "---\n\"title\": \"Title\"\n\"date\": \"2019-05-07\"\n\"tags\": \"a, b\"\n---\n\nText\n";
        assert_eq!(with_yaml_front(Markup::Rest, rest), with_head);
        assert_eq!(
            with_yaml_front(Markup::Rest, "T\n##\n:a: b\n\n:c: d\n"),
            "---\n\"title\": \"T\"\n\"a\": \"b\"\n---\n\n:c: d\n"
        );
        assert_eq!(with_yaml_front(Markup::Rest, "Text\n"), "---\n---\nText\n");
        let doc = "= Title\nAna Ruiz <a@b.example>\nv1.0, 2019-05-07\n:page-tags: a\n\nText\n";
        let with_head = "---\n\"title\": \"Title\"\n\"author\": \"Ana Ruiz\"\n\"date\": \"2019-05-07\"\n\"tags\": \"a\"\n---\n";
        assert_eq!(with_yaml_front(Markup::AsciiDoc, doc), format!("{with_head}{doc}"));
        assert_eq!(
            with_yaml_front(Markup::AsciiDoc, "---\ntitle: x\n---\n= Y\n"),
            "---\ntitle: x\n---\n= Y\n"
        );
    }
}
