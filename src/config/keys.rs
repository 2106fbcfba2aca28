//! The settings of `bulletin.yaml`: names, descriptions and shapes. The reader accepts these keys, and the JSON Schema
//! describes them.

/// A key and what it takes.
#[derive(Debug)]
pub(crate) struct Setting {
    pub(crate) name: &'static str,
    /// Description for editors.
    pub(crate) about: &'static str,
    pub(crate) shape: Shape,
}

/// The keys of a map.
#[derive(Debug)]
pub(crate) struct Group {
    pub(crate) settings: &'static [Setting],
    pub(crate) required: &'static [&'static str],
}

/// What a value looks like.
#[derive(Debug)]
pub(crate) enum Shape {
    /// Text that may be blank.
    Line,
    /// Text that is not blank.
    Text,
    /// Text that matches a pattern of ECMA-262.
    Pattern(&'static str),
    /// `true` or `false`.
    Flag,
    /// A whole number from the first to the second.
    Number(u32, u32),
    /// One of these.
    Choice(&'static [&'static str]),
    /// One of these, which another room lists.
    Names(fn() -> Vec<String>),
    /// A date with or without a time.
    Date,
    /// One value, several with commas between them, or a list.
    OneOrMore(&'static Shape),
    /// A list.
    List(&'static Shape),
    /// A map with these keys.
    Group(&'static Group),
    /// A map with any keys.
    Map(&'static Shape),
    /// One of these shapes.
    Either(&'static [Shape]),
    /// Anything.
    Any,
}

impl Group {
    /// The names of the keys.
    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> + Clone + use<> {
        self.settings.iter().map(|setting| setting.name)
    }
}

const fn key(name: &'static str, about: &'static str, shape: Shape) -> Setting {
    Setting { name, about, shape }
}

const fn group(settings: &'static [Setting]) -> Group {
    Group { settings, required: &[] }
}

/// An `http` or `https` URL.
pub(crate) const WEB_URL: Shape = Shape::Pattern(r"^\s*[Hh][Tt][Tt][Pp][Ss]?:");
/// An `http`, `https` or `mailto` URL, or a path of the site.
pub(crate) const LINK: Shape = Shape::Pattern(r"^\s*(/|[Hh][Tt][Tt][Pp][Ss]?:|[Mm][Aa][Ii][Ll][Tt][Oo]:)");
/// A BCP 47 language tag.
pub(crate) const LANGUAGE: Shape = Shape::Pattern(r"^\s*[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*\s*$");
/// A path from the root of the site, or a URL with a scheme that is not `http`.
const PAGE: Shape =
    Shape::Pattern(r"^\s*(/([^/]|$)|(?!http:|javascript:|data:|file:)[A-Za-z][A-Za-z0-9+.-]*:)");
const ADDRESS: Shape = Shape::Pattern(r"^\s*(https?://)?[^\s/:@]+\.[^\s]+$");
const PATH: Shape = Shape::Pattern(r"^\s*(/([^/]|$)|$)");
const FORMATS: Shape = Shape::OneOrMore(&Shape::Choice(&["rss", "atom", "json"]));

/// The keys at the top level.
pub(crate) const TOP: Group = Group {
    required: &["title", "base_url"],
    settings: &[
        key("title", "The name of the publication.", Shape::Text),
        key(
            "base_url",
            "The address at which the site will be published.",
            Shape::Pattern(r"^\s*[Hh][Tt][Tt][Pp][Ss]?://[^?#]+$"),
        ),
        key(
            "id_authority",
            "The host name in the ids of stories (RFC 4151). Set it to the site's first host before you move to another. Default: the host of `base_url`.",
            Shape::Pattern(r"^[^:/@\s]+\.[^:/@\s]+$"),
        ),
        key("description", "One sentence about the publication.", Shape::Text),
        key(
            "language",
            "The language of the site as a BCP 47 tag, such as `en` or `pt-BR`. Default: `en`.",
            LANGUAGE,
        ),
        key(
            "slugs",
            "Whether URLs keep the letters of all scripts or use only ASCII. Default: alphabets become ASCII, other scripts stay.",
            Shape::Choice(&["unicode", "ascii"]),
        ),
        key(
            "timezone",
            "The time zone of dates without an offset, and of the dates that readers see. Default: `UTC`.",
            Shape::Names(super::time_zones),
        ),
        key(
            "theme",
            "The name of a folder in `themes/`. Default: `broadsheet`, which is built in.",
            Shape::Pattern(r"^\s*[A-Za-z0-9_-][A-Za-z0-9._-]*\s*$"),
        ),
        key(
            "permalink",
            "The pattern of story URLs, with `:year`, `:month`, `:day`, `:hour`, `:minute`, `:section` and `:slug`. Default: `/:year/:month/:slug/`.",
            Shape::Pattern(r"^\s*/.*:(slug|title|contentbasename|slugorcontentbasename)"),
        ),
        key(
            "sections",
            "The sections in the order of the navigation. Default: the sections that stories have.",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Group(&SECTION)])),
        ),
        key("lists", "Which lists the site has, and how long their pages are.", Shape::Group(&LISTS)),
        key("feeds", "Which feeds the site has, and what is in them.", Shape::Group(&FEEDS)),
        key("api", "Whether stories and lists are also published as JSON. Default: `false`.", Shape::Flag),
        key(
            "robots",
            "Rules for crawlers, written to `robots.txt`.",
            Shape::Either(&[Shape::Group(&ROBOTS), Shape::List(&Shape::Group(&ROBOTS))]),
        ),
        key(
            "redirects",
            "Old paths of the site, each with a path or a URL to redirect to.",
            Shape::Map(&Shape::Pattern(r"^\s*(/([^/\\]|$)|[Hh][Tt][Tt][Pp][Ss]?:)")),
        ),
        key(
            "security_txt",
            "Security contacts, written to `/.well-known/security.txt` (RFC 9116).",
            Shape::Group(&SECURITY_TXT),
        ),
        key("trust_txt", "Affiliations, written to `/trust.txt` (JournalList).", Shape::Group(&TRUST_TXT)),
        key("humans_txt", "The text of `/humans.txt`.", Shape::Text),
        key("ads_txt", "The text of `/ads.txt` (IAB).", Shape::Text),
        key("publisher", "The organization that publishes the site.", Shape::Group(&PUBLISHER)),
        key(
            "authors",
            "Profiles of authors. A byline works without one.",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Group(&AUTHOR)])),
        ),
        key(
            "tags",
            "Profiles of tags, or a map with only `aliases`.",
            Shape::Either(&[
                Shape::List(&Shape::Either(&[Shape::Text, Shape::Group(&TAG)])),
                Shape::Group(&TAG_ALIASES),
            ]),
        ),
        key("markdown", "How Markdown is rendered.", Shape::Group(&MARKDOWN)),
        key("pictures", "How pictures are published.", Shape::Group(&PICTURES)),
        key(
            "publish",
            "Where the site is published, by name. `bulletin publish NAME` publishes it there.",
            Shape::Map(&Shape::Group(&PUBLISH)),
        ),
        key("extra", "The settings of the theme.", Shape::Map(&Shape::Any)),
    ],
};

