r"""The gate: what may leave a body, whatever made it. Pages, preview, panel and every export get only what passed here.

Python-Markdown leaves sanitising to its caller (python-markdown.github.io/sanitization), so each finished piece of HTML
is held against one list of elements, attributes and addresses. It is read strictly: what is not text, and no tag of
the form `<name key="value">` with its end in the right place, is a fault. Nothing is added to a body after it has
passed, save what fills its slots, and that is escaped there.

An address is a slot (`\x11h3\x12`), which linking fills with a page that exists, or begins with a scheme of `WEB`.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from digest.content.characters import NUMERIC, is_forbidden
from digest.content.swallowed import swallowed
from digest.content.syntax import WEB

if TYPE_CHECKING:
    from digest.content.reading import Reading

_EMPTY = frozenset({"br", "col", "hr", "img", "wbr"})
_ELEMENTS = _EMPTY | frozenset(
    """
    a abbr article aside b bdi bdo blockquote caption cite code colgroup data dd del details dfn div dl dt em
    figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup i ins kbd li mark nav ol p pre q rp rt ruby s samp section
    small span strong sub summary sup table tbody td tfoot th thead time tr u ul var
    """.split()  # noqa: SIM905 - words read better than a list of literals
)
_EVERYWHERE = frozenset({"class", "dir", "id", "lang", "title"})
_ATTRIBUTES = {
    "a": {"href", "hreflang"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "data": {"value"},
    "del": {"cite", "datetime"},
    "details": {"open"},
    "div": {"aria-label", "role", "tabindex"},
    "img": {"alt", "height", "src", "width"},
    "ins": {"cite", "datetime"},
    "li": {"value"},
    "ol": {"reversed", "start"},
    "pre": {"tabindex"},
    "q": {"cite"},
    "td": {"colspan", "headers", "rowspan", "style"},
    "th": {"abbr", "colspan", "headers", "rowspan", "scope", "style"},
    "time": {"datetime"},
}
_KNOWN = MappingProxyType({name: _EVERYWHERE | _ATTRIBUTES.get(name, set()) for name in _ELEMENTS})
ADDRESSES = frozenset({"cite", "href", "src"})
"""Attributes that hold an address."""

_ALIGNED = frozenset({"text-align: left;", "text-align: center;", "text-align: right;"})
"""The only style there is: a table's columns are aligned so."""

