"""Content that attacks the preview, in a real browser: none of it runs, none of it writes, and the page goes on.

Bodies never hold scripts, for they are sanitised. That is not relied upon here: the theme prints a title as it stands,
so that whatever an entry's title holds becomes part of the page.
"""

from __future__ import annotations

import io
import json
import wave
from html import escape
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.support.preview import Served, eventually, serving
from tests.support.site import Site
from tests.test_preview_browser import opened, read, tabs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page

B, PAGE_B = "content/articles/2024-01-02-b.md", "/articles/2024/01/b/"
TEXT_B = "---\ntitle: Second entry\n---\nOther words.\n"
ATTACK = """(async () => {
globalThis.pwned = 1;
try { top.pwned = 1; } catch { /* in a sandbox */ }
const page = await (await fetch("/articles/2024/01/b/")).text();
const facts = JSON.parse(page.match(/<script type="application.json"[^>]*>(.*?)<.script>/)[1]);
const headers = {"Content-Type": "application/json", "X-Digest-Token": facts.edit.token};
const note = {path: facts.source, digest: facts.edit.digest, selection: "Other", kind: "context", text: "By content."};
await fetch("/_digest/annotate", {method: "POST", headers, body: JSON.stringify(note)});
})()""".replace("\n", " ")
"""What reads the token and another entry's digest, and writes a note into that entry."""

QUOTED = escape(ATTACK)
FORGED = json.dumps({"key": "k", "problems": "", "source": "a", "open": f"javascript:{ATTACK}", "edit": None})
FILES = {
    "digest.yaml": "title: Ferry watch\ntheme: mine\n",
    "themes/mine/theme.yaml": "name: mine\nextends: broadsheet\n",
    "themes/mine/templates/article.html": """{% extends "broadsheet/article.html" %}
{% block main %}<div class="hole">{{ page.head.title | safe }}</div>{{ super() }}
<script>(window.ran = window.ran || []).push("inline");</script>
<SCRIPT
  async src="{{ static("app.js") | href }}"></SCRIPT>
<script>document.write("<script>ran.push('written');<" + "/script>");</script>
{% endblock %}
""",
    "themes/mine/templates/base.html": """{% extends "broadsheet/base.html" %}
{% block head %}{{ super() }}<Script{% if page %} defer{% endif %} src="{{ static("more.js") | href }}"></Script>{% endblock %}
""",
    "themes/mine/static/app.js": """
const added = Object.assign(document.createElement("script"), {nonce: document.currentScript.nonce});
added.textContent = "(window.ran = window.ran || []).push('added')";
document.head.append(added);
(window.ran = window.ran || []).push("file");
""",
    "themes/mine/static/more.js": "(window.ran = window.ran || []).push('in capitals');",
    B: TEXT_B,
    "content/files/evil.js": ATTACK,
    "content/files/evil.html": f"<!doctype html><title>Evil</title><h1>Shown</h1><script>{ATTACK}</script>"
    f"<img src=x onerror='{QUOTED}'><a href='javascript:{QUOTED}'>click</a>",
    "content/files/evil.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40">'
    f'<style>rect {{ fill: red }}</style><rect width="40" height="40"/><script>{QUOTED}</script></svg>',
    "content/files/evil.xhtml": '<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Evil</title></head>'
    f"<body><h1>Shown</h1><script>{QUOTED}</script></body></html>",
    "content/files/evil.xml": f'<x><s:script xmlns:s="http://www.w3.org/1999/xhtml">{QUOTED}</s:script></x>',
    "content/files/sw.js": "self.addEventListener('fetch', e => e.respondWith(new Response('taken')));",
}