/// The keys of a section.
pub(crate) const SECTION: Group = group(&[
    key(
        "slug",
        "The section's path segment in URLs, and its name in front matter. Default: derived from the title.",
        Shape::Text,
    ),
    key("title", "The name that readers see. Default: derived from the slug.", Shape::Text),
    key("description", "One sentence about the section.", Shape::Text),
    A_PODCAST,
]);

/// The key that makes a podcast of a list.
const A_PODCAST: Setting = key(
    "podcast",
    "Makes the stories with sound or film a podcast. A path is that of its cover.",
    Shape::Either(&[PODCAST_COVER, Shape::Group(&PODCAST)]),
);

/// The path of a picture in `static/`.
const PODCAST_COVER: Shape = Shape::Pattern(r"^\s*/([^/]|$)");

/// The keys of a podcast: what directories require and the site cannot know.
pub(crate) const PODCAST: Group = Group {
    required: &["image"],
    settings: &[
        key(
            "image",
            "The path of its cover in `static/`: a square picture, at least 1400 pixels wide.",
            PODCAST_COVER,
        ),
        key(
            "category",
            "Its category in Apple Podcasts, or a part of one. Default: `News`.",
            Shape::Names(super::podcast_categories),
        ),
        key("author", "Who makes it. Default: the publisher.", Shape::Text),
        key(
            "email",
            "The address to which directories write, to verify who owns the podcast.",
            Shape::Pattern(r"^\s*[^\s@]+@[^\s@]+\.[^\s@]+\s*$"),
        ),
        key("explicit", "Whether it has content for adults. Default: `false`.", Shape::Flag),
        key(
            "type",
            "`serial` if episodes are to be heard in order, the oldest first. Default: `episodic`.",
            Shape::Choice(&["episodic", "serial"]),
        ),
    ],
};

