#!/usr/bin/env python3
"""Writes a synthetic news archive with COUNT stories, in the front matter of a generator.

usage: corpus.py OUT COUNT [--flavour ours|hugo] [--seed N]

Writes OUT/content/YYYY/MM/SLUG.md, and OUT/corpus.json with the number of stories in each list. A story has about 420
words, a deck, a byline, a dateline, one of six sections, two to five of 500 tags (a few tags have most of the stories),
quotes and links; some have a list, a sub-heading or a table. The archive always spans ten years. The same arguments
give the same bytes, and the flavours differ only in the names of front matter keys.
"""
import argparse
import datetime
import json
import os
import random
from collections import Counter

SECTIONS = ["world", "politics", "business", "science", "culture", "sport"]
START = datetime.datetime(2016, 1, 1, 6, 0, tzinfo=datetime.timezone.utc)
MINUTES = 10 * 365 * 24 * 60
CONSONANTS = "bdklmnrstvz"


def invented_words(rng, count):
    """This many different invented words."""
    words = set()
    while len(words) < count:
        syllables = rng.choice([1, 2, 2, 3, 3, 4])
        words.add("".join(rng.choice(CONSONANTS) + rng.choice("aeiou") for _ in range(syllables)))
    return sorted(words)


class Writer:
    """Invents stories. Their text is sliced from one long text, since choosing each word would be too slow."""

    def __init__(self, seed):
        self.rng = rng = random.Random(seed)
        vocabulary = invented_words(rng, 4000)
        self.pool = rng.choices(vocabulary, [1 / (rank + 3) for rank in range(4000)], k=400_000)
        self.tags = [f"{word}-{number}" for number, word in enumerate(invented_words(rng, 500))]
        self.weights = [1 / (rank + 4) for rank in range(500)]
        self.people = [" ".join(rng.sample(vocabulary, 2)).title() for _ in range(80)]
        self.places = [word.title() for word in rng.sample(vocabulary, 200)]

    def words(self, count):
        start = self.rng.randrange(len(self.pool) - count)
        return " ".join(self.pool[start:start + count]).capitalize()

    def sentence(self, count):
        return self.words(count) + "."

    def paragraph(self):
        rng, kind = self.rng, self.rng.random()
        if kind < 0.08:
            return "> " + self.sentence(18)
        if kind < 0.12:
            return "## " + self.words(5)
        if kind < 0.15:
            return "\n".join("- " + self.sentence(9) for _ in range(4))
        if kind < 0.16:
            rows = [f"| {rng.choice(self.places)} | {rng.randint(1, 9999)} |" for _ in range(5)]
            return "\n".join(["| place | votes |", "|---|---|", *rows])
        if kind < 0.30:
            link = f"[{self.words(3)}](https://example.org/{rng.randrange(10**6)})"
            return f"{self.words(12)} {link} **{rng.choice(self.pool)}** {self.sentence(12)}"
        if kind < 0.50:
            return f'"{self.sentence(16)}" {rng.choice(self.people)} told reporters in *{rng.choice(self.places)}*.'
        return self.sentence(14) + " " + self.sentence(15)

    def story(self, number, date):
        rng = self.rng
        title = self.words(rng.randint(5, 9))
        tags = rng.choices(self.tags, self.weights, k=rng.randint(2, 5))
        return {
            "title": title,
            "slug": f"{title.lower().replace(' ', '-')}-{number}",
            "date": date,
            "deck": self.sentence(14),
            "author": rng.choice(self.people),
            "dateline": rng.choice(self.places),
            "section": rng.choice(SECTIONS),
            "tags": list(dict.fromkeys(tags)),
            "body": "\n\n".join(self.paragraph() for _ in range(rng.randint(12, 18))) + "\n",
        }


def date_of(number, count):
    """The publication time of a story. The last story is the newest."""
    return START + datetime.timedelta(minutes=number * max(1, MINUTES // count))


def source(story, flavour):
    """The content of a story's file."""
    hugo = flavour == "hugo"
    return "\n".join([
        "---",
        f'title: "{story["title"]}"',
        f"date: {story['date']:%Y-%m-%dT%H:%M:%SZ}",
        f'{"description" if hugo else "deck"}: "{story["deck"]}"',
        f'authors: ["{story["author"]}"]',
        f"dateline: {story['dateline']}",
        f"sections: [{story['section']}]" if hugo else f"section: {story['section']}",
        "tags:",
        *(f"  - {tag}" for tag in story["tags"]),
        "---",
        story["body"],
    ])


def place(story):
    """The path of a story, for its file in content/ and for its page."""
    return f"{story['date']:%Y/%m}/{story['slug']}"


def write(root, story, flavour):
    path = os.path.join(root, "content", place(story) + ".md")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(source(story, flavour))


def main():
    arguments = argparse.ArgumentParser(usage=__doc__.split("usage: ")[1].split("\n")[0])
    arguments.add_argument("out")
    arguments.add_argument("count", type=int)
    arguments.add_argument("--flavour", choices=["ours", "hugo"], default="ours")
    arguments.add_argument("--seed", type=int, default=7)
    options = arguments.parse_args()
    writer, sections, tags = Writer(options.seed), Counter(), Counter()
    for number in range(options.count):
        story = writer.story(number, date_of(number, options.count))
        write(options.out, story, options.flavour)
        sections[story["section"]] += 1
        tags.update(story["tags"])
        if number == options.count // 2:
            middle = place(story)
    with open(os.path.join(options.out, "corpus.json"), "w") as file:
        json.dump({"stories": options.count, "middle": middle, "sections": sections, "tags": tags}, file)


if __name__ == "__main__":
    main()
