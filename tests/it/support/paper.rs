//! A newspaper in memory: a small site that uses every feature, the edits that a newsroom makes, and the resulting files.
//!
//! Every edit applies to every paper, if only as a no-op. Zero is the plain value of everything, so that a failing list of
//! edits shrinks to a few simple ones.

use std::collections::BTreeSet;
use std::fs::{self, File, FileTimes};
use std::sync::LazyLock;
use std::time::SystemTime;

use proptest::prelude::*;

use super::{Site, Tree};

/// A front matter key or a part of an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    Title,
    Deck,
    Body,
    /// Two digits in the text. Changing them keeps the file size.
    Figure,
    /// The article that the text links to, or that `related` lists.
    Target,
    Tags,
    Section,
    Date,
    Updated,
    Gate,
    Authors,
    Series,
    Related,
    Aliases,
    /// Keys that only affect machine-readable output.
    Channel,
    Slug,
    Image,
    /// The size of the picture beside the article. 11: no picture.
    Picture,
    Gallery,
    /// Sound and film.
    Recording,
    /// The captions of the film beside the article. 11: no sound, film or captions.
    Captions,
    /// How the files beside the article are named. 3: not as it names them.
    Name,
    Corrections,
    Type,
    Template,
    Extra,
    Pinned,
    Lang,
    Import,
    /// A mistake that causes a warning or, from 9 on, an error.
    Slip,
}

/// A folder, whether the article is a bundle, and its fields.
type Kind<'a> = (u8, bool, &'a [(Field, u8)]);

pub const FIELDS: [Field; 30] = {
    use Field::*;
    [
        Title,
        Deck,
        Body,
        Figure,
        Target,
        Tags,
        Section,
        Date,
        Updated,
        Gate,
        Authors,
        Series,
        Related,
        Aliases,
        Channel,
        Slug,
        Image,
        Picture,
        Gallery,
        Recording,
        Captions,
        Name,
        Corrections,
        Type,
        Template,
        Extra,
        Pinned,
        Lang,
        Import,
        Slip,
    ]
};

/// A setting of `bulletin.yaml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Setting {
    Title,
    PerPage,
    Bio,
    Aliases,
    Sections,
    Timezone,
    Permalink,
    Lists,
    Theme,
    Language,
    Punctuation,
    Publisher,
    Extra,
    BaseUrl,
    Machines,
    Hosts,
    Pictures,
    /// 3: unreadable settings.
    Slip,
}

pub const SETTINGS: [Setting; 18] = {
    use Setting::*;
    [
        Title,
        PerPage,
        Bio,
        Aliases,
        Sections,
        Timezone,
        Permalink,
        Lists,
        Theme,
        Language,
        Punctuation,
        Publisher,
        Extra,
        BaseUrl,
        Machines,
        Hosts,
        Pictures,
        Slip,
    ]
};

/// A file that is neither an article nor the settings. 0: the initial content; 5: no file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Extends the theme's template of the same name and includes `Box`.
    ArticleTemplate,
    Box,
    FrontTemplate,
    ListTemplate,
    /// Used by articles that name it.
    SpecialTemplate,
    Data,
    MoreData,
    StyleSheet,
    Robots,
    /// Replaces a file of the theme.
    Icon,
    /// A file, or a folder that contains a file.
    Shape,
    SharedMap,
    /// A photograph that several articles show.
    SharedPhoto,
    /// Another one, in `static/`.
    StaticPhoto,
    ThemeSettings,
    ThemeTemplate,
}

pub const PARTS: [Part; 16] = {
    use Part::*;
    [
        ArticleTemplate,
        Box,
        FrontTemplate,
        ListTemplate,
        SpecialTemplate,
        Data,
        MoreData,
        StyleSheet,
        Robots,
        Icon,
        Shape,
        SharedMap,
        SharedPhoto,
        StaticPhoto,
        ThemeSettings,
        ThemeTemplate,
    ]
};

const FOLDERS: [&str; 5] = ["harbour", "city", "sport", "city/council", "harbour/2025"];
const NAMES: [&str; 28] = [
    "crane",
    "budget",
    "regatta",
    "strike",
    "ferry",
    "secret",
    "school",
    "tram",
    "museum",
    "storm",
    "gulls",
    "lighthouse",
    "council",
    "market",
    "bridge",
    "rowing",
    "derby",
    "marathon",
    "tide",
    "pier",
    "night-shift",
    "customs",
    "quay",
    "wreck",
    "pilots",
    "depot",
    "library",
    "fountain",
];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Article {
    /// Identifies the article across all edits.
    key: u8,
    folder: u8,
    name: u8,
    is_bundle: bool,
    fields: [u8; FIELDS.len()],
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    articles: Vec<Article>,
    settings: [u8; SETTINGS.len()],
    parts: [u8; PARTS.len()],
    /// Two digits for each part.
    figures: [u8; PARTS.len()],
    /// The day of November 2026. The next field is the hour.
    day: u8,
    hour: u8,
    pub drafts: bool,
    next_key: u8,
}

