//! What mail programs put under a text: signatures, what is answered, what is passed on.

use std::sync::LazyLock;

use regex::Regex;

/// A text without what is under it.
#[derive(Debug, Default)]
pub(super) struct Cut {
    pub(super) kept: String,
    /// A mail that is passed on, or answered: its head and text.
    pub(super) passed: Option<String>,
    /// What is left out.
    pub(super) told: Option<&'static str>,
}

/// What stands over a mail that is passed on.
static PASSED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:-{2,}\s?(?:original message|forwarded (?:message|by)|weitergeleitete nachricht|ursprüngliche nachricht|message (?:transféré|d'origine)|mensaje (?:reenviado|original)|messaggio (?:inoltrato|originale)|mensagem (?:encaminhada|original)|doorgestuurd bericht)|begin forwarded message:|anfang der weitergeleiteten nachricht:|début du message réexpédié\s?:|inicio del mensaje reenviado:|inizio messaggio inoltrato:)")
        .expect("a pattern that is tested")
});
/// What stands over a mail that is answered.
static ANSWERED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:on|am|le|el|il|em|op|den)\b.{8,240}\b(?:wrote|schrieb|a écrit|escribió|ha scritto|escreveu|schreef|skrev)\b.{0,60}:$")
        .expect("a pattern that is tested")
});
static FROM: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?i)^(?:from|von|de|da|van)\s?:\s?\S").expect("a pattern that is tested"));
static SENT: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)^(?:sent|date|gesendet|datum|envoyé|enviado|data|inviato|verzonden)\s?:\s?\S")
        .expect("a pattern that is tested")
});

/// A line without marks of Markdown.
fn bare(line: &str) -> String {
    line.replace("**", "").trim_end_matches(['\\', ' ']).trim().to_owned()
}

/// Parts the text of a mail, plain or as Markdown.
pub(super) fn cut(text: &str) -> Cut {
    part(text, true)
}

/// Parts a text; what is passed on within what is passed on stays in it.
fn part(text: &str, is_outer: bool) -> Cut {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let bares: Vec<String> = lines.iter().map(|line| bare(line)).collect();
    let (mut kept, mut told, mut at) = (Vec::new(), None, 0);
    let of = |kept: Vec<&str>, passed: Option<String>, told| Cut { kept: kept.join("\n"), passed, told };
    while at < lines.len() {
        let line = &bares[at];
        let behind = |from: usize| lines.get(from..).unwrap_or_default();
        if matches!(line.as_str(), "--" | "\\--" | "—\u{200b}") && at > 0 {
            return of(kept, None, Some("the signature"));
        }
        if is_outer && PASSED.is_match(line) {
            return of(kept, Some(unquoted(behind(at + 1))), Some("a mail under the text"));
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
            return of(kept, Some(unquoted(behind(at))), Some("a mail under the text"));
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
            told = Some("what the mail answers");
            continue;
        }
        kept.push(lines[at]);
        at += 1;
    }
    of(kept, None, told)
}

/// Lines without the marks of a quotation, if all have them; no blank ones in front.
fn unquoted(lines: &[&str]) -> String {
    let is_seen = |line: &&&str| !line.trim().is_empty();
    let lines: Vec<&str> = lines.iter().skip_while(|line| !is_seen(line)).copied().collect();
    let is_quoted = lines.iter().filter(is_seen).all(|line| line.starts_with('>'));
    let bare = |line: &&str| line.strip_prefix("> ").or(line.strip_prefix('>')).unwrap_or(line).to_owned();
    let lines: Vec<String> = if is_quoted {
        lines.iter().map(bare).collect()
    } else {
        lines.iter().map(|line| (*line).to_owned()).collect()
    };
    let text = lines.join("\n");
    // Without its signature, and what it answers.
    part(text.trim_start(), false).kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_a_text_is_cut_off() {
        for (text, kept, passed, told) in [
            ("Fog.\n\n-- \nAna\n", "Fog.\n", None, Some("the signature")),
            (
                "Fog.\n\nOn Mon, 2 Nov 2026 at 10:00, Jo <jo@a.example> wrote:\n> Why?\n>\n> Jo\n",
                "Fog.\n",
                None,
                Some("what the mail answers"),
            ),
            (
                "On Mon, 2 Nov 2026 at 10:00,\nJo <jo@a.example> wrote:\n\n> Why?\n\nFog.",
                "Fog.",
                None,
                Some("what the mail answers"),
            ),
            (
                "See below\n\n---------- Forwarded message ---------\nFrom: Jo\nDate: x\n\nFog.\n-- \nJo",
                "See below\n",
                Some("From: Jo\nDate: x\n\nFog."),
                Some("a mail under the text"),
            ),
            (
                "Begin forwarded message:\n\n> From: Jo\n>\n> Fog.\n",
                "",
                Some("From: Jo\n\nFog."),
                Some("a mail under the text"),
            ),
            (
                "Fog.\n\n________________\nFrom: Jo\nSent: Monday\n\nWhy?",
                "Fog.",
                Some("From: Jo\nSent: Monday\n\nWhy?"),
                Some("a mail under the text"),
            ),
            (
                "On Monday Jo wrote:\n“Fog”, and left.\n> not cut",
                "On Monday Jo wrote:\n“Fog”, and left.\n> not cut",
                None,
                None,
            ),
        ] {
            let cut = cut(text);
            assert_eq!((cut.kept.as_str(), cut.passed.as_deref(), cut.told), (kept, passed, told), "{text}");
        }
    }
}