/// The keys of `lists`.
pub(crate) const LISTS: Group = group(&[
    key("per_page", "The number of stories on a page. Default: 50.", Shape::Number(1, u32::MAX)),
    key("sections", "Whether sections have pages. Default: `true`.", Shape::Flag),
    key("tags", "Whether tags have pages and an index. Default: `true`.", Shape::Flag),
    key("authors", "Whether authors have pages and an index. Default: `true`.", Shape::Flag),
    key("series", "Whether series have pages. Default: `true`.", Shape::Flag),
    key("archives", "Whether years, months and days have pages. Default: `true`.", Shape::Flag),
]);

/// The keys of `feeds`.
pub(crate) const FEEDS: Group = group(&[
    key("site", "The formats of the site's feed. Default: all.", FORMATS),
    key("lists", "The formats of the feeds of lists. Default: `rss`.", FORMATS),
    key(
        "of",
        "The kinds of list that have a feed. Default: `section`, `tag` and `author`.",
        Shape::OneOrMore(&Shape::Choice(&["section", "tag", "author", "series"])),
    ),
    key("limit", "The number of stories in a feed. Default: 30.", Shape::Number(1, u32::MAX)),
    key("full_text", "Whether feeds carry whole stories instead of summaries. Default: `true`.", Shape::Flag),
    key("hub", "The URL of a WebSub hub.", WEB_URL),
]);

/// The keys of a rule in `robots`.
pub(crate) const ROBOTS: Group = Group {
    required: &["agent"],
    settings: &[
        key(
            "agent",
            "The names of the crawlers, or `*` for all others.",
            Shape::OneOrMore(&Shape::Pattern(r"^\s*(\*|[A-Za-z0-9_./-]+)\s*$")),
        ),
        key("allow", "Prefixes of the paths that they may read.", Shape::OneOrMore(&PATH)),
        key("disallow", "Prefixes of the paths that they must not read.", Shape::OneOrMore(&PATH)),
    ],
};

/// The keys of `security_txt`.
pub(crate) const SECURITY_TXT: Group = Group {
    required: &["contact", "expires"],
    settings: &[
        key(
            "contact",
            "Email addresses, `https://` URLs or `tel:` numbers, in order of preference.",
            Shape::OneOrMore(&Shape::Pattern(
                r"^\s*([^\s@]+@[^\s@]+\.[^\s@]+|(?!http:|javascript:|data:|file:)[A-Za-z][A-Za-z0-9+.-]*:\S+)\s*$",
            )),
        ),
        key("expires", "The date on which the file expires.", Shape::Date),
        key("encryption", "Where to find an encryption key.", Shape::OneOrMore(&PAGE)),
        key("acknowledgments", "A page that thanks reporters.", Shape::OneOrMore(&PAGE)),
        key("policy", "The page of the disclosure policy.", Shape::OneOrMore(&PAGE)),
        key("hiring", "A page with security jobs.", Shape::OneOrMore(&PAGE)),
        key("csaf", "The `provider-metadata.json` of a CSAF provider.", Shape::OneOrMore(&PAGE)),
        key(
            "languages",
            "The languages that the contacts understand, as BCP 47 tags.",
            Shape::OneOrMore(&LANGUAGE),
        ),
    ],
};

/// The keys of `trust_txt`, in the order of its specification.
pub(crate) const TRUST_TXT: Group = group(&[
    key("member", "The sites of members of this association.", Shape::OneOrMore(&ADDRESS)),
    key("belongto", "The associations that the publisher belongs to.", Shape::OneOrMore(&ADDRESS)),
    key("control", "The sites that the publisher controls.", Shape::OneOrMore(&ADDRESS)),
    key(
        "controlledby",
        "The site of the organization that controls the publisher.",
        Shape::OneOrMore(&ADDRESS),
    ),
    key("social", "The publisher's accounts on social networks.", Shape::OneOrMore(&ADDRESS)),
    key("vendor", "The sites of vendors.", Shape::OneOrMore(&ADDRESS)),
    key("customer", "The sites of customers.", Shape::OneOrMore(&ADDRESS)),
    key("disclosure", "Pages that disclose ownership or policies.", Shape::OneOrMore(&ADDRESS)),
    key("contact", "How to contact the publisher.", Shape::OneOrMore(&Shape::Text)),
    key("datatrainingallowed", "Whether the site may be used to train AI.", Shape::Flag),
]);