/// A change to the sources of a paper, or to the instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edit {
    Set(u8, Field, u8),
    /// Adds a copy under another name.
    Add(u8, u8),
    Delete(u8),
    Rename(u8, u8),
    Move(u8, u8),
    /// Turns a file into a bundle, or a bundle into a file.
    Reshape(u8),
    /// Swaps two articles except for their names.
    Swap(u8, u8),
    Setting(Setting, u8),
    Part(Part, u8),
    PartFigure(Part, u8),
    Clock(u8, u8),
    Drafts(bool),
}

impl Paper {
    /// Eighteen articles of all kinds.
    #[rustfmt::skip]
    pub fn new() -> Self {
        use Field::*;
        let bare = Self {
            articles: Vec::new(), settings: [0; SETTINGS.len()], parts: [0; PARTS.len()], figures: [0; PARTS.len()],
            day: 12, hour: 12, drafts: false, next_key: 0,
        };
        // Names and keys follow this order.
        let articles: [Kind<'_>; 18] = [
            (0, true, &[(Tags, 1), (Image, 1), (Body, 6), (Authors, 1), (Date, 1), (Series, 1), (Gallery, 1)]),
            (1, false, &[(Tags, 2), (Body, 4), (Date, 2), (Authors, 2), (Corrections, 1)]),
            (2, false, &[(Tags, 3), (Body, 1), (Date, 3), (Type, 1)]),
            (0, false, &[(Tags, 1), (Body, 2), (Date, 4), (Series, 1), (Authors, 1), (Updated, 2)]),
            (0, true, &[(Tags, 7), (Image, 2), (Body, 10), (Date, 5), (Extra, 2), (Recording, 3), (Captions, 3)]),
            (1, true, &[(Tags, 4), (Image, 3), (Body, 7), (Gate, 3), (Date, 4), (Aliases, 1), (Gallery, 2), (Recording, 2), (Captions, 1)]),
            (1, false, &[(Tags, 5), (Body, 3), (Target, 5), (Date, 6), (Related, 1)]),
            (3, false, &[(Tags, 2), (Body, 5), (Target, 1), (Date, 7), (Template, 1)]),
            (1, false, &[(Tags, 6), (Gate, 6), (Date, 6), (Channel, 3)]),
            (4, false, &[(Tags, 1), (Gate, 10), (Date, 1), (Body, 4), (Aliases, 2)]),
            (2, false, &[(Gate, 9), (Date, 2), (Tags, 3)]),
            (0, false, &[(Gate, 11), (Date, 2), (Tags, 3)]),
            (1, false, &[(Date, 10), (Body, 8), (Tags, 1), (Series, 2)]),
            (1, false, &[(Date, 8), (Related, 2), (Target, 5), (Tags, 5), (Pinned, 1)]),
            (0, false, &[(Date, 9), (Section, 2), (Tags, 4), (Aliases, 1), (Type, 2)]),
            (2, false, &[(Date, 3), (Tags, 3), (Lang, 1), (Deck, 1), (Series, 2), (Channel, 4)]),
            (2, false, &[(Date, 4), (Tags, 7), (Authors, 3), (Extra, 1)]),
            (3, false, &[(Date, 5), (Tags, 2), (Slug, 1), (Body, 2), (Target, 0)]),
        ];
        articles.iter().fold(bare, |mut paper, (folder, is_bundle, values)| {
            let key = paper.next_key;
            let mut article = Article { key, folder: *folder, name: key, is_bundle: *is_bundle, fields: [0; FIELDS.len()] };
            values.iter().for_each(|(field, value)| article.fields[*field as usize] = *value);
            paper.articles.push(article);
            paper.next_key += 1;
            paper
        })
    }

    /// The instant of the build.
    pub fn as_of(&self) -> String {
        format!("2026-11-{:02}T{:02}:00:00Z", 1 + self.day % 28, self.hour % 24)
    }

    pub fn apply(&mut self, edit: &Edit) {
        match *edit {
            Edit::Setting(setting, value) => self.settings[setting as usize] = value,
            Edit::Part(part, value) => self.parts[part as usize] = value,
            Edit::PartFigure(part, value) => self.figures[part as usize] = value,
            Edit::Clock(day, hour) => (self.day, self.hour) = (day, hour),
            Edit::Drafts(drafts) => self.drafts = drafts,
            _ if self.articles.is_empty() => {}
            Edit::Set(at, field, value) => self.at(at).fields[field as usize] = value,
            Edit::Delete(at) => drop(self.articles.remove(usize::from(at) % self.articles.len())),
            Edit::Reshape(at) => self.at(at).is_bundle ^= true,
            Edit::Move(at, folder) => self.at(at).folder = folder,
            Edit::Add(at, name) if self.is_free(name) => self.add_like(at, name),
            Edit::Rename(at, name) if self.is_free(name) => self.at(at).name = name,
            Edit::Add(..) | Edit::Rename(..) => {}
            Edit::Swap(one, other) => self.swap(one, other),
        }
    }

