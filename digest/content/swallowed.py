"""What a writer's own HTML would swallow: words that would stand on no page, though nobody meant to leave them out.

A browser, and so the sanitiser, makes something of everything: what stands in `<Ann and Bob>` is a tag's name and its
attributes, and all that follows a `<!--` which nothing closes is a comment. HTML is read here as they do (HTML Living
Standard, 13.2.5), but strictly: the first piece that is neither a whole tag of HTML nor a whole comment is refused.

Left out without a word is only what the manual says: comments, tags and attributes that pages do not hold, and what
scripts and styles hold.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_ATTRIBUTE = r"""([^\s/>"'<=]++)(\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s"'<>]++))?+[\s/]*+"""
_ATTRIBUTES = re.compile(_ATTRIBUTE)
_TAG = re.compile(rf"<([a-z][^\s/>]*+)[\s/]*+((?:{_ATTRIBUTE})*+)>", re.IGNORECASE)
_END_TAG = re.compile(r"</([a-z][^\s/>]*+)\s*+>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--(?:-?>|.*?--!?>)", re.DOTALL)
_MARKUP = re.compile(r"<(?=[a-z!?]|/.)", re.IGNORECASE | re.DOTALL)
"""Where markup begins; any other `<` is text."""

_ANY_TAG = re.compile(r"<[^<>]*+>")
_WORD = re.compile(r"\w")

_SHOWN = re.compile(r"<[^<>\n]{0,40}>?")

_ELEMENTS = frozenset(
    """
    a abbr acronym address applet area article aside audio b base basefont bdi bdo bgsound big blink blockquote body br
    button canvas caption center cite code col colgroup data datalist dd del details dfn dialog dir div dl dt em embed
    fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe img
    input ins kbd label legend li link main map mark marquee menu meta meter nav nobr noembed noframes noscript object
    ol optgroup option output p param picture pre progress q rb rp rt rtc ruby s samp script search section select slot
    small source span strike strong style sub summary sup table tbody td textarea tfoot th thead time title tr track tt
    u ul var video wbr xmp
    """.split()  # noqa: SIM905 - words read better than a list of literals
)
"""The elements of HTML, old ones too. Not `plaintext`, which ends with the page."""

_WHOLE = frozenset({"math", "svg", "template"})
"""Elements that are left out with all that is in them."""

_PLAIN = frozenset({"iframe", "noembed", "noframes", "script", "style", "textarea", "title", "xmp"})
"""Elements in which a tag is text, until their own end."""

_FLAGS = frozenset(
    """
    allowfullscreen alt async autofocus autoplay checked class compact contenteditable controls crossorigin default
    defer disabled download draggable hidden href id inert ismap itemscope lang loop multiple muted name nomodule
    noshade novalidate nowrap open playsinline popover readonly required reversed selected spellcheck src style title
    translate value
    """.split()  # noqa: SIM905 - as above
)
"""Attributes that somebody writes without a value; a word that is none was meant to be read."""


class Swallowed(NamedTuple):
    """A piece of HTML as it is written, or how it begins; what is wrong with it, and the way out."""

    piece: str
    message: str
    hint: str


def swallowed(markup: str) -> Swallowed | None:
    """Return the first piece of HTML that would take words with it; None where nothing does."""
    at = 0
    while found := _MARKUP.search(markup, at):
        at = found.start()
        end, message, hint = _read(markup, at)
        if message:
            shown = _SHOWN.match(markup, at)
            piece = shown[0] if shown else "<"
            return Swallowed(piece, message.format(piece), hint)
        at = end
    return None


_AS_TEXT = "write `&lt;` for a `<` that is text"


def _read(markup: str, at: int) -> tuple[int, str, str]:
    """Return where a piece of markup ends, or what is wrong with it, and the way out."""
    if markup.startswith("<!--", at):
        comment = _COMMENT.match(markup, at)
        return (comment.end(), "", "") if comment else (at, "this comment is never closed", "close it with `-->`")
    if markup[at + 1] in "!?":
        return at, "`{}` would be on no page", _AS_TEXT
    if markup[at + 1] == "/":
        tag = _END_TAG.match(markup, at)
        return (tag.end(), "", "") if tag and tag[1].lower() in _ELEMENTS else (at, "`{}` ends no element", _AS_TEXT)
    return _read_tag(markup, at)


def _read_tag(markup: str, at: int) -> tuple[int, str, str]:
    tag = _TAG.match(markup, at)
    if not tag:
        return at, "the tag `{}` is not whole", f"close it with `>`, and its quotes; {_AS_TEXT}"
    name = tag[1].lower()
    if name in _WHOLE:
        return _read_whole(markup, tag, name)
    if name not in _ELEMENTS:
        return at, "`{}` is no element that a page can hold", _AS_TEXT
    for key, value in _ATTRIBUTES.findall(tag[2]):
        if not value and key.lower() not in _FLAGS and not key.startswith(("aria-", "data-")):
            return at, f"`{key}` in `{{}}` would be on no page", _AS_TEXT
    if name not in _PLAIN:
        return tag.end(), "", ""
    end = _end_of(markup, tag, name)
    return (end, "", "") if end >= 0 else (at, "`{}` is never closed", f"close it with `</{name}>`")


def _read_whole(markup: str, tag: re.Match[str], name: str) -> tuple[int, str, str]:
    """Return the end of an element that is left out whole, if no words stand in it: a drawing has none, mostly."""
    at, end = tag.start(), _end_of(markup, tag, name)
    if end < 0:
        return at, "`{}` is never closed", f"close it with `</{name}>`"
    if _WORD.search(_ANY_TAG.sub("", markup[tag.end() : end])):
        return at, "`{}` is left out, with the words in it", "write them outside of it"
    return markup.index(">", end) + 1 if ">" in markup[end:] else len(markup), "", ""


def _end_of(markup: str, tag: re.Match[str], name: str) -> int:
    """Return where an element's end tag begins, or -1."""
    end = re.compile(rf"</{name}(?=[\s/>])", re.IGNORECASE).search(markup, tag.end())
    return end.start() if end else -1
