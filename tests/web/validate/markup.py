"""Checks HTML in feeds and in the API: elements that feed readers remove or render incorrectly."""

import re

import html5lib
import lxml.html
from lxml import etree

# Elements that feed readers and partners remove, or that run code.
FORBIDDEN = {"script", "style", "iframe", "object", "embed", "form", "input", "button", "textarea", "select", "meta", "link",
             "base", "frame", "frameset", "noscript", "template", "applet", "portal", "dialog"}
URLS = {"href", "src", "cite", "poster", "data", "action", "formaction", "longdesc", "background"}
# URL schemes that a text may link to.
SCHEMES = re.compile(r"(https?://[^\s]|mailto:|tel:|sms:|geo:)", re.I)


def parse(html):
    """The fragment as a tree, as browsers parse it, in one root element."""
    return lxml.html.fragment_fromstring(html or "", create_parent="div")


def canonical(html):
    """HTML in a canonical form, so that equivalent texts are equal."""
    return lxml.html.tostring(parse(html), encoding="unicode")


def words(html):
    """The text without tags, with single spaces."""
    return " ".join(parse(html).text_content().split())


def faults(html):
    """All problems of a text for other sites: syntax, elements, event handlers and URLs. Parses as browsers do."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    root = parser.parseFragment(html or "")
    # Errors of the standard's own parser, such as unclosed or misnested elements.
    found = [f"not well-formed: {html5lib.constants.E.get(code, code) % data}" for _, code, data in parser.errors]
    for element in root.iter():
        if not isinstance(element.tag, str):
            found.append(f"a comment: {element.text}")
            continue
        if element.tag.split("}")[-1] in FORBIDDEN and not _is_task(element):
            found.append(f"<{element.tag}> in the text")
        for name, value in element.attrib.items():
            if name.startswith("on") or name in ("style", "srcdoc"):
                found.append(f'{name}="{value}" in the text')
            found += [f'{name}="{url}" is not absolute' for url in _urls(name.split("}")[-1], value) if not SCHEMES.match(url)]
    return found


def urls(html):
    """All URLs in the text."""
    return [url for element in parse(html).iter(etree.Element) for name, value in element.attrib.items() for url in _urls(name, value)]


def _urls(name, value):
    if name in URLS:
        return [value]
    return [part.split()[0] for part in value.split(",") if part.strip()] if name == "srcset" else []


def _is_task(element):
    """The checkbox of a task list is disabled."""
    return element.tag == "input" and element.get("type") == "checkbox" and "disabled" in element.attrib