    fn at(&mut self, pick: u8) -> &mut Article {
        let count = self.articles.len();
        &mut self.articles[usize::from(pick) % count]
    }

    fn is_free(&self, name: u8) -> bool {
        let name = usize::from(name) % NAMES.len();
        self.articles.iter().all(|article| usize::from(article.name) % NAMES.len() != name)
    }

    fn add_like(&mut self, at: u8, name: u8) {
        let key = self.next_key;
        self.next_key = self.next_key.wrapping_add(1);
        let article = Article { key, name, ..self.at(at).clone() };
        self.articles.push(article);
    }

    fn swap(&mut self, one: u8, other: u8) {
        let (one_fields, other_fields) = (self.at(one).fields, self.at(other).fields);
        self.at(one).fields = other_fields;
        self.at(other).fields = one_fields;
    }

    /// All source files.
    pub fn files(&self) -> Tree {
        let mut files = Tree::new();
        files.insert("bulletin.yaml".into(), self.settings_file().into_bytes());
        files.insert("content/about.md".into(), "---\ntitle: About\n---\nWe print.\n".into());
        for part in PARTS {
            if let Some((path, bytes)) = self.part(part) {
                files.insert(path, bytes);
            }
        }
        self.articles.iter().for_each(|article| self.put_article(article, &mut files));
        files
    }

    fn settings_file(&self) -> String {
        let value = |setting: Setting| usize::from(self.settings[setting as usize]);
        let pick = |setting: Setting, lines: &[&str]| lines[value(setting) % lines.len()].to_owned();
        let lines = [
            format!("title: The Pier {:02}", value(Setting::Title)),
            pick(
                Setting::BaseUrl,
                &["base_url: https://pier.example/", "base_url: https://pier.example/paper/"],
            ),
            pick(Setting::PerPage, &["lists: {per_page: 3", "lists: {per_page: 4", "lists: {per_page: 2"])
                + &pick(
                    Setting::Lists,
                    &[
                        "}",
                        ", tags: false}",
                        ", archives: false}",
                        ", sections: false, series: false}",
                        ", authors: false}",
                    ],
                ),
            format!(
                "authors: [{{slug: harbour-desk, name: Harbour desk, bio: \"{}\"}}]",
                pick(
                    Setting::Bio,
                    &["Ships and cranes.", "Ships and quays.", "Everything *wet*, and more.", ""]
                )
            ),
            pick(
                Setting::Aliases,
                &[
                    "tags: {aliases: {Kiev: Kyiv}}",
                    "tags: {aliases: {Kiev: Kyiv, Port: Harbour}}",
                    "tags: {aliases: {Strikes: Work}}",
                ],
            ),
            pick(
                Setting::Sections,
                &[
                    "sections: [{slug: harbour, title: Harbour}, {slug: city, title: City}, {slug: sport, title: Sport}]",
                    "sections: [{slug: sport, title: Sport}, {slug: harbour, title: Harbour}, {slug: city, title: City}]",
                    "sections: [{slug: harbour, title: Port, description: Ships.}, {slug: city, title: City}, {slug: sport, title: Sport}]",
                    "",
                ],
            ),
            pick(Setting::Timezone, &["timezone: Europe/Athens", "timezone: UTC", "timezone: America/Lima"]),
            pick(
                Setting::Permalink,
                &["", "permalink: /:section/:year/:slug/", "permalink: /:year/:month/:day/:slug/"],
            ),
            pick(Setting::Theme, &["", "theme: evening"]),
            pick(Setting::Language, &["", "language: de", "language: en-GB"]),
            pick(
                Setting::Punctuation,
                &["", "markdown: {smart_punctuation: false}", "markdown: {raw_html: sanitized}"],
            ),
            pick(
                Setting::Publisher,
                &["", "publisher: {name: Pier House, policies: {ethicsPolicy: /about/}}"],
            ),
            pick(
                Setting::Extra,
                &["", "extra: {accent: blue}", "extra: {latest: 3, per_section: 2, note: Closed on Sundays}"],
            ),
            pick(
                Setting::Machines,
                &[
                    "api: true",
                    "",
                    "feeds: {site: [rss], lists: [atom, json], of: [tag, series], limit: 2, full_text: false}",
                    "api: true\nfeeds: {limit: 3, hub: \"https://hub.example/\"}",
                ],
            ),
            pick(
                Setting::Hosts,
                &[
                    "",
                    "redirects: {/gone/: /about/, /elsewhere/: \"https://shop.example/\"}",
                    "trust_txt: {member: [https://members.example/]}\nhumans_txt: People.",
                ],
            ),
            pick(
                Setting::Pictures,
                &[
                    "",
                    "pictures: {widths: [320], formats: [jpeg], quality: 60}",
                    "pictures: {widths: [160, 320], original: linked}",
                    "pictures: {widths: [320], formats: [jpeg], original: always}",
                    "pictures: {widths: [160], quality: 40}",
                ],
            ),
            pick(Setting::Slip, &["", "# A comment", "a_key_of_nobody: 1", "["]),
        ];
        lines.into_iter().filter(|line| !line.is_empty()).map(|line| line + "\n").collect()
    }

