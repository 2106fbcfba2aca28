//! A story that is being put together from what the copy says.

use jiff::civil::Date;
use serde_json::{Value as Json, json};

use super::super::wire::dateline::Spoken;
use super::lines::{bare, first_words};
use super::{
    Confidence, Converted, File, Identity, ImportContext, Sourced, Story, dateline, dates, lines, names,
};
use crate::content::Genre;
use crate::content::is_media;
use crate::import::html::{self, escaped};
use crate::import::topics::Words;
use crate::import::{Media, Span};
use crate::slug::{name_key, slugify};

/// Most tags that are taken from copy.
const MOST_TAGS: usize = 20;

/// Most names in a list.
const MOST_NAMES: usize = 50;

/// Longest note in bytes: front matter has room for it.
const LONGEST_NOTE: usize = 16 * 1024;

/// Longest deck in characters.
const LONGEST_DECK: usize = 300;

/// Characters of a text by which copy without an identifier is known.
const KNOWN_BY: usize = 200;

/// A story in the making.
pub(in crate::import::importers) struct Draft<'d> {
    pub(in crate::import::importers) story: Story,
    desk: &'d ImportContext<'d>,
    file: &'d File,
    /// Whether it is a page without a date.
    pub(in crate::import::importers) is_standing: bool,
    /// Whether it was published before: its tags were chosen, and its site still has its pictures.
    pub(in crate::import::importers) is_archive: bool,
    tags: Sourced,
    names: Vec<String>,
    notes: Sourced,
    deck: Option<Sourced>,
    /// Pictures behind the first, as HTML.
    figures: String,
}

/// A picture and its words.
#[derive(Clone, Debug, Default)]
pub(in crate::import::importers) struct Picture {
    pub(in crate::import::importers) src: Option<Sourced>,
    pub(in crate::import::importers) alt: Option<Sourced>,
    pub(in crate::import::importers) caption: Option<Sourced>,
    pub(in crate::import::importers) credit: Option<Sourced>,
}

impl<'d> Draft<'d> {
    pub(in crate::import::importers) fn new(desk: &'d ImportContext<'d>, file: &'d File) -> Self {
        Self {
            story: Story::default(),
            desk,
            file,
            is_standing: false,
            is_archive: false,
            tags: Sourced::default(),
            names: Vec::new(),
            notes: Sourced::default(),
            deck: None,
            figures: String::new(),
        }
    }

    /// What is known of the site.
    pub(in crate::import::importers) fn desk(&self) -> &'d ImportContext<'d> {
        self.desk
    }

    /// Whether a key has a value.
    pub(in crate::import::importers) fn has(&self, key: &str) -> bool {
        self.story.field(key).is_some()
    }

    /// What the copy says, unless the key has a value.
    pub(in crate::import::importers) fn say(&mut self, key: &str, said: Option<Sourced>) {
        if let Some(said) = said.filter(|_| !self.has(key)) {
            self.story.set(key, said.text, Confidence::Explicit, said.spans);
        }
    }

    /// What was made of other parts, unless the key has a value.
    pub(in crate::import::importers) fn derive(&mut self, key: &str, value: impl Into<Json>, at: Vec<Span>) {
        if !self.has(key) {
            self.story.set(key, value, Confidence::Derived, at);
        }
    }

    pub(in crate::import::importers) fn identity(&mut self, said: Option<&Sourced>) {
        if let Some(said) = said.filter(|_| self.story.identity.is_none()) {
            self.story.identity = Some(Identity::Given(said.text.clone()));
        }
    }

    /// A date. One that cannot be read makes the story a draft, and withheld if it is an embargo. Of two embargoes the later holds.
    pub(in crate::import::importers) fn date(&mut self, key: &'static str, said: Option<Sourced>) {
        let Some(said) = said.filter(|_| key == "embargo" || !self.has(key)) else {
            return;
        };
        if let Some(date) = dates::read(&said.text, &self.desk.config.timezone) {
            if self.story.text(key).is_none_or(|other| dates::is_later(&date, other)) {
                self.story.set(key, date, Confidence::Explicit, said.spans);
            }
            return;
        }
        let text: String = said.text.chars().take(60).collect();
        let message = format!("`{text}` is no date that is known; write `{key}` by hand");
        self.story.remark("import/date", message, said.spans.first().copied());
        if key == "embargo" {
            self.story.set("status", "withheld", Confidence::Derived, said.spans.clone());
        }
        self.story.set("draft", true, Confidence::Derived, said.spans);
    }

