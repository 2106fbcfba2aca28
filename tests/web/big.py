#!/usr/bin/env python3
"""Writes the sources of a site with groups of short stories in several languages. The result is always the same.

usage: big.py DIR COUNT/START/SECONDS…

Each group has COUNT stories. The first is published at START, each of the others SECONDS after the previous one. Does not write `themes`.
"""

import sys
from datetime import datetime, timedelta
from pathlib import Path

SETTINGS = """title: The Long Count
base_url: https://big.example/
description: Many short stories
language: en
timezone: Asia/Kathmandu
lists: {per_page: 100, archives: true}
sections: [{slug: world, title: World}, {slug: port, title: Port}]
feeds: {site: [rss, atom, json], lists: [rss], of: [section, tag, author, series]}
api: true
publisher: {name: The Long Count}
"""
# Language → headline, deck, text, topics, authors.
WORDS = {
    "en": ("Ferry {} leaves & arrives", "“On time”, said the harbour <office>", "Ferry {} left the berth at dawn and was back before noon.", ["Ferries", "Port", "Weather"], ["Harbour desk", "Data desk"]),
    "el": ("Το πλοίο {} στο λιμάνι", "Έφτασε στην ώρα του", "Το πλοίο {} έφυγε το πρωί και γύρισε πριν από το μεσημέρι.", ["Λιμάνι", "Port"], ["Γραφείο λιμανιού"]),
    "ar": ("السفينة {} تصل إلى الميناء", "وصلت في موعدها", "غادرت السفينة {} الرصيف فجرًا وعادت قبل الظهر.", ["ميناء", "Port"], ["مكتب الميناء"]),
    "ja": ("フェリー{}号が入港", "定刻に到着した", "フェリー{}号は夜明けに出港し、正午前に戻った。", ["港", "Weather"], ["港湾部"]),
}


def main():
    folder, *groups = sys.argv[1:]
    root = Path(folder)
    for section in ("world", "port"):
        (root / "content" / section).mkdir(parents=True, exist_ok=True)
    (root / "bulletin.yaml").write_text(SETTINGS)
    (root / "content/about.md").write_text("---\ntitle: About this count\n---\nIt counts ferries.\n")
    number = 0
    for group in groups:
        count, start, seconds = group.split("/")
        for i in range(int(count)):
            number += 1
            write(root, number, datetime.fromisoformat(start) + timedelta(seconds=int(seconds) * i))


def write(root, number, date):
    """A story. Every seventh is in a series, every eleventh has a type, and every thirteenth was corrected after ten minutes."""
    language = list(WORDS)[number % len(WORDS)]
    headline, deck, text, topics, authors = WORDS[language]
    section = ("world", "port")[number % 2]
    lines = [f"title: \"{headline.format(number)}\"", f"deck: {deck}", f"date: {date.isoformat()}", f"lang: {language}",
             f"tags: [{', '.join(topics)}]", f"authors: [{authors[number % len(authors)]}]"]
    if number % 7 == 0:
        lines.append(f"series: Log {number // 700}")
    if number % 11 == 0:
        lines.append("type: brief")
    if number % 13 == 0:
        later = (date + timedelta(minutes=10)).isoformat()
        lines.append(f"corrections: [{{date: {later}, text: It was before one.}}]")
    front = "\n".join(lines)
    (root / "content" / section / f"ferry-{number}.md").write_text(f"---\n{front}\n---\n{text.format(number)}\n")


if __name__ == "__main__":
    main()