    /// The path and content of a part.
    fn part(&self, part: Part) -> Option<(String, Vec<u8>)> {
        let (value, figure) = (self.parts[part as usize], self.figures[part as usize] % 100);
        if value == 5 {
            return None;
        }
        let pick = |texts: &[&str]| texts[usize::from(value) % texts.len()].to_owned();
        let template = |texts: &[&str]| pick(texts) + &format!("{{# {figure:02} #}}");
        let (path, text) = match part {
            Part::ArticleTemplate => ("templates/article.html", {
                let foot = pick(&[
                    "",
                    "<link href=\"{{ asset(name=\"s.css\") }}\">",
                    "{% for a in articles(tag=\"port\", limit=2) %}<i>{{ a.title }}</i>{% endfor %}",
                    "{{ article.extra.mood or \"no mood\" }}",
                    "{% if %}",
                ]);
                format!(
                    "{{% extends \"broadsheet/article.html\" %}}\n{{% block article_foot %}}{{{{ super() }}}}<hr data-n=\"{figure:02}\">{foot}{{% include \"box.html\" %}}{{% endblock %}}\n"
                )
            }),
            Part::Box => (
                "templates/box.html",
                template(&[
                    "{% set d = data(file=\"desk.yaml\") %}<p>{{ d.word }}</p>",
                    "<p>{{ site.extra.note or \"no note\" }}</p>",
                    "{% set a = article(path=\"city/budget.md\") %}<p>{{ a.title if a else \"none\" }}</p>",
                    "<p>{{ article.nothing_of_this_name.x }}</p>",
                ]),
            ),
            Part::FrontTemplate => (
                "templates/front.html",
                template(&[
                    "{% extends \"broadsheet/front.html\" %}",
                    "{% extends \"base.html\" %}{% block main %}{% for t in terms(kind=\"tags\", order=\"count\") %}{{ t.name }} {{ t.count }} {% endfor %}{% for a in articles(order=\"front\", limit=4) %}<p>{{ a.title }}{% endfor %}{% endblock %}",
                    "{% extends \"base.html\" %}{% block main %}{% set d = data(file=\"more.json\") %}{{ d.word }}{% for a in articles(section=\"harbour\", offset=1, limit=3) %}<p>{{ a.summary }}{% endfor %}{% endblock %}",
                ]),
            ),
            Part::ListTemplate => (
                "templates/section.html",
                template(&[
                    "{% extends \"list.html\" %}",
                    "{% extends \"base.html\" %}{% block main %}{% for a in list.articles %}<p>{{ a.url }} {{ a.words }}{% endfor %}{% endblock %}",
                    "{% extends \"list.html\" %}{% block list_head %}<h1>{{ list.title }}</h1>{% for t in terms(kind=\"series\") %}{{ t.name }}{% endfor %}{% endblock %}",
                ]),
            ),
            Part::SpecialTemplate => (
                "templates/special.html",
                template(&[
                    "<h1>{{ article.title }}</h1>{{ content | safe }}{% for r in related(to=article, limit=3) %}<p>{{ r.title }}{% endfor %}",
                    "<h2>{{ article.title }}</h2>{% for part in toc %}{{ part.title }}{% endfor %}",
                ]),
            ),
            Part::Data => ("data/desk.yaml", format!("word: w{figure:02}\n")),
            Part::MoreData => ("data/more.json", format!("{{\"word\": \"j{figure:02}\"}}\n")),
            Part::StyleSheet => ("static/s.css", format!("a {{ order: {figure:02} }}\n")),
            Part::Robots => ("static/robots.txt", format!("# {figure:02}\n")),
            Part::Icon => (
                ["static/icon.svg", "static/favicon.svg"][usize::from(value) % 2],
                format!("<svg id=\"i{figure:02}\"/>\n"),
            ),
            Part::Shape => {
                (["static/shape", "static/shape/inner"][usize::from(value) % 2], format!("{figure:02}\n"))
            }
            Part::SharedMap => ("content/shared/map.svg", picture(figure)),
            Part::SharedPhoto => return Some(("content/shared/photo.jpg".to_owned(), credited(figure))),
            Part::StaticPhoto => {
                return Some(("static/photos/still.jpg".to_owned(), credited(50 + figure % 10)));
            }
            Part::ThemeSettings => (
                "themes/evening/theme.yaml",
                format!(
                    "name: Evening {figure:02}\noptions: {{accent: green, note: n{figure:02}}}\nstrings: {{en: {{latest: Late {figure:02}}}}}\n"
                ),
            ),
            Part::ThemeTemplate => (
                "themes/evening/templates/list.html",
                template(&[
                    "{% extends \"base.html\" %}{% block main %}<h1>{{ list.title }}</h1>{% for a in list.articles %}<p>{{ a.title }}{% endfor %}{% endblock %}",
                    "{% extends \"broadsheet/list.html\" %}",
                ]),
            ),
        };
        Some((path.to_owned(), text.into_bytes()))
    }