MARKUP = {
    "script": f"<script>{ATTACK}</script>",
    "empty-nonce": f'<script nonce="">{ATTACK}</script>',
    "named-script": f'<script id="named">{ATTACK}</script>',
    "file": '<script src="/files/evil.js"></script>',
    "module": '<script type="module" src="/files/evil.js"></script>',
    "import": '<script type="module">import "/files/evil.js";</script>',
    "import-map": '<script type="importmap">{"imports": {"/_digest/client/shell.js": "/files/evil.js"}}</script>',
    "error": f'<img src="x" onerror="{QUOTED}">',
    "load": f'<svg onload="{QUOTED}"></svg>',
    "toggle": f'<details open ontoggle="{QUOTED}"><summary>x</summary></details>',
    "frame": f'<iframe srcdoc="{escape(f"<script>{ATTACK}</script>")}"></iframe>',
    "framed-file": '<iframe src="/files/evil.html"></iframe><object data="/files/evil.html"></object>'
    '<embed src="/files/evil.svg">',
    "framed-link": f'<iframe src="javascript:{QUOTED}"></iframe>',
    "base": '<base href="/files/"><script src="evil.js"></script>',
    "refresh": f'<meta http-equiv="refresh" content="0;url=javascript:{QUOTED}">',
    "loosened": f"<meta http-equiv=content-security-policy content=\"script-src 'unsafe-inline'\"><script>{ATTACK}</script>",
    "clobbered": f'<img name="head"><img name="body"><form id="digest-preview"></form><script>{ATTACK}</script>',
}
"""What a title may hold; each is an entry of its own."""

CLICKED = {
    "link": f'<a class="bait" href="javascript:{QUOTED}">click</a>',
    "link-in-a-tab": f'<a class="bait" target="_blank" href="javascript:{QUOTED}">click</a>',
    "area": f'<a class="bait" href="JaVa&#10;ScRiPt:{QUOTED}">click</a>',
    "form": f'<form action="javascript:{QUOTED}"><button class="bait">click</button></form>',
    "button": f'<form><button class="bait" formaction="javascript:{QUOTED}">click</button></form>',
    "handler": f'<button class="bait" onclick="{QUOTED}">click</button>',
    "posted": '<form method="post" action="/_digest/undo"><button class="bait">click</button></form>',
}
FORGED_FACTS = {
    "fence": f'<pre id="digest-preview">{escape(FORGED)}</pre>',
    "heading": '<h2 id="digest-preview">Digest preview</h2>',
    "script": f'<script type="application/json" id="digest-preview">{FORGED}</script>'
    '<script type="module" src="/_digest/client/preview.js"></script>',
    "swallowed-by-text": "<plaintext>",
    "swallowed-by-a-field": "<textarea>",
    "swallowed-by-a-comment": "<!--",
    "swallowed-by-an-address": "<img src='/files/stolen?",
}


def tone() -> bytes:
    """Return a second of silence."""
    data = io.BytesIO()
    with wave.open(data, "wb") as sound:
        sound.setparams((1, 2, 8000, 0, "NONE", ""))
        sound.writeframes(bytes(16_000))
    return data.getvalue()


RUN = "javascript:globalThis.pwned=1"
BODIES = {
    "definition": f"> [x]: {RUN}\n\n[click][x]",
    "definition-in-a-list": f"- item\n\n    [x]: {RUN}\n\n[click][x]",
    "without-a-label": f"[]: {RUN}\n\n[][] and []",
    "over-two-lines": f"`foo\nbar` [x]({RUN}) `baz",
    "fence-with-words": f"~~~ a b\n[x]({RUN})\n~~~",
    "label": f"[[lavrov|[x]({RUN})]]",
    "line-before": f"[x](\n{RUN})",
    "parentheses": "[x](javascript:globalThis.pwned=((1)))",
    "attribute": '![a](x"onerror=globalThis.pwned=((1))//)',
    "fence": f"``` {{#digest-preview}}\n{FORGED}\n```",
    "heading": "## Digest preview",
    "html": f'<img src="x" onerror="globalThis.pwned=1"> <a href="{RUN}">x</a> <script>globalThis.pwned = 1</script>',
}
"""What an entry's text may hold; whether any of it comes out as a link, others test."""


def path_of(name: str) -> str:
    return f"/articles/2024/02/{name}/"


