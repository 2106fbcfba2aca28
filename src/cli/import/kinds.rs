//! Codes of what an import says of stories → a sentence for all stories of one code, and the way out.

/// A code, what all stories with it have in common, and what to do.
type Kind = (&'static str, &'static str, &'static str);

/// Every code of a remark.
const KINDS: &[Kind] = &[
    (
        "import/address",
        "the old address is only a number",
        "send readers on from it with `redirects`, if links to it exist",
    ),
    (
        "import/byline",
        "a byline is an address of mail, which is not printed",
        "write the name under `authors`",
    ),
    (
        "import/code-injection",
        "code that the old site put into its pages is left out",
        "put it into a template if readers need it",
    ),
    (
        "import/comments",
        "comments of readers are kept in data/comments, and no page shows them",
        "show them with `data()` in a template, or leave them there",
    ),
    (
        "import/component",
        "tags of a component of the old site are left out",
        "write Markdown or HTML in its place if readers need it",
    ),
    ("import/correction", "this version corrects an earlier one", "say what was wrong under `corrections`"),
    ("import/date", "a date cannot be read", "write it into the file"),
    (
        "import/directive",
        "a directive of the old site's own stands in the text as a listing",
        "write Markdown or HTML in its place",
    ),
    (
        "import/embargo",
        "an embargo has no time that can be read, so the story is withheld",
        "write the time under `embargo`",
    ),
    ("import/embed", "something from another site is a link now", "embed it again if readers need it there"),
    ("import/encoding", "the encoding was guessed", "look for wrong letters"),
    (
        "import/front-matter",
        "a key of the old front matter has no use as it is",
        "look at it under `extra` or in the old file",
    ),
    (
        "import/held-back",
        "the story is a draft, as its release cannot be read",
        "correct its date or status, then remove `draft`",
    ),
    ("import/html", "a whole page of HTML was read", "delete menus and the like from the text"),
    (
        "import/kramdown",
        "an attribute list of kramdown stands in the text as it was",
        "delete it, or write HTML",
    ),
    ("import/link", "a link leads to nothing that is in the archive", "correct the link, or delete it"),
    ("import/liquid", "a tag of Liquid stands in the text as it was", "write Markdown or HTML in its place"),
    (
        "import/missing-file",
        "a picture or file is not in the archive",
        "add the file, or remove what shows it",
    ),
    ("import/new-tags", "tags are new to the site", "delete those that you do not want"),
    ("import/no-headline", "there is no headline, so the first words are one", "write a headline"),
    ("import/no-year", "the date has no year", "give the year with --date, or write the date into the file"),
    (
        "import/not-used",
        "a key of the front matter cannot be read, and is not used",
        "write it as the site reads it",
    ),
    ("import/notes", "some notes to the desk stand under the text", "delete them there"),
    ("import/picture", "a picture did not come along", "add the file by hand"),
    (
        "import/post-type",
        "a plugin made posts of a type of its own, which are articles of a section of that name now",
        "move them to another section, or delete them",
    ),
    (
        "import/redirects",
        "some redirects are patterns, which are not read",
        "write them into the rules of the host",
    ),
    (
        "import/remote-picture",
        "pictures are still on the old host",
        "put the folder with the old site's uploads beside the export, and import again with --update",
    ),
    (
        "import/runs-code",
        "something that could run code on the page is left out",
        "write plain HTML if readers need it",
    ),
    (
        "import/section",
        "the section cannot be used, and is kept under `extra`",
        "add it to `sections` in bulletin.yaml, and move the files to its folder",
    ),
    (
        "import/shortcode",
        "a shortcode of the old generator stands in the text as it was",
        "write Markdown or HTML in its place",
    ),
    (
        "import/skipped",
        "an export holds things that are not stories",
        "take them over by hand if readers need them",
    ),
    (
        "import/status",
        "the old status does not exist here, so the story is held back",
        "release it, or leave it a draft",
    ),
    ("import/sticky", "the story stayed on top of lists", "write until when under `pinned_until`"),
    ("import/text", "the text of the story is elsewhere", "add it by hand"),
    (
        "import/timezone",
        "the time zone is told from the times of the stories",
        "correct `timezone` in bulletin.yaml if it is another",
    ),
    ("import/title", "there is no title, so one was made", "write a title"),
    (
        "import/undated",
        "the story has no date",
        "write it into the file, then remove `draft` if readers may see the story",
    ),
    (
        "import/component",
        "the tags of a component are left out, and its text stays",
        "write Markdown or HTML in their place",
    ),
    (
        "import/directive",
        "a directive of the old site's own stands in the text as a listing",
        "write Markdown or HTML in its place",
    ),
    ("import/dropped", "an element has no place in Markdown, and is left out", "add what it showed by hand"),
    (
        "import/redirect",
        "a redirect leads to where nothing is",
        "let it lead to a page of the site, or delete it in static/_redirects",
    ),
    (
        "import/redirect-lost",
        "a rule of redirection cannot be kept",
        "write it as a line of static/_redirects",
    ),
    (
        "import/redirect-rule",
        "a rule of redirection works only on hosts that read `_redirects`",
        "write it into the rules of your host, if that is another",
    ),
    ("import/setting", "a setting of the archive is not used", "decide whether the new site needs it"),
    ("import/static", "files of the old site stay there", "copy them to static/ if readers need them"),
    (
        "import/unknown-section",
        "the site does not have the section",
        "add it to `sections` in bulletin.yaml, and move the files to its folder",
    ),
    ("import/unlisted", "the story was in no list, and is in lists here", "decide whether it may be"),
    ("import/update", "this version updates an earlier one", "compare the two"),
    (
        "import/url-taken",
        "an old URL belongs to another page of the site",
        "open that page, and decide which of the two the URL is to lead to",
    ),
];

/// What stories with a remark of this code have in common, and the way out.
pub(super) fn told(code: &str) -> Option<(&'static str, &'static str)> {
    KINDS.iter().find(|kind| kind.0 == code).map(|(_, what, help)| (*what, *help))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use regex::Regex;
    use walkdir::WalkDir;

    use super::*;

    /// Codes of problems that say themselves what to do, as they are told of one by one.
    const DIAGNOSTICS: &[&str] = &[
        "import/cannot-write",
        "import/running",
        "import/failed",
        "import/no-archive",
        "import/no-date",
        "import/no-file",
        "import/nothing",
        "import/report",
        "import/stdin",
        "import/unreadable",
        "import/unreviewed",
    ];

    #[test]
    fn every_code_has_its_sentence_and_way_out() {
        let code = Regex::new(r#""(import/[a-z0-9-]+)""#).unwrap();
        let mut used = BTreeSet::new();
        let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let files = WalkDir::new(src).into_iter().map(Result::unwrap);
        for file in files.filter(|file| file.path().extension().is_some_and(|kind| kind == "rs")) {
            if file.path().ends_with("cli/import/kinds.rs") {
                continue;
            }
            let text = fs::read_to_string(file.path()).unwrap();
            used.extend(code.captures_iter(&text).map(|found| found[1].to_owned()));
        }
        let known: BTreeSet<String> = KINDS.iter().map(|kind| kind.0.to_owned()).collect();
        assert_eq!(known.len(), KINDS.len());
        let all: BTreeSet<String> =
            known.into_iter().chain(DIAGNOSTICS.iter().map(|code| (*code).to_owned())).collect();
        assert_eq!(used.difference(&all).collect::<Vec<_>>(), [""; 0]);
    }
}