/// The keys of `publisher`.
pub(crate) const PUBLISHER: Group = group(&[
    key("name", "The name of the publisher. Default: the title of the site.", Shape::Text),
    key("logo", "The path or URL of a logo.", LINK),
    key("url", "The home page of the publisher.", LINK),
    key("policies", "Policy pages by their schema.org names.", Shape::Group(&POLICY)),
]);

/// The keys of `policies`: those of schema.org's NewsMediaOrganization and its parents. A theme may show others, but machine
/// formats must not name them.
pub(crate) const POLICY: Group = group(&[
    key("actionableFeedbackPolicy", "How readers can give feedback.", LINK),
    key("correctionsPolicy", "How errors are corrected.", LINK),
    key("diversityPolicy", "The policy on diversity of staff and sources.", LINK),
    key("diversityStaffingReport", "A report on the diversity of the staff.", LINK),
    key("ethicsPolicy", "The code of ethics.", LINK),
    key("masthead", "The masthead.", LINK),
    key("missionCoveragePrioritiesPolicy", "The mission and the priorities of the coverage.", LINK),
    key("noBylinesPolicy", "Why some stories have no byline.", LINK),
    key("ownershipFundingInfo", "Who owns and funds the publication.", LINK),
    key("publishingPrinciples", "The editorial principles.", LINK),
    key("unnamedSourcesPolicy", "When unnamed sources are used.", LINK),
    key("verificationFactCheckingPolicy", "How facts are checked.", LINK),
]);

/// The keys of an author's profile.
pub(crate) const AUTHOR: Group = Group {
    required: &["name"],
    settings: &[
        key("slug", "The author's path segment in URLs. Default: derived from the name.", Shape::Text),
        key("name", "The name in bylines.", Shape::Text),
        key(
            "aliases",
            "Other spellings, and earlier names and slugs. Their pages redirect to the author's.",
            Shape::OneOrMore(&Shape::Text),
        ),
        key("bio", "A few sentences about the author.", Shape::Text),
        key("url", "The author's own page on the web.", LINK),
        key("image", "The path or URL of a portrait.", LINK),
        key(
            "type",
            "Whether the author is a person or an organization, such as a desk or an agency. Default: `person`.",
            Shape::Choice(&["person", "organization", "organisation"]),
        ),
    ],
};

/// The keys of a tag's profile.
pub(crate) const TAG: Group = Group {
    required: &["name"],
    settings: &[
        key("name", "The name that readers see.", Shape::Text),
        key("description", "One sentence about the topic.", Shape::Text),
        key("aliases", "Other spellings of the tag.", Shape::OneOrMore(&Shape::Text)),
        A_PODCAST,
    ],
};

/// The keys of `tags` if it is a map.
pub(crate) const TAG_ALIASES: Group =
    group(&[key("aliases", "Spellings of tags, each with the preferred name.", Shape::Map(&Shape::Text))]);

/// The keys of `markdown`.
pub(crate) const MARKDOWN: Group = group(&[
    key(
        "smart_punctuation",
        "Whether straight quotes, `--` and `...` become typographic. Default: `true`.",
        Shape::Flag,
    ),
    key(
        "raw_html",
        "Whether HTML in stories is kept as it is, or sanitized. Default: `trusted`.",
        Shape::Choice(&["trusted", "sanitized", "sanitised"]),
    ),
]);

pub(crate) const PICTURES: Group = group(&[
    key(
        "widths",
        "The widths of renditions in pixels. Default: `[320, 640, 960, 1280, 1920]`.",
        Shape::List(&Shape::Number(16, 8192)),
    ),
    key(
        "formats",
        "The formats of photographs. Default: `[avif, jpeg]`.",
        Shape::List(&Shape::Choice(&["avif", "jpeg"])),
    ),
    key("quality", "The quality of renditions, from 1 to 100. Default: `75`.", Shape::Number(1, 100)),
    key(
        "original",
        "Which original files readers get: none, those that a text links to, or all. Default: `never`.",
        Shape::Choice(&["never", "linked", "always"]),
    ),
    key(
        "cache_days",
        "Days for which a rendition that no page needs is kept. Default: `30`.",
        Shape::Number(1, 100_000),
    ),
]);