    /// An embargo that is there without a time: it holds until somebody says otherwise.
    pub(in crate::import::importers) fn embargo_without_end(&mut self) {
        let message = "it is under an embargo without a time that can be read, so it is withheld";
        self.story.remark("import/embargo", message, None);
        self.story.set("status", "withheld", Confidence::Derived, Vec::new());
    }

    /// Date and time of change, of the first and of this version.
    pub(in crate::import::importers) fn versions(&mut self, first: Option<Sourced>, this: Option<Sourced>) {
        self.date("date", first);
        if !self.has("date") {
            return self.date("date", this);
        }
        self.date("updated", this);
        let is_later = |(updated, date): (&str, &str)| dates::is_later(updated, date);
        if !self.story.text("updated").zip(self.story.text("date")).is_some_and(is_later) {
            self.story.fields.retain(|field| field.key != "updated");
        }
    }

    /// Whether it may run, in the words of IPTC: `usable`, `withheld`, `canceled`, with or without `stat:`.
    pub(in crate::import::importers) fn status(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        let status = said.text.rsplit(':').next().unwrap_or_default().to_lowercase();
        let ours = match status.as_str() {
            "usable" => return,
            "canceled" | "cancelled" | "killed" | "withdrawn" => "withdrawn",
            "withheld" | "embargoed" => "withheld",
            _ => {
                let status: String = status.chars().take(40).collect();
                let message = format!("its status `{status}` is not known, so it is withheld");
                self.story.remark("import/status", message, said.spans.first().copied());
                "withheld"
            }
        };
        if status == "embargoed" && self.has("embargo") {
            return;
        }
        self.story.set("status", ours, Confidence::Explicit, said.spans);
    }

    /// A version that corrects an earlier one.
    pub(in crate::import::importers) fn corrects(&mut self, at: Option<Span>) {
        let message = "this version corrects an earlier one; say what was wrong under `corrections`";
        self.story.remark("import/correction", message, at);
    }

    /// A version that updates an earlier one.
    pub(in crate::import::importers) fn updates(&mut self, at: Option<Span>) {
        self.story.remark("import/update", "this version updates an earlier one", at);
    }

    pub(in crate::import::importers) fn urgency(&mut self, said: Option<Sourced>) {
        let number = said.as_ref().and_then(|said| said.text.parse::<u8>().ok());
        if let Some((number, said)) = number.filter(|number| (1..=9).contains(number)).zip(said)
            && !self.has("urgency")
        {
            self.story.set("urgency", number, Confidence::Explicit, said.spans);
        }
    }

    pub(in crate::import::importers) fn byline(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        if lines::is_sign_off(&said) {
            return self.note(Sourced::new(&format!("sign-off: {}", said.text), said.spans));
        }
        let names = names::of(&said.text).into_iter().filter(|name| name.as_str() != Some(""));
        for name in names {
            self.add("authors", name, &said.spans);
        }
    }

    /// An agency that the copy comes from.
    pub(in crate::import::importers) fn source(&mut self, said: Option<Sourced>) {
        if let Some(said) = said {
            self.add("source", json!(said.text), &said.spans);
        }
    }

    /// Adds to a list, what is not in it.
    fn add(&mut self, key: &str, value: Json, at: &[Span]) {
        match self.story.fields.iter_mut().find(|field| field.key == key) {
            Some(field) => {
                if let Json::Array(values) = &mut field.value
                    && values.len() < MOST_NAMES
                    && !values.contains(&value)
                {
                    values.push(value);
                    field.spans.extend_from_slice(at);
                }
            }
            None => self.story.set(key, json!([value]), Confidence::Explicit, at.to_vec()),
        }
    }

    /// A topic.
    pub(in crate::import::importers) fn tag(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        let key = name_key(&said.text);
        let is_new = !key.is_empty()
            && said.text.chars().count() <= 80
            && !self.names.iter().any(|name| name_key(name) == key);
        if is_new && self.names.len() < MOST_TAGS {
            self.names.push(said.text);
            self.tags.spans.extend(said.spans);
        }
    }

