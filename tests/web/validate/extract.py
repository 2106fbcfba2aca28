"""Pages of stories as archives and search engines of the world read them → where they miss the headline, authors, date or text.

`trafilatura` and `htmldate` are what web archives and corpora of news are made with. They guess, so a site is right when their guesses are.
"""

import re
from collections import Counter

import htmldate
import trafilatura

from .site import squeeze

# Of a text, so many words must be found; the tools leave out what looks like links and lists of little use.
COVERED = 0.95
# Of texts that are shorter than this, a guess is none.
ENOUGH = 30


def check(site, report):
    """The stories of a site, of which there must be some."""
    report("extract-exists", site.where(""), [] if site.articles else ["no story at all"])
    for path, page in site.articles.items():
        where = site.where(path)
        found = trafilatura.bare_extraction(page.html, url=page.url, with_metadata=True, include_comments=False, include_tables=True,
                                            favor_recall=True)
        found = found.as_dict() if found else {}
        title = squeeze(found.get("title") or "")
        report("extract-title", where, [] if _alike(title, page.headline) else [f"title `{title}`, not `{page.headline}`"])
        report("extract-author", where, _authors(page, found.get("author") or ""))
        report("extract-date", where, _dates(page, found))
        report("extract-text", where, _text(page, found.get("text") or ""))


def _alike(one, other):
    """The tools cut tags out of what looks like HTML, and change quotes."""
    def letters(text):
        return re.sub(r"\W+", "", re.sub(r"<[^<>]*>", "", text or "")).lower()

    return letters(one) == letters(other)


def _authors(page, found):
    """All authors of the data. Upper and lower case are as the tool has it, and so is the order."""
    authors = (page.story or {}).get("author", [])
    names = [author.get("name", "") for author in (authors if isinstance(authors, list) else [authors])]
    theirs = {re.sub(r"\W+", "", name).lower() for name in found.split(";")} - {""}
    ours = {re.sub(r"\W+", "", name).lower() for name in names}
    return [] if theirs == ours else [f"authors `{found}`, not {names}"]


def _dates(page, found):
    """The day of publication, in the site's zone, by both tools; and that of the last change."""
    exactly = (page.story or {}).get("datePublished") or page.meta("article:published_time") or ""
    published = exactly[:10]
    date = htmldate.find_date(page.html, url=page.url, original_date=True, outputformat="%Y-%m-%d")
    if date != published:
        yield f"htmldate says {date}, not {published}"
    if found.get("date") != published:
        yield f"trafilatura says {found.get('date')}, not {published}"
    exact = htmldate.find_date(page.html, url=page.url, original_date=True, outputformat="%Y-%m-%dT%H:%M:%S", extensive_search=False)
    if exact and not exact.endswith("T00:00:00") and exact != exactly[:19]:
        yield f"htmldate says {exact}, not {exactly}"
    changed = page.modified and htmldate.find_date(page.html, url=page.url, original_date=False, outputformat="%Y-%m-%d")
    if changed and changed != page.modified.date().isoformat():
        yield f"htmldate says that it was changed {changed}, not {page.modified.date()}"


def _words(text):
    # A letter of Chinese or Japanese is a word here.
    return Counter(re.findall(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff\uac00-\ud7af]+", text))


def _text(page, found):
    """The paragraphs of the text, word by word."""
    boxes = page.tree.xpath('//main//*[contains(concat(" ", @class, " "), " text ")]//*[self::p or self::li or self::h2 or self::h3]')
    wanted = sum((_words(box.text_content()) for box in boxes if not box.xpath("ancestor::li|ancestor::table|ancestor::figure")), Counter())
    total = sum(wanted.values())
    missing = wanted - _words(found)
    if total >= ENOUGH and sum(missing.values()) > total * (1 - COVERED):
        yield f"{sum(missing.values())} of {total} words are not found: {' '.join(list(missing)[:20])}"