/// The kinds of target of `bulletin publish`.
pub(crate) const TARGETS: [&str; 9] =
    ["s3", "gcs", "azure", "ssh", "folder", "netlify", "cloudflare-pages", "cloudflare-workers", "vercel"];

/// The keys of all targets.
pub(crate) const ANY_TARGET: [&str; 8] =
    ["to", "url", "verify", "max_removed", "parallel", "purge", "index_now", "hooks"];

/// The keys of a target. All kinds have those of [`ANY_TARGET`]; `parse/publish` has those of each kind.
pub(crate) const PUBLISH: Group = Group {
    required: &["to"],
    settings: &[
        key("to", "The kind of host.", Shape::Choice(&TARGETS)),
        key("url", "The URL at which readers see this target. Default: `base_url`.", WEB_URL),
        key("verify", "Whether each publication is checked through that URL. Default: `false`.", Shape::Flag),
        key(
            "max_removed",
            "The share of the published files that a publication may remove without `--yes`, in percent. Default: `10 %`.",
            Shape::Pattern(r"^\s*(100|[0-9]{1,2})\s*%?\s*$"),
        ),
        key("parallel", "How many requests may run at a time.", Shape::Number(1, 256)),
        key(
            "purge",
            "The caches that must drop changed URLs.",
            Shape::Either(&[Shape::Group(&CACHE), Shape::List(&Shape::Group(&CACHE))]),
        ),
        key(
            "index_now",
            "The key of IndexNow, with which search engines are informed of changed URLs.",
            Shape::Pattern(r"^\s*[A-Za-z0-9-]{8,128}\s*$"),
        ),
        key(
            "hooks",
            "Commands that run after a publication, with its changes as JSON on standard input.",
            Shape::Either(&[Shape::Text, Shape::List(&Shape::Text)]),
        ),
        key("bucket", "`s3`, `gcs`: the name of the bucket.", Shape::Text),
        key("prefix", "`s3`, `gcs`, `azure`: the folder of the site in the bucket.", Shape::Text),
        key("region", "`s3`: the region. Default: that of the environment or the profile.", Shape::Text),
        key("profile", "`s3`: the profile of the shared AWS configuration.", Shape::Text),
        key("path_style", "`s3`: whether the bucket is in the path of URLs, not in the host.", Shape::Flag),
        key(
            "checksum",
            "`s3`: the checksum that is sent with each file. Default: `sha256`.",
            Shape::Choice(&["sha256", "md5", "none"]),
        ),
        key("endpoint", "The URL of the store or the API, if it is not the usual one.", WEB_URL),
        key(
            "account",
            "`azure`: the storage account. `cloudflare-pages`, `cloudflare-workers`: the id of the account. Default: `CLOUDFLARE_ACCOUNT_ID`.",
            Shape::Text,
        ),
        key("container", "`azure`: the container. Default: `$web`.", Shape::Text),
        key("host", "`ssh`: the server, as `ssh` takes it.", Shape::Text),
        key("path", "`ssh`, `folder`: the folder with the releases.", Shape::Text),
        key("keep", "`ssh`, `folder`: how many releases are kept. Default: 5.", Shape::Number(1, 1000)),
        key(
            "compress",
            "`ssh`, `folder`: encodings in which files are also stored, for web servers that send them as they are.",
            Shape::OneOrMore(&Shape::Choice(&["br", "gzip"])),
        ),
        key("site", "`netlify`: the id of the site. Default: `NETLIFY_SITE_ID`.", Shape::Text),
        key(
            "project",
            "`cloudflare-pages`, `vercel`: the project. Default for Vercel: `VERCEL_PROJECT_ID`.",
            Shape::Text,
        ),
        key("branch", "`cloudflare-pages`: the branch. Default: the production branch.", Shape::Text),
        key("worker", "`cloudflare-workers`: the name of the Worker.", Shape::Text),
        key("team", "`vercel`: the id of the team. Default: `VERCEL_ORG_ID`.", Shape::Text),
    ],
};

/// The keys of a cache: one of them.
pub(crate) const CACHE: Group = group(&[
    key("cloudfront", "The id of an Amazon CloudFront distribution.", Shape::Text),
    key("cloudflare", "The id of a Cloudflare zone.", Shape::Text),
    key("fastly", "The id of a Fastly service.", Shape::Text),
    key("bunny", "Whether bunny.net is in front of the host.", Shape::Flag),
    key("http", "The URL that takes `PURGE` requests, as of Varnish or nginx.", WEB_URL),
]);
