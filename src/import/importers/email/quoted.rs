//! Cuts off what mail programs add to a text: signatures, answered mails, forwarded mails.

use std::sync::LazyLock;

use regex::Regex;

/// A text and what was cut off it.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) kept: String,
    /// A forwarded or answered mail with its header.
    pub(super) forwarded: Option<String>,
    /// A description of what is left out.
    pub(super) left_out: Option<&'static str>,
}

/// The line above a forwarded mail.
static FORWARDED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:-{2,}\s?(?:original message|forwarded (?:message|by)|weitergeleitete nachricht|ursprüngliche nachricht|message (?:transféré|d'origine)|mensaje (?:reenviado|original)|messaggio (?:inoltrato|originale)|mensagem (?:encaminhada|original)|doorgestuurd bericht)|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message réexpédié\s?:|inicio del mensaje reenviado:|inizio messaggio inoltrato:)")
        .expect("a test compiles the pattern")
});
/// The line above an answered mail.
static ANSWERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:on|am|le|el|il|em|op|den)\b.{8,240}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev)\b.{0,60}:$")
        .expect("a test compiles the pattern")
});
static FROM: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:from|von|de|da|van)\s?:\s?\S").expect("a test compiles the pattern")
});
static SENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:sent|date|gesendet|datum|envoyé|enviado|data|inviato|verzonden)\s?:\s?\S")
        .expect("a test compiles the pattern")
});

/// A line without Markdown marks.
fn bare(line: &str) -> String {
    line.replace("**", "").trim_end_matches(['\\', ' ']).trim().to_owned()
}

/// Cuts the text of a mail, plain or Markdown.
pub(super) fn cut(text: &str) -> Cut {
    cut_level(text, true)
}

/// Cuts a text. A forwarded mail within a forwarded mail stays.
fn cut_level(text: &str, is_outer: bool) -> Cut {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let bares: Vec<String> = lines.iter().map(|line| bare(line)).collect();
    let (mut kept, mut left_out, mut at) = (Vec::new(), None, 0);
    let cut = |kept: Vec<&str>, forwarded: Option<String>, left_out| Cut {
        kept: kept.join("\n"),
        forwarded,
        left_out,
    };
    while at < lines.len() {
        let line = &bares[at];
        let lines_from = |from: usize| lines.get(from..).unwrap_or_default();
        if matches!(line.as_str(), "--" | "\\--" | "—\u{200b}") && at > 0 {
            return cut(kept, None, Some("the signature"));
        }
        if is_outer && FORWARDED.is_match(line) {
            return cut(kept, Some(unquoted(lines_from(at + 1))), Some("a quoted email"));
        }
        if is_outer
            && FROM.is_match(line)
            && at > 0
            && bares.iter().skip(at + 1).take(2).any(|line| SENT.is_match(line))
        {
            while kept.last().is_some_and(|line: &&str| {
                line.trim().chars().all(|c| matches!(c, '_' | '-' | '*' | ' ' | '\\'))
            }) {
                kept.pop();
            }
            return cut(kept, Some(unquoted(lines_from(at))), Some("a quoted email"));
        }
        // The line may be wrapped.
        let two = bares.get(at + 1).map(|next| format!("{line} {next}")).unwrap_or_default();
        let answers = [(1, line.as_str()), (2, &two)].into_iter().find(|(_, line)| ANSWERED.is_match(line));
        let quotes = |from: usize| {
            let next = bares.iter().skip(from).position(|line| !line.is_empty())? + from;
            bares.get(next).filter(|line| line.starts_with('>')).map(|_| next)
        };
        if let Some(start) = answers.and_then(|(count, _)| quotes(at + count)) {
            let rest = bares.iter().skip(start);
            at = start + rest.take_while(|line| line.is_empty() || line.starts_with('>')).count();
            left_out = Some("the quoted email");
            continue;
        }
        kept.push(lines[at]);
        at += 1;
    }
    cut(kept, None, left_out)
}

/// Strips quotation marks off lines that all have them, and leading blank lines.
fn unquoted(lines: &[&str]) -> String {
    let is_visible = |line: &&&str| !line.trim().is_empty();
    let lines: Vec<&str> = lines.iter().skip_while(|line| !is_visible(line)).copied().collect();
    let is_quoted = lines.iter().filter(is_visible).all(|line| line.starts_with('>'));
    let bare = |line: &&str| line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line).to_owned();
    let lines: Vec<String> = if is_quoted {
        lines.iter().map(bare).collect()
    } else {
        lines.iter().map(|line| (*line).to_owned()).collect()
    };
    let text = lines.join("\n");
    // Its own signature and answered mail are cut too.
    cut_level(text.trim_start(), false).kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_and_quoted_mails_are_cut_off() {
        for (text, kept, forwarded, left_out) in [
            ("Fog.\n\n-- \nAna\n", "Fog.\n", None, Some("the signature")),
            (
                "Fog.\n\nOn Mon, 2 Nov 2026 at 10:00, Jo <jo@a.example> wrote:\n> Why?\n>\n> Jo\n",
                "Fog.\n",
                None,
                Some("the quoted email"),
            ),
            (
                "On Mon, 2 Nov 2026 at 10:00,\nJo <jo@a.example> wrote:\n\n> Why?\n\nFog.",
                "Fog.",
                None,
                Some("the quoted email"),
            ),
            (
                "See below\n\n---------- Forwarded message ---------\nFrom: Jo\nDate: x\n\nFog.\n-- \nJo",
                "See below\n",
                Some("From: Jo\nDate: x\n\nFog."),
                Some("a quoted email"),
            ),
            (
                "Begin forwarded message:\n\n> From: Jo\n>\n> Fog.\n",
                "",
                Some("From: Jo\n\nFog."),
                Some("a quoted email"),
            ),
            (
                "Fog.\n\n________________\nFrom: Jo\nSent: Monday\n\nWhy?",
                "Fog.",
                Some("From: Jo\nSent: Monday\n\nWhy?"),
                Some("a quoted email"),
            ),
            (
                "On Monday Jo wrote:\n“Fog”, and left.\n> not cut",
                "On Monday Jo wrote:\n“Fog”, and left.\n> not cut",
                None,
                None,
            ),
        ] {
            let cut = cut(text);
            assert_eq!(
                (cut.kept.as_str(), cut.forwarded.as_deref(), cut.left_out),
                (kept, forwarded, left_out),
                "{text}"
            );
        }
    }
}