def write(site: Site, name: str, title: str, words: str = "First words.") -> None:
    site.write(f"content/articles/2024-02-01-{name}.md", f"---\ntitle: {json.dumps(title)}\n---\n{words}\n")


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> Site:
    site = Site(tmp_path_factory.mktemp("victim") / "root")
    for path, text in FILES.items():
        site.write(path, text)
    (site.root / "content/files/tone.wav").write_bytes(tone())
    for name, title in {**MARKUP, **CLICKED, **FORGED_FACTS, "harmless": "Harmless"}.items():
        write(site, name, title)
    return site


@pytest.fixture(scope="module")
def served(victim: Site) -> Iterator[Served]:
    """A preview that may write."""
    with serving(victim.root, "--edit") as served:
        yield served


@pytest.fixture
def tab(browser: Browser) -> Iterator[BrowserContext]:
    with tabs(browser) as context:
        yield context


def address(served: Served, path: str) -> str:
    return f"http://127.0.0.1:{served.port}{path}"


def has_run(page: Page) -> bool:
    """Tell whether an attack has begun, which is the first that it says."""
    return bool(page.evaluate("globalThis.pwned !== undefined"))


def test_the_attack_writes_where_it_may_run(victim: Site, served: Served, tab: BrowserContext) -> None:
    """Otherwise the tests below would prove nothing."""
    page = opened(tab, address(served, path_of("harmless")))
    before = served.get(PAGE_B).facts["edit"]["digest"]
    page.evaluate(ATTACK)
    assert "By content." in read(victim, B)
    victim.write(B, TEXT_B)
    assert eventually(lambda: served.get(PAGE_B).facts["edit"]["digest"] == before)


def test_no_markup_in_a_page_runs(victim: Site, served: Served, tab: BrowserContext) -> None:
    ran = []
    for name in MARKUP:
        page = opened(tab, address(served, path_of(name)))
        page.locator(".hole").wait_for(state="attached")
        ran += [name] if has_run(page) else []
        page.close()
    assert ran == []
    assert read(victim, B) == TEXT_B


def test_no_markup_runs_that_comes_into_a_page_while_it_is_shown(
    victim: Site, served: Served, tab: BrowserContext
) -> None:
    page, ran = opened(tab, address(served, path_of("harmless"))), []
    for name, title in MARKUP.items():
        write(victim, "harmless", title, f"Words of {name}.")
        expect(page.get_by_text(f"Words of {name}.")).to_be_attached()
        ran += [name] if has_run(page) else []
    write(victim, "harmless", "Harmless")
    assert ran == []
    assert read(victim, B) == TEXT_B


def test_nothing_that_is_clicked_runs(victim: Site, served: Served, tab: BrowserContext) -> None:
    ran = []
    for name in CLICKED:
        page = opened(tab, address(served, path_of(name)))
        page.locator(".bait").click()
        ran += [name] if any(has_run(one) for one in tab.pages) else []
        for one in tab.pages:
            one.close()
    assert ran == []
    assert read(victim, B) == TEXT_B


@pytest.mark.parametrize("settings", ["", "markdown: {raw_html: true}\n"], ids=["strict", "raw"])
def test_no_text_of_an_entry_runs(tmp_path: Path, browser: Browser, settings: str) -> None:
    """On a first start, which shows entries that have errors as far as they go."""
    site = Site(tmp_path / "root")
    site.write("digest.yaml", f"title: Test\n{settings}")
    site.write("content/actors/lavrov.md", "---\nname: Sergey Lavrov\n---\n")
    for name, body in BODIES.items():
        site.write(f"content/articles/2024-02-01-{name}.md", f"---\ntitle: Title\n---\n{body}\n")
    ran = []
    with serving(site.root) as served, tabs(browser) as context:
        for name in BODIES:
            page = opened(context, address(served, path_of(name)))
            page.evaluate("""() => {
              for (const link of document.links) if (link.protocol === "javascript:") link.click();
              return new Promise(requestAnimationFrame);
            }""")
            ran += [name] if has_run(page) else []
            expect(page.get_by_role("navigation", name="Preview")).to_contain_text(".md")
            page.close()
    assert ran == []