    /// The section, if the site has one of this name.
    pub(in crate::import::importers) fn section(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        let slug = slugify(&said.text);
        let known = self.desk.config.sections.iter().flatten();
        if let Some(section) =
            known.into_iter().find(|section| section.slug == slug || slugify(&section.title) == slug)
            && !self.has("section")
        {
            self.story.set("section", section.slug.clone(), Confidence::Explicit, said.spans);
        }
    }

    /// The kind of piece, if it is one of ours.
    pub(in crate::import::importers) fn genre(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        let word = slugify(said.text.rsplit(':').next().unwrap_or_default()).replace('-', "");
        let word = match word.as_str() {
            "comment" | "commentary" | "editorial" | "column" => "opinion",
            "background" | "backgrounder" => "explainer",
            "factchecking" => "factcheck",
            word => word,
        };
        if Genre::ALL.iter().any(|(name, _)| *name == word) && !self.has("type") {
            self.story.set("type", word, Confidence::Explicit, said.spans);
        }
    }

    pub(in crate::import::importers) fn language(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        let tag = crate::config::language_tag(&said.text);
        let ours = &self.desk.config.language;
        // `en-US` on a site in `en` is its language.
        let is_other = |tag: &String| tag != ours && tag.split('-').next() != Some(ours.as_str());
        if let Some(tag) = tag.filter(|tag| is_other(tag) && !self.has("lang")) {
            self.story.set("lang", tag, Confidence::Explicit, said.spans);
        }
    }

    /// The line under the headline, unless it is the beginning of the text.
    pub(in crate::import::importers) fn deck(&mut self, said: Option<Sourced>) {
        // One that is cut off is the beginning of the text, or of no use.
        let is_cut = |said: &Sourced| ["[…]", "[...]", "[…"].iter().any(|end| said.text.ends_with(end));
        if self.deck.is_none() {
            self.deck = said.and_then(Sourced::plain).filter(|said| !is_cut(said));
        }
    }

    /// A summary: the deck, or for the desk if there is one.
    pub(in crate::import::importers) fn summary(&mut self, said: Option<Sourced>) {
        match (&self.deck, said) {
            (Some(deck), Some(said)) if deck.text != said.text => self.note(Some(said)),
            (_, said) => self.deck(said),
        }
    }

    /// Something for the desk.
    pub(in crate::import::importers) fn note(&mut self, said: Option<Sourced>) {
        let Some(said) = said else { return };
        let fits = self.notes.text.len() + said.text.len() < LONGEST_NOTE;
        if fits && !self.notes.text.lines().any(|line| line == said.text) {
            if !self.notes.text.is_empty() {
                self.notes.text.push('\n');
            }
            self.notes.text.push_str(&said.text);
            self.notes.spans.extend(said.spans);
        }
    }

    /// The picture of a story: its URL, or a file beside the copy, which comes along.
    pub(in crate::import::importers) fn picture(&mut self, src: Option<Sourced>) {
        let Some(mut src) = src.filter(|_| !self.has("image.src")) else {
            return;
        };
        if let Some(media) = beside(self.file, &src.text) {
            src.text.clone_from(&media.name);
            self.comes(media);
        } else if !src.text.starts_with("https://") && !src.text.starts_with("http://") {
            let name: String = src.text.chars().take(80).collect();
            let message = format!("its picture `{name}` is not beside the copy; add it by hand");
            return self.story.remark("import/picture", message, src.spans.first().copied());
        }
        self.story.set("image.src", src.text, Confidence::Explicit, src.spans);
    }

    /// A picture that goes with the text: the story's own if it has none, else one under the text.
    pub(in crate::import::importers) fn show(&mut self, picture: Picture) {
        let Picture { src, alt, caption, credit } = picture;
        if !self.has("image.src") {
            // Words of a picture that is not there stay until there is one: the desk has to find it.
            self.story.fields.retain(|field| !field.key.starts_with("image."));
            self.picture(src);
            self.say("image.alt", alt);
            self.say("image.caption", caption);
            return self.say("image.credit", credit);
        }
        let text = |said: &Option<Sourced>| escaped(said.as_ref().map_or("", |said| &said.text));
        let words = [text(&caption), text(&credit)].join(" ");
        self.figures.push_str(&format!(
            "<figure><img src=\"{}\" alt=\"{}\"><figcaption>{}</figcaption></figure>",
            text(&src),
            text(&alt),
            words.trim()
        ));
    }