    fn put_article(&self, article: &Article, files: &mut Tree) {
        let (path, mut beside) = (article.path(), article.beside());
        if article.fields[Field::Name as usize] % 4 == 3 {
            beside.push_str("-moved");
        }
        if article.fields[Field::Picture as usize] != 11 {
            let number = article.fields[Field::Picture as usize];
            files.insert(format!("{beside}.svg"), picture(number).into_bytes());
            files.insert(format!("{beside}.jpg"), credited(number));
        }
        let captions = article.fields[Field::Captions as usize];
        if captions != 11 {
            files.insert(format!("{beside}.mp3"), format!("ID3 sound {captions:02}").into_bytes());
            files.insert(
                format!("{beside}.mp4"),
                format!("film {}", "of it ".repeat(captions.into())).into_bytes(),
            );
        }
        for (bit, extension) in [(1, "vtt"), (2, "el.vtt")] {
            if captions != 11 && captions & bit != 0 {
                files.insert(format!("{beside}.{extension}"), format!("WEBVTT {captions:02}\n").into_bytes());
            }
        }
        files.insert(format!("{beside}.csv"), b"a,b\n1,2\n".to_vec());
        files.insert(path, self.text_of(article).into_bytes());
    }

    fn text_of(&self, article: &Article) -> String {
        let value = |field: Field| usize::from(article.fields[field as usize]);
        let pick = |field: Field, texts: &[&str]| texts[value(field) % texts.len()].to_owned();
        let name = article.name();
        let target = self.articles.iter().find(|other| usize::from(other.key) == value(Field::Target));
        let link = target.map(|target| target.path().replacen("content", "", 1));
        let related = match (value(Field::Related) % 4, &link) {
            (1, Some(link)) => format!("related: [{link}]"),
            (2, Some(link)) => format!("related: [/about.md, {link}]"),
            (3, _) => "related: [/city/budget.md]".into(),
            _ => String::new(),
        };
        let beside = article.beside();
        let own = beside.rsplit('/').next().unwrap();
        let shared = "../".repeat(beside.matches('/').count() - 1) + "shared";
        let map = format!("{shared}/map.svg");
        let photo = format!("{shared}/photo.jpg");
        #[rustfmt::skip]
        let keys = [
            format!("title: {} {name}", pick(Field::Title, &["News of the", "About the", "What the", "“Quotes” & <signs> of the", "Ärger um"])),
            pick(Field::Deck, &["", "deck: A line under it", "deck: Another line under it, somewhat longer"]),
            pick(Field::Date, &[
                "date: 2026-11-02", "date: 2024-03-05", "date: 2025-12-31T23:30", "date: 2026-01-01T00:30", "date: 2026-10-01T09:00:00Z",
                "date: 2026-10-31T22:30:00Z", "date: 2026-11-01", "date: 2026-11-05T08:00", "date: 2026-11-10", "date: 2026-11-11T23:30:00-05:00",
                "date: 2026-11-20", "",
            ]),
            pick(Field::Updated, &["", "updated: 2026-11-03T10:00", "updated: 2026-11-11", "updated: 2026-11-25"]),
            pick(Field::Tags, &[
                "", "tags: [Port, Strikes]", "tags: [port, Café]", "tags: [cafe, Ferries]", "tags: [Kiev, PORT]",
                "tags: [Kyiv, strikes, Ferries]", "tags: [Strikes]", "tags: [ferries, port, Tides]",
            ]),
            pick(Field::Section, &["", "section: city", "section: sport", "section: harbour"]),
            match value(Field::Gate) % 12 {
                day @ 1..=4 => format!("embargo: 2026-11-{:02}", day * 5),
                day @ 5..=8 => format!("expires: 2026-11-{:02}", (day - 4) * 6),
                9 => "draft: true".into(),
                10 => "status: withdrawn".into(),
                11 => "status: withheld".into(),
                _ => String::new(),
            },
            pick(Field::Authors, &["", "authors: [harbour-desk]", "authors: [City desk]", "authors: [harbour-desk, {name: Data desk, role: figures}]"]),
            pick(Field::Series, &["", "series: Crossing", "series: Night shift", "series: crossing"]),
            related,
            pick(Field::Aliases, &["", "aliases: [/old/NAME/]", "aliases: [/NAME.php, /old/NAME.html]", "", "aliases: [/NAME.php/deeper/]", "", "", "aliases: [/shared/]"]).replace("NAME", name),
            pick(Field::Channel, &["", "noindex: true", "feed: false", "old_slugs: [once-NAME]", "translation_of: about.md", "canonical_url: https://first.example/NAME/", "id: id-NAME"]).replace("NAME", name),
            pick(Field::Slug, &["", "slug: other-NAME", "slug: third-NAME", "", "", "", "slug: same"]).replace("NAME", name),
            pick(Field::Image, &[
                "", "image: OWN.svg", "image: MAP", "image: {src: OWN.svg, alt: A picture, caption: At night, credit: Harbour desk}",
                "image: {src: OWN.jpg, alt: Cranes}", "image: {src: OWN.jpg, alt: Cranes, focus: [0.1, 0.5]}", "image: PHOTO", "image: {src: PHOTO, focus: [0.9, 0.1]}",
                "image: /photos/still.jpg", "image: {src: /photos/still.jpg, alt: A still, focus: [0.1, 0.5]}",
            ]).replace("OWN", own).replace("MAP", &map).replace("PHOTO", &photo),
            pick(Field::Gallery, &[
                "", "gallery: [OWN.jpg, PHOTO]", "gallery: [PHOTO, {src: OWN.svg, alt: A picture, caption: At night, credit: Harbour desk}, OWN.jpg]",
                "gallery: [/photos/still.jpg, OWN.jpg]", "gallery: [{alt: A picture}, OWN.jpg]",
            ]).replace("OWN", own).replace("PHOTO", &photo),
            pick(Field::Recording, &[
                "", "audio: OWN.mp3", "video: OWN.mp4", "audio: {src: OWN.mp3, title: The talk, duration: \"1:05\"}\nvideo: OWN.mp4", "video: true",
            ]).replace("OWN", own),
            pick(Field::Corrections, &["", "corrections: [{date: 2026-11-05, text: Nine and not eight.}]", "corrections: [{date: 2026-11-05, kind: retraction, text: None of it.}, {date: 2026-11-06, kind: update, text: More.}]"]),
            pick(Field::Type, &["", "type: opinion", "type: analysis", "type: explainer", "type: sponsored"]),
            pick(Field::Template, &["", "template: special.html", "template: page.html"]),
            pick(Field::Extra, &["", "extra: {mood: calm}", "extra: {mood: stormy}", "extra: {film: OWN.svg}"]).replace("OWN", own),
            pick(Field::Pinned, &["", "pinned_until: 2026-11-14", "urgency: 1", "urgency: 8"]),
            pick(Field::Lang, &["", "lang: el", "lang: ar"]),
            pick(Field::Import, &[
                "", "import: {hash: 1a, fields: {title: positional 1:1-9}}", "import: {hash: 2b, fields: {title: derived 1:1-9, date: missing}}",
                "import: {hash: 2b, reviewed: true, fields: {title: derived 1:1-9}}",
            ]),
            pick(Field::Slip, &["", "# a comment", "titel: x", "", "ednote: For the desk", "", "", "", "", "embrago: 2026-11-30", "x: [", "authors: {a: [b]}"]),
        ];
        let keys: String = keys.into_iter().filter(|line| !line.is_empty()).map(|line| line + "\n").collect();
        let figure = value(Field::Figure) % 100;
        let body = pick(
            Field::Body,
            &[
                "Nothing more.",
                "Words of the harbour, the city and the pier, again and again.\n\nA second paragraph.\n\n<!--more-->\n\nThe rest of it.",
                "It was [told before](LINK).",
                "Read [all of it](LINK#the-numbers) and <a href=\"LINK\">again</a>.",
                "## The numbers\n\nThey are [here](#the-numbers).\n\n## The words\n\nNone.",
                "See [the numbers](LINK#the-numbers) and [no heading](LINK#none).",
                "![A map](MAP \"The map\")",
                "A note[^1].\n\n[^1]: Below.\n\n| a | b |\n|---|---|\n| 1 | 2 |\n",
                "Who we are: [about](/about.md).",
                "![Own](OWN.svg)",
                "The [numbers](OWN.csv) are free.",
                "[Fixed](/harbour/crane/index.md).",
                "![Cranes](OWN.jpg \"Cranes at night\")\n\n[Larger](OWN.jpg)",
                "![Shared](PHOTO)\n![Own](OWN.jpg)",
                "![The crane](OWN.mp4 \"At work\")\n\n![A still](/photos/still.jpg)",
                "![The talk](OWN.mp3)\n\n![Own](OWN.jpg)\n![Map](OWN.svg \"The map\")\n![Still](/photos/still.jpg)",
            ],
        );
        let body = body
            .replace("OWN", own)
            .replace("MAP", &map)
            .replace("PHOTO", &photo)
            .replace("LINK", link.as_deref().unwrap_or("/about.md"));
        format!("---\n{keys}---\nFigure {figure:02}.\n\n{body}\n")
    }
}

