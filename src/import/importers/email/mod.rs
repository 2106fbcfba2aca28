//! Copy in mails (`.eml`, `.mbox`) → stories.
//!
//! The text is read as wire copy below the header of the mail, so that bylines, datelines and labels are recognized. The sender becomes a
//! note for the desk, not a byline. Quoted mails and signatures are cut off. If the mail is a short note with a document or a forwarded mail,
//! that is the story.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mail_parser::mailbox::mbox::MessageIterator;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders as _, PartType};
use regex::Regex;

use super::common::{self, TempFiles};
use super::docx;
use super::wire::markdown;
use crate::content::Key;
use crate::diagnostic::Diagnostic;
use crate::import::{
    Confidence, File, ImportContext, Importer, Origin, Refusal, Sample, Source, Story, html,
};
use crate::time;

mod pictures;
mod quoted;

use pictures::Pictures;
use quoted::Cut;

/// Mails.
pub(super) struct Email;

/// The maximum number of parts of a mail.
const MOST_PARTS: usize = 1000;
/// The maximum number of nested mails.
const DEEPEST: usize = 4;
/// The maximum number of words of a note with a document or a forwarded mail.
const NOTE: usize = 60;

/// A field of a mail that is encoded. A mail without encodings is read as wire copy, which recognizes its header.
static ENCODED: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?im)^(?:content-transfer-encoding:\s*(?:quoted-printable|base64)|content-type:\s*(?:multipart/|text/html)|[a-z-]+:.*=\?[\w-]+\?[bq]\?)")
        .expect("a test compiles the pattern")
});
static PART: LazyLock<regex::bytes::Regex> =
    LazyLock::new(|| regex::bytes::Regex::new(r"(?i)content-type:").expect("a test compiles the pattern"));
/// A prefix that mail programs add to a subject.
static PREFIX: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"^(?i)\s*(?:(?:re|fwd?|aw|wg|tr|rv|i|r|sv|vs|antw|vb|doorst|enc)\s?(?:\[\d+\])?\s?:|\[(?:external|extern|ext|externe|esterno|externo|spam)\b[^\]]*\]|\*{2,}\s?(?:external|extern|spam)\b[^*]*\*{2,}|external:)\s*")
        .expect("a test compiles the pattern")
});

impl Importer for Email {
    fn name(&self) -> &'static str {
        "email"
    }

    fn origin(&self) -> Origin {
        Origin::Agency
    }

    fn fits(&self, sample: &Sample<'_>) -> bool {
        let name = sample.name.to_lowercase();
        let head = sample.head.trim_start();
        let end = head.find("\n\n").or_else(|| head.find("\r\n\r\n")).unwrap_or(head.len());
        let head = head.get(..end).unwrap_or_default();
        let is_mail = |head: &str| head.lines().next().is_some_and(is_field) && ENCODED.is_match(head);
        name.ends_with(".eml") || name.ends_with(".mbox") || is_mail(head) || {
            let message = head.strip_prefix("From ").and_then(|rest| rest.split_once('\n'));
            message.is_some_and(|(_, rest)| is_mail(rest))
        }
    }

    fn open(&self, folder: Option<&Path>, _: &ImportContext<'_>) -> Result<Box<dyn Source>, Box<Diagnostic>> {
        Ok(common::packed(folder, &["eml", "mbox", "mbx"], read))
    }
}