    /// The text, or more of it, with what was found in it.
    pub(in crate::import::importers) fn body(&mut self, converted: Converted) {
        if !self.story.body.is_empty() && !converted.body.is_empty() {
            self.story.body.push_str("\n\n");
        }
        self.story.body.push_str(&converted.body);
        let count = converted.embeds.len();
        if let Some(first) = converted.embeds.first() {
            let message = match count {
                1 => format!("what it showed from {first} is a link now"),
                _ => format!("what it showed from {first} and {} other places are links now", count - 1),
            };
            self.story.remark("import/embed", message, None);
        }
        for name in converted.dropped {
            let message = format!("`<{name}>` has no place in Markdown; add what it showed by hand");
            self.story.remark_about("import/dropped", name, message, None);
        }
        let (remote, local): (Vec<_>, Vec<_>) = converted
            .pictures
            .iter()
            .map(|picture| picture.src.as_str())
            .partition(|src| src.contains("://"));
        for src in local {
            match beside(self.file, src) {
                Some(media) => self.comes(media),
                None => {
                    let name: String = src.chars().take(80).collect();
                    let message = format!("its picture `{name}` is not beside the copy; add it by hand");
                    self.story.remark("import/picture", message, None);
                }
            }
        }
        self.remote(&remote);
    }

    /// A text that says it is plain. Some are HTML all the same.
    pub(in crate::import::importers) fn plain_body(&mut self, text: &str) {
        let small = text.to_ascii_lowercase();
        if small.contains("</p>") || small.contains("<p>") {
            self.body(html::markdown(text, None));
        } else {
            self.body(Converted { body: html::of_plain(text), ..Converted::default() });
        }
    }

    /// A file that comes along, once.
    fn comes(&mut self, media: Media) {
        if !self.story.media.contains(&media) {
            self.story.media.push(media);
        }
    }

    /// Tells of pictures that are shown from elsewhere.
    fn remote(&mut self, pictures: &[&str]) {
        if pictures.is_empty() {
            return;
        }
        if self.is_archive {
            let first: String = pictures[0].chars().take(120).collect();
            let message = format!("its pictures are still on the old host ({first})");
            return self.story.remark("import/remote-picture", message, None);
        }
        let some = pictures.iter().take(5).copied().collect::<Vec<_>>().join(", ");
        let rest = pictures.len().saturating_sub(5);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        self.story.remark(
            "import/picture",
            format!("pictures in its text are still at their old place: {some}{more}"),
            None,
        );
    }

    /// The story; `None` if it has neither a headline nor text.
    pub(in crate::import::importers) fn finish(mut self) -> Option<Story> {
        if self.story.body.is_empty() && !self.has("title") {
            return None;
        }
        if !self.figures.is_empty() {
            let figures = std::mem::take(&mut self.figures);
            self.body(html::markdown(&figures, None));
        }
        self.resolve();
        self.dateline();
        if !self.has("title") {
            let text = first_words(&self.story.body)?;
            self.derive("title", text, Vec::new());
        }
        self.settle();
        self.known_by_its_words();
        if !self.is_archive {
            self.topics();
        }
        let notes = std::mem::take(&mut self.notes);
        if !notes.text.is_empty() {
            self.story.set("ednote", notes.text, Confidence::Explicit, notes.spans);
        }
        Some(self.story)
    }

    /// Copy without an identifier is known by its headline and the beginning of its text: never by its file, which may hold others.
    fn known_by_its_words(&mut self) {
        if self.story.identity.is_none() && self.story.old_url.is_none() {
            let title = self.story.text("title").unwrap_or_default();
            let start: String = self.story.body.chars().take(KNOWN_BY).collect();
            self.story.identity = Some(Identity::Derived(format!("{}\n{}", bare(title), bare(&start))));
        }
    }

    /// A dateline that the text has, too, is told once.
    fn dateline(&mut self) {
        let latest = self.latest();
        let found = dateline::settle(&mut self.story, latest);
        self.spoken(found);
    }

    /// A dateline that only the text has.
    pub(in crate::import::importers) fn dateline_of_text(&mut self) {
        let latest = self.latest();
        let found = dateline::take(&mut self.story, latest);
        self.spoken(found);
    }

    /// The day that the copy must be from at the latest.
    fn latest(&self) -> Option<Date> {
        self.desk.date.map(|date| date.to_zoned(self.desk.config.timezone.clone()).date())
    }