_TAG = re.compile(r'(/?)([a-z][a-z0-9]*)((?: [a-z][a-z-]*="[^"<>]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_SIMPLE = frozenset(f"{end}{name}" for name in _ELEMENTS - _EMPTY for end in ("", "/"))
_SLOT = re.compile("\x11h\\d+\x12")
_SLOTS = re.compile("\x11[hqn]\\d+\x12")
_CONTROL = re.compile(f"{_SLOTS.pattern}|[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_NO_SLOTS = re.compile("[\x00-\x08\x0b-\x0f\x13-\x1f\x7f-\x9f]")
"""Control characters that neither slots nor marks of ids are made of."""

_REMEMBERED = 2048
"""Tags that are remembered: some 300 KB."""

OWN = "\x10"
"""Stands before an id that we have given, in a tree and in HTML before the gate; any other id is a writer's."""


@dataclass(frozen=True, slots=True)
class Gate:
    """Passes the HTML of one body, whose reading knows which ids are taken and where words stand in the source."""

    reading: Reading
    raw_html: bool

    def passed(self, markup: str) -> str:
        """Return what may be published of a finished piece of HTML; what may not is a problem of the reading's.

        A piece with a fault is given back as text, so that a preview shows it and runs nothing.
        """
        markup = self._without_controls(markup)
        if self.raw_html:
            if lost := swallowed(markup):
                self.reading.report("lost-text", lost.message, self.reading.find(lost.piece), hint=lost.hint)
                return html.escape(_plain(markup))
            markup = self._sanitised(markup)
        fault = self._fault(markup)
        if fault:
            message = f"this body would publish `{fault[:80]}`, which no page may hold"
            self.reading.report(
                "unsafe-markup", message, self.reading.find(fault), hint="write it in another way, or as code"
            )
            return html.escape(_plain(markup))
        return self._with_unique_ids(markup).replace(f'id="{OWN}', 'id="')

    def _without_controls(self, markup: str) -> str:
        """Drop control characters and references to them: marks and slots are made of such, and ours alone count."""
        if "&#" in markup:
            markup = NUMERIC.sub(self._reference, markup)
        slots = len(_SLOTS.findall(markup))
        if markup.count("\x11") == markup.count("\x12") == slots and not _NO_SLOTS.search(markup):
            return markup  # as nearly always; looking at each slot takes four times as long
        return _CONTROL.sub(lambda found: found[0] if len(found[0]) > 1 or found[0] == OWN else "", markup)

    def _reference(self, found: re.Match[str]) -> str:
        if not is_forbidden(found[0]):
            return found[0]
        message = f"`{found[0]}` stands for a character that cannot be published"
        self.reading.report("control-character", message, self.reading.find(found[0]), hint="delete it")
        return "\ufffd"

    def _fault(self, markup: str) -> str:
        """Return the first piece that may not be published, or ""."""
        opened: list[str] = []
        for piece in markup.split("<")[1:]:
            tag, end, _ = piece.partition(">")
            if not end or tag not in _SIMPLE:
                name = _passing(tag + end)
                if not name:
                    return f"<{tag}>"
                if name in _EMPTY:
                    continue
                tag = name
            if tag[0] != "/":
                opened.append(tag)
            elif not opened or opened.pop() != tag[1:]:
                return f"<{tag}>"
        return f"<{opened[-1]}>" if opened else ""

    def _with_unique_ids(self, markup: str) -> str:
        """Give a writer's ids a number where they are taken, as those of headings."""
        if markup.count(' id="') == markup.count(f' id="{OWN}'):
            return markup
        return re.sub(f'(<[^<>]*? id=")([^"{OWN}]*)"', lambda found: f'{found[1]}{self._unique(found[2])}"', markup)

    def _unique(self, name: str) -> str:
        return self.reading.unique(re.sub(r"\s", "-", name) or "section")

    def _sanitised(self, markup: str) -> str:
        """Clean HTML that may hold the writer's own; its addresses become links, to be followed like all others."""
        import nh3  # noqa: PLC0415 - few let HTML through

        def allowed(_tag: str, attribute: str, value: str) -> str | None:
            if attribute in ADDRESSES:
                return value if is_address(value) else self.reading.late_link(value)
            return None if attribute == "style" and value not in _ALIGNED else value

        return nh3.clean(
            markup,
            tags=set(_ELEMENTS),
            attributes={name: set(known) for name, known in _KNOWN.items()},
            attribute_filter=allowed,
            url_schemes={"http", "https", "mailto"},
            link_rel=None,
            strip_comments=True,
        )


def is_address(value: str) -> bool:
    """Tell whether an attribute's value may be published as an address: a slot, or an address of the web."""
    return bool(_SLOT.fullmatch(value) or WEB.match(value))


@lru_cache(_REMEMBERED)
def _passing(tag: str) -> str:
    """Return the name in a tag that may stand, `p` or `/p`, or ""; a body's tags are mostly those of another."""
    found = _TAG.fullmatch(tag)
    if not found:
        return ""
    end, name, attributes = found.groups()
    if name not in _ELEMENTS or (end and (attributes or name in _EMPTY)):
        return ""
    known = _KNOWN[name]
    good = all(key in known and _may_be(key, value) for key, value in _ATTRIBUTE.findall(attributes))
    return f"{end}{name}" if good else ""


def _may_be(key: str, value: str) -> bool:
    if key in ADDRESSES:
        return is_address(value)
    return key != "style" or value in _ALIGNED


def _plain(markup: str) -> str:
    """Return markup without slots: they would be filled in what is shown as text."""
    return _CONTROL.sub("", markup)