impl Article {
    fn name(&self) -> &'static str {
        NAMES[usize::from(self.name) % NAMES.len()]
    }

    fn folder(&self) -> &'static str {
        FOLDERS[usize::from(self.folder) % FOLDERS.len()]
    }

    fn path(&self) -> String {
        let (folder, name) = (self.folder(), self.name());
        if self.is_bundle {
            format!("content/{folder}/{name}/index.md")
        } else {
            format!("content/{folder}/{name}.md")
        }
    }

    /// The files beside the article as it names them, without extensions.
    fn beside(&self) -> String {
        let (folder, name) = (self.folder(), self.name());
        let more = ["", "-night", "-dämmerung", ""][usize::from(self.fields[Field::Name as usize]) % 4];
        if self.is_bundle {
            format!("content/{folder}/{name}/own{more}")
        } else {
            format!("content/{folder}/{name}{more}")
        }
    }
}

/// A picture of the given size. The file size is always the same.
fn picture(size: u8) -> String {
    format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"9\"/>\n", 10 + size % 90)
}

/// A photograph that is wide enough for the cards of social networks. Numbers differ in their pixels; the file size is always the same.
pub fn photograph(number: u8) -> Vec<u8> {
    let (width, height) = (336, 240);
    let pixel = |at: u32| [(at % width) as u8, (at / width) as u8, 90];
    let pixels: Vec<u8> = (0..width * height).flat_map(pixel).collect();
    let mut bytes = Vec::new();
    let encoder = jpeg_encoder::Encoder::new(&mut bytes, 60);
    encoder.encode(&pixels, width as u16, height as u16, jpeg_encoder::ColorType::Rgb).unwrap();
    // The first number of the first quantization table (ITU T.81, annex B.2.4.1): it changes the brightness of all pixels.
    let table = bytes.windows(2).position(|marker| marker == [0xff, 0xdb]).unwrap();
    bytes[table + 5] = 8 + number % 90;
    bytes
}