    /// What a dateline says besides the place.
    fn spoken(&mut self, found: Option<Spoken>) {
        let Some(found) = found else { return };
        if let Some(agency) = found.agency {
            self.derive("source", vec![agency], Vec::new());
        }
        if let Some(date) =
            found.date.and_then(|date| dates::read(&date.to_string(), &self.desk.config.timezone))
        {
            self.derive("date", date, Vec::new());
        }
    }

    /// Headline and deck whose references were escaped twice.
    fn resolve(&mut self) {
        if let Some(title) = self.story.fields.iter_mut().find(|field| field.key == "title")
            && let Some(text) = title.value.as_str().and_then(lines::resolved)
        {
            title.value = text.into();
        }
        if let Some(deck) = &mut self.deck
            && let Some(text) = lines::resolved(&deck.text)
        {
            deck.text = text;
        }
    }

    /// What can be told only when all is there.
    fn settle(&mut self) {
        let first = self.story.body.split("\n\n").next().unwrap_or_default();
        let is_title = |title: &str| bare(first) == bare(title);
        if self.story.field("title").is_some_and(|title| {
            title.confidence == Confidence::Explicit && title.value.as_str().is_some_and(is_title)
        }) {
            self.story.body = self.story.body.get(first.len()..).unwrap_or_default().trim_start().to_owned();
        }
        self.dateline();
        if let Some(deck) = self.deck.take() {
            let start: String =
                bare(deck.text.trim_end_matches(['…', '.', ']', '[', ' '])).chars().take(60).collect();
            let length = deck.text.chars().count();
            let text = self
                .story
                .body
                .get(..self.story.body.len().min(2000))
                .map_or_else(|| bare(&self.story.body), bare);
            if !text.starts_with(&start) {
                self.say(if length <= LONGEST_DECK { "deck" } else { "extra.description" }, Some(deck));
            }
        }
        // `Ana Berg, dw`: the agency is no role.
        let sources: Vec<_> =
            self.story.field("source").and_then(|field| field.value.as_array().cloned()).unwrap_or_default();
        let authors = self.story.fields.iter_mut().filter(|field| field.key == "authors");
        for author in authors.filter_map(|field| field.value.as_array_mut()).flatten() {
            let role = author.get("role").and_then(Json::as_str).unwrap_or_default();
            if sources.iter().filter_map(Json::as_str).any(|source| source.eq_ignore_ascii_case(role)) {
                *author = author.get("name").cloned().unwrap_or_default();
            }
        }
        if let Some(authors) = self
            .story
            .fields
            .iter_mut()
            .find(|field| field.key == "authors")
            .and_then(|field| field.value.as_array_mut())
            && authors.iter().any(|author| !sources.contains(author))
        {
            authors.retain(|author| !sources.contains(author));
        }
        if !self.is_standing {
            self.story.lacks("date");
        }
    }

    fn topics(&mut self) {
        if !self.names.is_empty() {
            let (names, at) = (std::mem::take(&mut self.names), std::mem::take(&mut self.tags.spans));
            return self.story.set("tags", names, Confidence::Explicit, at);
        }
        let paragraphs: Vec<_> = self.story.body.split("\n\n").filter(|text| !text.is_empty()).collect();
        let words = Words {
            headline: self.story.text("title").unwrap_or_default(),
            deck: self.story.text("deck"),
            paragraphs: &paragraphs,
            place: self.story.text("dateline"),
        };
        let names: Vec<_> = self.desk.topics.of(&words).into_iter().map(|topic| topic.name).collect();
        if !names.is_empty() {
            self.story.set("tags", names, Confidence::Derived, Vec::new());
        }
    }
}

/// A file that copy names, if it is beside it.
fn beside(file: &File, name: &str) -> Option<Media> {
    let name = name.strip_prefix("./").unwrap_or(name);
    let is_plain = !name.is_empty() && !name.contains(['/', '\\', ':', '\0']) && !name.starts_with('.');
    if !is_plain || file.path.as_os_str().is_empty() {
        return None;
    }
    let from = file.path.parent()?.join(name);
    // Copy of strangers names pictures, not articles of others or what a link leads to.
    let is_file = from.symlink_metadata().is_ok_and(|found| found.is_file());
    (is_file && is_media(name)).then(|| Media { from, name: name.to_owned() })
}
