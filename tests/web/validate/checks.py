"""The checks by name, and a function that runs some of them on a site."""

from . import extract, feed_files, feedparser_reads, feeds, headers, jsonld, links, ninjs, pages, redirects, sitemaps, trust, xml_files

# Each check gets a site, its feeds as read by `feeds`, and the report.
ALL = {
    "xml": lambda site, read, report: xml_files.check(site, report),
    "feeds": lambda site, read, report: read.update(feeds.check(site, report)),
    "feedparser": lambda site, read, report: feedparser_reads.check(site, read, report),
    "sitemaps": lambda site, read, report: sitemaps.check(site, report),
    "pages": lambda site, read, report: pages.check(site, report),
    "jsonld": lambda site, read, report: jsonld.check(site, report),
    "ninjs": lambda site, read, report: ninjs.check(site, read, report),
    "links": lambda site, read, report: links.check(site, report),
    "redirects": lambda site, read, report: redirects.check(site, report),
    "headers": lambda site, read, report: headers.check(site, report),
    "trust": lambda site, read, report: trust.check(site, report),
    "extract": lambda site, read, report: extract.check(site, report),
}


def run(site, report, names):
    """Runs checks on a site, in order. Returns its feeds as plain data if `feeds` is one of the checks."""
    read = {}
    for name, check in ALL.items():
        if name in names:
            check(site, read, report)
    return [feed_files.as_data(path, feed) for path, feed in read.items()]
