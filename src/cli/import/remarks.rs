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
        "import/attachment",
        "an attachment of a mail is left out",
        "save it from the mail, and import it by itself if it is copy",
    ),
    (
        "import/byline",
        "a byline is an e-mail address, which is never published",
        "write the name under `authors`",
    ),
    (
        "import/changes",
        "a document has tracked changes, which are taken as accepted",
        "compare the story with the document",
    ),
    (
        "import/code-injection",
        "code that the old site added to its pages is left out",
        "put it into a template if readers need it",
    ),
    (
        "import/comments",
        "comments of readers are kept in data/comments, and no page shows them",
        "show them with `data()` in a template if the site is to have them",
    ),
    (
        "import/component",
        "the tags of a component are left out, and the text between them stays",
        "write Markdown or HTML in their place if readers need it",
    ),
    ("import/correction", "this version corrects an earlier one", "say what was wrong under `corrections`"),
    ("import/date", "a date cannot be read", "write it into the file"),
    (
        "import/directive",
        "a directive that only the old site knew stands in the text as code",
        "write Markdown or HTML in its place",
    ),
    (
        "import/embargo",
        "an embargo has no time that can be read, so the story is withheld",
        "write the time under `embargo`",
    ),
    ("import/embed", "an embed from another site is a link now", "embed it again if readers need it there"),
    ("import/encoding", "the encoding was guessed", "look for wrong letters"),
    (
        "import/front-matter",
        "a key of the old front matter has no meaning here",
        "find its value under `extra` or in the old file",
    ),
    (
        "import/held-back",
        "the story is a draft, as its release cannot be read",
        "correct its date or status, then remove `draft`",
    ),
    ("import/html", "a whole page of HTML was read", "delete menus and the like from the text"),
    ("import/link", "the archive has no page for a link", "correct the link, or delete it"),
    (
        "import/liquid",
        "a Liquid tag stands in the text unchanged",
        "map it in `import.map.yaml`, then run `bulletin import --remap`",
    ),
    ("import/mail", "some mails of a mailbox gave no story", "import them one by one if they are copy"),
    (
        "import/missing-file",
        "a picture or file is not in the archive",
        "add the file, or remove what shows it",
    ),
    ("import/new-tags", "tags are new to the site", "delete those that you do not want"),
    ("import/no-headline", "the first words serve as headline, as there was none", "write a headline"),
    ("import/no-year", "the date has no year", "give the year with --date, or write the date into the file"),
    (
        "import/not-used",
        "the value of a front matter key cannot be read, and is not used",
        "write a value that the site can read",
    ),
    ("import/notes", "notes to the desk stand under the text", "delete them there"),
    (
        "import/object",
        "objects of a document that browsers cannot show are left out",
        "save them as pictures, and add them by hand",
    ),
    ("import/picture", "a picture did not come along", "add the file by hand"),
    (
        "import/post-type",
        "posts of a custom type are articles in a section of that name now",
        "move them to another section, or delete them",
    ),
    ("import/quoted", "a quoted mail is left out", "add it by hand if it is part of the story"),
    ("import/redirects", "redirects by pattern are not taken over", "add them to the rules of your host"),
    (
        "import/remote-picture",
        "pictures are still on the old host",
        "put the folder with the old site's uploads beside the export, and import again with --update",
    ),
    (
        "import/runs-code",
        "markup that could run code on the page is left out",
        "write plain HTML if readers need it",
    ),
    (
        "import/section",
        "the site does not have the section, which is kept under `extra`",
        "add it to `sections` in bulletin.yaml, and move the files to its folder",
    ),
    (
        "import/shortcode",
        "a shortcode of the old generator stands in the text unchanged",
        "map it in `import.map.yaml`, then run `bulletin import --remap`",
    ),
    (
        "import/skipped",
        "the export has entries that are not stories",
        "add them by hand if readers need them",
    ),
    (
        "import/status",
        "the old status does not exist here, so the story is held back",
        "release it, or leave it a draft",
    ),
    (
        "import/sticky",
        "the old site pinned the story to the top of lists",
        "write under `pinned_until` how long it stays there",
    ),
    ("import/text", "the export does not have the text of the story", "add it by hand"),
    (
        "import/timezone",
        "the time zone is a guess from the times of the stories",
        "correct `timezone` in bulletin.yaml if it is wrong",
    ),
    ("import/title", "the story has no title of its own, so its title is made up", "write a title"),
    (
        "import/undated",
        "the story has no date",
        "write it into the file, then remove `draft` if readers may see the story",
    ),
    ("import/document-comments", "comments in a document are left out", "read them in the document"),
    ("import/dropped", "an element has no place in Markdown, and is left out", "add what it showed by hand"),
    (
        "import/redirect",
        "a redirect leads to a page that the site does not have",
        "correct or delete it in static/_redirects",
    ),
    (
        "import/redirect-circle",
        "redirects lead in a circle, and are left out",
        "add them to `redirects` in bulletin.yaml with the right target",
    ),
    ("import/redirect-lost", "a redirect rule cannot be kept", "write it as a line of static/_redirects"),
    (
        "import/redirect-rule",
        "a redirect rule works only on hosts that read static/_redirects",
        "add it to the rules of your host if yours does not",
    ),
    ("import/setting", "a setting of the archive is not used", "decide whether the new site needs it"),
    (
        "import/static-hidden",
        "a hidden file of the old site is left out",
        "copy it to static/ if readers need it",
    ),
    (
        "import/static-made",
        "a file of the old site is left out, as the site makes its own of that name",
        "compare the two if the old one was written by hand",
    ),
    (
        "import/static-secret",
        "a file of the old site is left out, as it may hold a secret",
        "copy it to static/ only if everybody may read it",
    ),
    (
        "import/static-taken",
        "a file of the old site is left out, as a page of the site has its URL",
        "decide which of the two the URL belongs to",
    ),
    (
        "import/static-template",
        "a file of the old site is left out, as it is a template of the old generator",
        "copy what the old site made of it to static/",
    ),
    (
        "import/unknown-section",
        "the site does not have the section",
        "add it to `sections` in bulletin.yaml, and move the files to its folder",
    ),
    (
        "import/unlisted",
        "the old site listed the story nowhere, and lists here show it",
        "make it a draft if readers should not find it",
    ),
    ("import/update", "this version updates an earlier one", "compare the two"),
    (
        "import/url-taken",
        "an old URL belongs to another page of the site",
        "decide which of the two pages the URL belongs to",
    ),
];

/// What stories with a remark of this code have in common, and the way out.
pub(super) fn describe(code: &str) -> Option<(&'static str, &'static str)> {
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

    /// Codes of problems that are reported one by one, each with its own help.
    const DIAGNOSTICS: &[&str] = &[
        "import/cannot-write",
        "import/running",
        "import/failed",
        "import/map",
        "import/no-archive",
        "import/no-date",
        "import/no-file",
        "import/nothing",
        "import/remap",
        "import/report",
        "import/stdin",
        "import/unknown-folder",
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
            if file.path().ends_with("cli/import/remarks.rs") {
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