/// Whether a line is a field of a header: `Received: from a.example`.
fn is_field(line: &str) -> bool {
    let name = line.split_once(':').map(|(name, _)| name).unwrap_or_default();
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn read(file: &File, desk: &ImportContext<'_>, spill: &TempFiles) -> Result<Vec<Story>, Refusal> {
    if !file.bytes.starts_with(b"From ") {
        return mail(&file.bytes, desk, spill);
    }
    let (mut stories, mut reasons) = (Vec::new(), Vec::new());
    for message in MessageIterator::new(&file.bytes[..]).filter_map(Result::ok) {
        match mail(message.contents(), desk, spill) {
            Ok(found) => stories.extend(found),
            Err(Refusal::Failed(why, _) | Refusal::Skipped(why)) => reasons.push(why),
        }
    }
    if let (Some(story), Some(why)) = (stories.first_mut(), reasons.first()) {
        let message = match reasons.len() {
            1 => format!("an email in the mailbox is not a story: {why}"),
            count => format!("{count} emails in the mailbox are not stories: {why}"),
        };
        story.remark("import/mail", message, None);
    }
    common::require_stories(stories, reasons.into_iter().next(), "the mailbox has no emails")
}

fn mail(bytes: &[u8], desk: &ImportContext<'_>, spill: &TempFiles) -> Result<Vec<Story>, Refusal> {
    if PART.find_iter(bytes).take(MOST_PARTS + 1).count() > MOST_PARTS {
        let message = format!("the email has more than {MOST_PARTS} parts, which is not supported");
        return Err(Refusal::Failed(message, None));
    }
    let message = MessageParser::default().parse(bytes).filter(|message| !message.parts.is_empty());
    let message = message.ok_or_else(|| {
        Refusal::Failed("the file is not an email; check that it is complete".to_owned(), None)
    })?;
    of_message(&message, desk, spill, 0)
}

fn of_message(
    message: &Message<'_>,
    desk: &ImportContext<'_>,
    spill: &TempFiles,
    depth: usize,
) -> Result<Vec<Story>, Refusal> {
    let auto = message.header_raw("Auto-Submitted").map(str::trim);
    if auto.is_some_and(|auto| !auto.eq_ignore_ascii_case("no")) {
        return Err(Refusal::Skipped("the email is an automatic reply".to_owned()));
    }
    let pictures = Pictures::new(message, spill)?;
    let text = Body::new(message, &pictures);
    let cut = quoted::cut(&text.text);
    let mut stories = Vec::new();
    let mut left_out: Vec<_> = attachments(message).filter(|part| !is_story(part)).collect();
    for part in attachments(message).filter(|part| is_story(part)) {
        let is_note = count_words(&cut.kept) <= NOTE && depth < DEEPEST;
        match is_note.then(|| attached_stories(part, message, desk, spill, depth)) {
            Some(Ok(found)) => stories.extend(found),
            _ => left_out.push(part),
        }
    }
    if stories.is_empty() {
        stories.push(story(message, &text, &cut, &pictures, desk)?);
    } else if let Some(first) = stories.first_mut() {
        add_note(first, cut.kept.trim());
        pictures.show(first);
    }
    let from = message.from().and_then(|from| from.first());
    let from =
        from.map(|from| [from.name(), from.address()].into_iter().flatten().collect::<Vec<_>>().join(", "));
    for story in &mut stories {
        if let Some(from) = &from {
            add_note(story, &format!("From: {}", html::line(from)));
        }
    }
    if let Some(first) = stories.first_mut() {
        remark_on_attachments(&left_out, first);
    }
    Ok(stories)
}

/// The text of a mail.
struct Body {
    text: String,
    is_html: bool,
    is_damaged: bool,
}

impl Body {
    /// Chooses plain text if it is as complete as the HTML, and if the HTML shows no pictures.
    fn new(message: &Message<'_>, pictures: &Pictures) -> Self {
        let part = |id: &u32| message.parts.get(*id as usize);
        let plain = message.text_body.iter().filter_map(part).filter_map(|part| match &part.body {
            PartType::Text(text) => Some((unwrap_flowed(part, text), part.is_encoding_problem)),
            _ => None,
        });
        let html = message.html_body.iter().filter_map(part).filter_map(|part| match &part.body {
            PartType::Html(text) => Some((text.to_string(), part.is_encoding_problem)),
            _ => None,
        });
        let join = |parts: Vec<(String, bool)>| {
            let is_damaged = parts.iter().any(|(_, is_damaged)| *is_damaged);
            (parts.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join("\n\n"), is_damaged)
        };
        let (plain, html) = (join(plain.collect()), join(html.collect()));
        let markdown = (!html.0.is_empty()).then(|| html::markdown(&pictures.with_names(&html.0), None).body);
        match markdown {
            // The HTML has more text, or shows where pictures belong.
            Some(text) if count_words(&plain.0) * 2 < count_words(&text) || pictures.are_in(&html.0) => {
                Self { text, is_html: true, is_damaged: html.1 }
            }
            _ => Self { text: plain.0, is_html: false, is_damaged: plain.1 },
        }
    }
}

/// Joins lines that the mail program wrapped (RFC 3676).
fn unwrap_flowed(part: &MessagePart<'_>, text: &str) -> String {
    let attribute =
        |name: &str| part.content_type().and_then(|kind| kind.attribute(name)).unwrap_or_default();
    if !attribute("format").eq_ignore_ascii_case("flowed") {
        return text.to_owned();
    }
    let is_bare = attribute("delsp").eq_ignore_ascii_case("yes");
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let line = line.strip_prefix(' ').unwrap_or(line);
        match line.strip_suffix(' ').filter(|_| line != "-- ") {
            Some(line) if is_bare => out.push_str(line),
            Some(_) => out.push_str(line),
            None => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

fn count_words(text: &str) -> usize {
    text.split_whitespace().count()
}

/// The story in the text of a mail.
fn story(
    message: &Message<'_>,
    body: &Body,
    cut: &Cut,
    pictures: &Pictures,
    desk: &ImportContext<'_>,
) -> Result<Story, Refusal> {
    // A forwarded mail has a header of its own.
    let forwarded = cut.forwarded.as_deref().filter(|_| count_words(&cut.kept) <= NOTE);
    let text = forwarded.unwrap_or(&cut.kept);
    let header = if forwarded.is_some() { String::new() } else { header(message) };
    if count_words(text) == 0 && message.subject().is_none_or(|subject| subject.trim().is_empty()) {
        return Err(Refusal::Skipped("the email has no text".to_owned()));
    }
    let is_html = body.is_html;
    let mut story = if is_html {
        let (own, text) =
            forwarded.map_or((header.as_str(), text), |text| text.split_once("\n\n").unwrap_or((text, "")));
        let own = if forwarded.is_some() {
            format!("{}\n\n", own.replace(['*', '\\'], ""))
        } else {
            own.to_owned()
        };
        markdown::read_markdown(&own, text, desk)?
    } else {
        markdown::read_text(&header, text, desk)?
    };
    set_date(&mut story, message, desk);
    use_subject_of_one_line(&mut story, message);
    if let Some(title) = story.text(Key::Title).filter(|title| PREFIX.is_match(title)).map(strip_prefixes) {
        story.set(Key::Title, title, Confidence::Explicit, Vec::new());
    }
    if forwarded.is_some() {
        add_note(&mut story, cut.kept.trim());
    }
    if let Some(what) = cut.left_out.filter(|_| forwarded.is_none()) {
        story.remark("import/quoted", format!("{what} is left out"), None);
    }
    if body.is_damaged {
        story.remark(
            "import/encoding",
            "some bytes are not valid in the encoding that the email declares",
            None,
        );
    }
    pictures.show(&mut story);
    Ok(story)
}

/// Makes the subject the headline of a mail with one line of text.
fn use_subject_of_one_line(story: &mut Story, message: &Message<'_>) {
    let subject = message.subject().map(|subject| strip_prefixes(&html::line(subject)));
    let Some(subject) = subject.filter(|subject| !subject.is_empty() && story.body.trim().is_empty()) else {
        return;
    };
    let line = story.text(Key::Title).map(crate::import::markdown::escape).unwrap_or_default();
    story.body = if line == subject { String::new() } else { line };
    story.set(Key::Title, subject.clone(), Confidence::Explicit, Vec::new());
    let notes = story
        .text(Key::Ednote)
        .map(|notes| notes.replace(&format!("Subject: {subject}"), "").trim().to_owned());
    story.remove(Key::Ednote);
    add_note(story, &notes.unwrap_or_default());
}

/// The header of a mail in the form that wire copy has.
fn header(message: &Message<'_>) -> String {
    let mut header = "From: -\nTo: -\n".to_owned();
    if let Some(subject) = message.subject().map(|subject| strip_prefixes(&html::line(subject)))
        && !subject.is_empty()
    {
        header.push_str(&format!("Subject: {subject}\n"));
    }
    if let Some(date) = message.date().filter(|date| date.is_valid()) {
        header.push_str(&format!("Date: {}\n", date.to_rfc822()));
    }
    header + "\n"
}

/// Strips the prefixes of mail programs off a subject.
fn strip_prefixes(subject: &str) -> String {
    let mut rest = subject;
    while let Some(prefix) = PREFIX.find(rest) {
        rest = &rest[prefix.end()..];
    }
    rest.trim().to_owned()
}

/// The stories in a document or a mail that is attached.
fn attached_stories(
    part: &MessagePart<'_>,
    message: &Message<'_>,
    desk: &ImportContext<'_>,
    spill: &TempFiles,
    depth: usize,
) -> Result<Vec<Story>, Refusal> {
    let mut stories = match &part.body {
        PartType::Message(inner) => of_message(inner, desk, spill, depth + 1)?,
        PartType::Text(text) => vec![markdown::read_text(&header(message), text, desk)?],
        _ => {
            let file = File { path: PathBuf::new(), bytes: part.contents().to_vec() };
            vec![docx::read(&file, desk, spill)?]
        }
    };
    stories.iter_mut().for_each(|story| set_date(story, message, desk));
    Ok(stories)
}

/// Gives a story without a date the date of the mail.
fn set_date(story: &mut Story, message: &Message<'_>, desk: &ImportContext<'_>) {
    story.pieces.clear();
    let date = message.date().filter(|date| date.is_valid());
    let date = date.and_then(|date| time::parse_feed_date(&date.to_rfc3339(), &desk.config.timezone));
    if let Some(date) = date.filter(|_| story.text(Key::Date).is_none()) {
        story.set(Key::Date, date, Confidence::Derived, Vec::new());
        story.remarks.retain(|remark| remark.code != "import/no-year");
    }
}

fn attachments<'m>(message: &'m Message<'m>) -> impl Iterator<Item = &'m MessagePart<'m>> {
    message.attachments.iter().filter_map(|id| message.parts.get(*id as usize))
}

/// Whether an attachment may be a story.
fn is_story(part: &MessagePart<'_>) -> bool {
    let ends = |end: &str| part.attachment_name().is_some_and(|name| name.to_lowercase().ends_with(end));
    match &part.body {
        PartType::Message(_) => true,
        PartType::Text(_) => ends(".txt"),
        PartType::Binary(_) | PartType::InlineBinary(_) => ends(".docx"),
        _ => false,
    }
}

/// Remarks on the attachments that are left out.
fn remark_on_attachments(parts: &[&MessagePart<'_>], story: &mut Story) {
    for (at, part) in parts.iter().enumerate() {
        let kind = part
            .content_type()
            .map(|kind| format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or_default()));
        let kind = kind.unwrap_or_default().to_lowercase();
        let is_irrelevant = ["text/calendar", "text/vcard", "text/x-vcard", "text/html", "application/ics"]
            .contains(&&*kind)
            || kind.ends_with("signature");
        if is_irrelevant || pictures::name_of(part, at).is_some() {
            continue;
        }
        let name: String = html::line(part.attachment_name().unwrap_or(&kind)).chars().take(80).collect();
        let message = match () {
            () if kind == "application/ms-tnef" || name.eq_ignore_ascii_case("winmail.dat") => {
                "`winmail.dat` cannot be read; ask for the email as plain text or HTML".to_owned()
            }
            () if is_story(part) => {
                format!("attachment `{name}` is left out; save it and import it separately")
            }
            () => format!("attachment `{name}` is left out"),
        };
        story.remark("import/attachment", message, None);
    }
}

/// Adds a note for the desk.
fn add_note(story: &mut Story, note: &str) {
    if note.is_empty() {
        return;
    }
    let before = story.text(Key::Ednote).map(|before| format!("{before}\n")).unwrap_or_default();
    story.set(Key::Ednote, format!("{before}{note}"), Confidence::Explicit, Vec::new());
}
