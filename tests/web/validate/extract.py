"""Reads stories as web archives and search engines do → where these miss the headline, authors, date or text.

Web archives and news corpora use `trafilatura` and `htmldate`. They guess, so a site must be built so that they guess right.
"""

import re
from collections import Counter

import htmldate
import trafilatura

from .site import squeeze

# The share of words that must be found. The tools omit short texts that look like links or lists.
COVERED = 0.95
# Guesses about texts shorter than this are unreliable.
ENOUGH = 30


def check(site, report):
    """The stories of a site. There must be some."""
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
    """The tools remove tags from text that looks like HTML, and change quotes."""
    def letters(text):
        return re.sub(r"\W+", "", re.sub(r"<[^<>]*>", "", text or "")).lower()

    return letters(one) == letters(other)


def _authors(page, found):
    """All authors in the metadata. Ignores case and order, which the tool may change."""
    authors = (page.story or {}).get("author", [])
    names = [author.get("name", "") for author in (authors if isinstance(authors, list) else [authors])]
    theirs = {re.sub(r"\W+", "", name).lower() for name in found.split(";")} - {""}
    ours = {re.sub(r"\W+", "", name).lower() for name in names}
    return [] if theirs == ours else [f"authors `{found}`, not {names}"]


def _dates(page, found):
    """The publication day in the site's time zone by both tools, and the day of the last change."""
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
    # A Chinese or Japanese character counts as a word.
    return Counter(re.findall(r"[\u3040-\u9fff\uac00-\ud7af]|[^\W\u3040-\u9fff\uac00-\ud7af]+", text))


def _text(page, found):
    """The paragraphs of the text, split into words."""
    boxes = page.tree.xpath('//main//*[contains(concat(" ", @class, " "), " text ")]//*[self::p or self::li or self::h2 or self::h3]')
    wanted = sum((_words(box.text_content()) for box in boxes if not box.xpath("ancestor::li|ancestor::table|ancestor::figure")), Counter())
    total = sum(wanted.values())
    missing = wanted - _words(found)
    if total >= ENOUGH and sum(missing.values()) > total * (1 - COVERED):
        yield f"{sum(missing.values())} of {total} words are not found: {' '.join(list(missing)[:20])}"