/// A photograph whose metadata names who supplied it. The file size is always the same.
fn credited(number: u8) -> Vec<u8> {
    with_metadata(
        &photograph(number),
        "Harbour desk",
        &format!("Pier pictures {:02}", number % 100),
        "Cranes",
    )
}

/// A JPEG with metadata: its creator in EXIF, the credit line in IPTC IIM, caption and alternative text in XMP.
pub fn with_metadata(jpeg: &[u8], creator: &str, credit: &str, caption: &str) -> Vec<u8> {
    let segment = |marker: u8, data: &[u8]| {
        [&[0xff, marker][..], &(data.len() as u16 + 2).to_be_bytes(), data].concat()
    };
    // One field of type 2 (text), behind the directory.
    let exif = [
        &b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x3b\0\x02"[..],
        &(creator.len() as u32 + 1).to_be_bytes(),
        b"\0\0\0\x1a\0\0\0\0",
        creator.as_bytes(),
        b"\0",
    ];
    let iim = [&b"\x1c\x02\x6e"[..], &(credit.len() as u16).to_be_bytes(), credit.as_bytes()].concat();
    let mut resource =
        [b"Photoshop 3.0\08BIM\x04\x04\0\0", &(iim.len() as u32).to_be_bytes()[..], &iim].concat();
    resource.resize(resource.len().next_multiple_of(2), 0);
    let xmp = format!(
        "http://ns.adobe.com/xap/1.0/\0<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns:dc='http://purl.org/dc/elements/1.1/' \
         xmlns:i='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/'><rdf:Description><dc:description>{caption}</dc:description>\
         <i:AltTextAccessibility>{caption}alt</i:AltTextAccessibility></rdf:Description></rdf:RDF>"
    );
    let segments = [segment(0xe1, &exif.concat()), segment(0xe1, xmp.as_bytes()), segment(0xed, &resource)];
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// How a file is saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saving {
    Plainly,
    /// Keeps the modification time.
    WithOldTime,
    /// Replaces the file with a new one.
    ByRename,
    /// Sets a modification time from a wrong clock.
    In1970,
    In2100,
}

/// Updates a site's folder to these files, and leaves unchanged files alone.
pub fn save(site: &Site, before: &Tree, now: &Tree, saving: Saving) {
    for path in before.keys().filter(|path| !now.contains_key(*path)) {
        site.remove(path);
        let mut folder = site.path(path);
        // A file may have become a folder, or a folder a file.
        while folder.pop() && folder != site.root && fs::remove_dir(&folder).is_ok() {}
    }
    for (path, bytes) in now.iter().filter(|(path, bytes)| before.get(*path) != Some(bytes)) {
        save_file(site, path, bytes, saving);
    }
}