@pytest.mark.parametrize("name", FORGED_FACTS)
def test_a_page_finds_what_is_said_of_it_whatever_it_holds(
    victim: Site, served: Served, tab: BrowserContext, name: str
) -> None:
    """The tab leads to the page's own file, the page follows, and nobody hears the token."""
    heard: list[str] = []
    tab.on("request", lambda request: heard.append(request.url))
    page = opened(tab, address(served, path_of(name)))
    link = page.get_by_role("navigation", name="Preview").get_by_role("link", name=f"2024-02-01-{name}.md")
    file = (victim.root / f"content/articles/2024-02-01-{name}.md").as_posix()
    expect(link).to_have_attribute("href", f"vscode://file{file}:1:1")
    write(victim, name, "Harmless", "Second words.")
    expect(page.get_by_text("Second words.")).to_be_attached()
    expect(link).to_have_attribute("href", f"vscode://file{file}:1:1")
    token = served.get(path_of(name)).facts["edit"]["token"]
    assert not [url for url in heard if token in url]
    assert token not in page.content()


@pytest.mark.parametrize("file", ["evil.html", "evil.xhtml", "evil.svg", "evil.xml"])
def test_a_file_of_content_is_shown_and_does_nothing(
    victim: Site, served: Served, tab: BrowserContext, file: str
) -> None:
    """It has no origin, so what it asked for would be refused too, and no window that it could reach through."""
    page = opened(tab, address(served, path_of("harmless")))
    page.evaluate(
        "file => document.body.insertAdjacentHTML('afterbegin', `<a class=bait target=_blank rel=opener href=${file}>x</a>`)",
        f"/files/{file}",
    )
    with page.expect_popup() as waited:
        page.locator(".bait").click()
    opened_file = waited.value
    opened_file.wait_for_load_state()
    assert not has_run(opened_file)
    assert opened_file.evaluate("[origin, opener]") == ["null", None]
    if "html" in file:
        expect(opened_file.get_by_role("heading", name="Shown")).to_be_visible()
    assert read(victim, B) == TEXT_B


def test_pictures_and_sounds_of_content_are_shown(served: Served, tab: BrowserContext) -> None:
    """In a page, and by themselves."""
    page = opened(tab, address(served, path_of("harmless")))
    page.evaluate("""() => document.body.insertAdjacentHTML("afterbegin",
      "<img src=/files/evil.svg><audio src=/files/tone.wav></audio>")""")
    page.wait_for_function(
        "() => document.images[0].naturalWidth === 40 && document.querySelector('audio').duration > 0"
    )
    page.goto(address(served, "/files/tone.wav"))
    page.wait_for_function("() => document.querySelector('video, audio').duration > 0")
    assert not has_run(page)


def test_content_becomes_no_service_worker(served: Served, tab: BrowserContext) -> None:
    page = opened(tab, address(served, path_of("harmless")))
    name_index = "navigator.serviceWorker.register('/files/sw.js').then(() => 'taken', error => error.name)"
    assert page.evaluate(name_index) != "taken"
    assert served.get("/files/sw.js", **{"Service-Worker": "script"}).status == 403
    assert served.get("/files/sw.js").status == 200


def test_a_themes_own_scripts_run_as_they_do_when_published(victim: Site, served: Served, tab: BrowserContext) -> None:
    """In the page, from a file, from one that a script adds, and in whatever way the tag is written.

    A page that is brought up to date keeps them, and nothing is held back on the way.
    """
    refused: list[str] = []
    tab.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    page = opened(tab, address(served, PAGE_B))
    page.wait_for_function("() => window.ran && window.ran.length === 5")
    assert sorted(page.evaluate("window.ran")) == ["added", "file", "in capitals", "inline", "written"]
    page.evaluate("document.head.querySelector('script').mark = 'kept'")
    victim.write(B, TEXT_B.replace("Other", "New"))
    expect(page.get_by_text("New words.")).to_be_attached()
    assert len(page.evaluate("window.ran")) == 5
    assert page.evaluate("document.head.querySelector('script').mark") == "kept"
    assert refused == []
    victim.write(B, TEXT_B)