/// Saves a file.
pub fn save_file(site: &Site, path: &str, bytes: &[u8], saving: Saving) {
    let file = site.path(path);
    let old_time = fs::metadata(&file).and_then(|found| found.modified()).ok();
    let years = |count: u64| SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(count * 31_557_600);
    if saving == Saving::ByRename {
        let other = site.root.with_file_name("saved");
        fs::write(&other, bytes).unwrap();
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::rename(other, &file).unwrap();
    } else {
        site.write(path, bytes);
    }
    match (saving, old_time) {
        (Saving::WithOldTime, Some(time)) => set_time(&file, time),
        (Saving::In1970, _) => set_time(&file, years(0)),
        (Saving::In2100, _) => set_time(&file, years(130)),
        _ => {}
    }
}

/// Sets the modification time of a file.
pub fn set_time(file: &std::path::Path, time: SystemTime) {
    let opened = File::options().append(true).open(file).unwrap();
    opened.set_times(FileTimes::new().set_modified(time)).unwrap();
}

/// Where all builds and previews of papers keep their renditions: making the same pictures for each would take most of the time.
pub static PICTURES: LazyLock<tempfile::TempDir> = LazyLock::new(|| tempfile::tempdir().unwrap());

/// The folder of a site, and the files last saved there.
pub struct Kept {
    pub site: Site,
    saved: Tree,
}

impl Kept {
    pub fn new(paper: &Paper) -> Self {
        let mut kept = Self { site: Site::in_memory(), saved: Tree::new() };
        kept.save(paper, Saving::Plainly);
        kept
    }

    /// Saves the files that differ and returns their paths.
    pub fn save(&mut self, paper: &Paper, saving: Saving) -> Vec<String> {
        let before = std::mem::replace(&mut self.saved, paper.files());
        save(&self.site, &before, &self.saved, saving);
        let paths: BTreeSet<&String> = before.keys().chain(self.saved.keys()).collect();
        let differs = |path: &&String| before.get(*path) != self.saved.get(*path);
        paths.into_iter().filter(differs).cloned().collect()
    }

    /// The paths of all source files.
    pub fn sources(&self) -> Vec<&String> {
        self.saved.keys().collect()
    }

    /// Deletes all results of builds.
    pub fn forget_builds(&self) {
        for folder in ["public", ".bulletin", "preview"] {
            let _ = fs::remove_dir_all(self.site.path(folder));
        }
    }
}

/// Numbers that look random but are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 16
    }

    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end.max(1)
    }
}

/// The files of a tree, except those at these paths.
pub fn without(tree: &Tree, paths: &Tree) -> Tree {
    tree.iter()
        .filter(|(path, _)| !paths.contains_key(*path))
        .map(|(path, bytes)| (path.clone(), bytes.clone()))
        .collect()
}

/// Any edit.
pub fn an_edit() -> impl Strategy<Value = Edit> {
    let (pick, value) = (0..24u8, 0..16u8);
    let field = prop::sample::select(&FIELDS[..]);
    let part = || prop::sample::select(&PARTS[..]);
    prop_oneof![
        14 => (pick.clone(), field, value.clone()).prop_map(|(at, field, to)| Edit::Set(at, field, to)),
        3 => (pick.clone(), value.clone()).prop_map(|(at, to)| Edit::Set(at, Field::Figure, to)),
        3 => (pick.clone(), value.clone()).prop_map(|(at, to)| Edit::Set(at, Field::Gate, to)),
        2 => (pick.clone(), 0..28u8).prop_map(|(at, name)| Edit::Add(at, name)),
        2 => pick.clone().prop_map(Edit::Delete),
        1 => (pick.clone(), 0..28u8).prop_map(|(at, name)| Edit::Rename(at, name)),
        1 => (pick.clone(), 0..5u8).prop_map(|(at, folder)| Edit::Move(at, folder)),
        1 => pick.clone().prop_map(Edit::Reshape),
        1 => (pick.clone(), pick).prop_map(|(one, other)| Edit::Swap(one, other)),
        5 => (prop::sample::select(&SETTINGS[..]), 0..5u8).prop_map(|(setting, to)| Edit::Setting(setting, to)),
        4 => (part(), 0..6u8).prop_map(|(part, to)| Edit::Part(part, to)),
        4 => (part(), value).prop_map(|(part, to)| Edit::PartFigure(part, to)),
        4 => (0..28u8, 0..24u8).prop_map(|(day, hour)| Edit::Clock(day, hour)),
        1 => any::<bool>().prop_map(Edit::Drafts),
    ]
}
