"""The preview in a real browser: what an editor sees, what stays as it was left, and what is written."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from itertools import product
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from benchmarks import corpus
from tests.support.preview import serving
from tests.support.sample import REPOSITORY
from tests.support.saves import SAVES
from tests.support.site import NOON, Site
from tests.test_sample_site import AXE, DESK, PHONE, SCHEMES, violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, BrowserContext, Page, Route

expect.set_options(timeout=30_000)

A, B = "content/articles/2024-01-01-a.md", "content/articles/2024-01-02-b.md"
PAGE_A, PAGE_B = "/articles/2024/01/a/", "/articles/2024/01/b/"
LONG = "\n\n".join(f"Paragraph {number} goes on and on and on." for number in range(60))
TEXT_A = (
    f"---\ntitle: First entry\n---\nThe deal is [historic][^h], he said.\n\n{LONG}\n\nLast words.\n\n[^h]: Too much.\n"
)
LAVROV = "content/actors/sergey-lavrov.md"
FILES = {
    "digest.yaml": "title: Ferry watch\ntheme: mine\n",
    "themes/mine/theme.yaml": "name: mine\nextends: broadsheet\n",
    "themes/mine/templates/base.html": """{% extends "broadsheet/base.html" %}
{% block footer %}
<script>window.ran = (window.ran || 0) + 1;</script>
<form><label>Notepad <input name="pad"></label> <label>Other <input name="other"></label></form>
<details><summary>More</summary>Details.</details>
{{ super() }}
{% endblock %}
""",
    LAVROV: "---\nname: Sergey Lavrov\nkind: person\n---\n",
    A: TEXT_A,
    B: "---\ntitle: Second entry\n---\nOther words.\n",
}
SELECT = """words => {
  const walk = document.createTreeWalker(document.querySelector(".body"), NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); ) {
    const at = node.data.indexOf(words);
    if (at < 0) continue;
    node.parentElement.scrollIntoView({ block: "center" });
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + words.length);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
    return;
  }
  throw new Error("these words are not there");
}"""
STREAMS = """
window.streams = [];
window.EventSource = class extends EventSource {
  constructor(...given) { super(...given); window.streams.push(this); }
};
"""


@pytest.fixture
def ferry(tmp_path: Path) -> Site:
    site = Site(tmp_path / "root")
    for path, text in FILES.items():
        site.write(path, text)
    return site


@contextmanager
def tabs(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """Open a window whose pages may not fail."""
    context = browser.new_context(reduced_motion="reduce", **options)
    context.set_default_timeout(30_000)
    failures: list[str] = []
    context.on("weberror", lambda error: failures.append(str(error.error)))
    try:
        yield context
    finally:
        context.close()
    assert failures == []


def opened(context: BrowserContext, address: str) -> Page:
    """Open a page that follows the site, and mark its window: the mark is gone after a reload."""
    page = context.new_page()
    page.add_init_script(STREAMS)
    page.goto(address)
    page.wait_for_function("() => window.streams.some(stream => stream.readyState === EventSource.OPEN)")
    page.evaluate("window.mark = 'kept'")
    return page


@contextmanager
def following(site: Site, browser: Browser, path: str = PAGE_A, *args: str, **options: Any) -> Iterator[Page]:
    with serving(site.root, *args) as served, tabs(browser, **options) as context:
        yield opened(context, f"http://127.0.0.1:{served.port}{path}")


def read(site: Site, path: str) -> str:
    return (site.root / path).read_text(encoding="utf-8")


def kept(page: Page) -> bool:
    return bool(page.evaluate("window.mark === 'kept'"))


def choose(page: Page, words: str) -> None:
    page.evaluate(SELECT, words)
    page.get_by_role("toolbar", name="Selected words").wait_for()


def asked_for(page: Page, path: str) -> list[str]:
    """Collect how often the page at a path is fetched from now on."""
    found: list[str] = []
    page.on("request", lambda request: found.append(request.url) if request.url.endswith(path) else None)
    return found


# Following


def test_an_edit_is_seen_and_all_else_stays_as_it_was(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, f"{PAGE_A}#note-h", viewport=PHONE) as page:
        page.locator("label.note-marker").first.click(force=True)
        page.locator("details").first.evaluate("details => details.open = true")
        page.get_by_label("Other").fill("left behind")
        page.get_by_label("Notepad").fill("typed by hand")
        page.get_by_text("Paragraph 30 goes").evaluate("words => words.scrollIntoView({block: 'start'})")
        page.evaluate("""() => {
          const words = [...document.querySelectorAll('.body p')].find(p => p.textContent.startsWith('Paragraph 31'));
          getSelection().selectAllChildren(words);
          document.querySelector('[name=pad]').focus({preventScroll: true});
          document.querySelector('[name=pad]').setSelectionRange(2, 5);
        }""")
        at = page.evaluate("scrollY")
        assert at > 500
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(page.get_by_text("Very last words.")).to_be_attached()
        assert kept(page)
        assert abs(page.evaluate("scrollY") - at) < 2
        assert page.evaluate("document.activeElement.name") == "pad"
        assert page.evaluate("document.activeElement.selectionEnd") == 5
        assert page.get_by_label("Notepad").input_value() == "typed by hand"
        assert page.get_by_label("Other").input_value() == "left behind"
        assert page.locator(".note-toggle").first.is_checked()
        assert page.locator(".note").first.is_visible()
        assert page.locator("details").first.evaluate("details => details.open")
        assert page.url.endswith("#note-h")
        assert page.evaluate("window.ran") == 1


@pytest.mark.parametrize("poll", [False, True])
def test_every_way_of_saving_is_seen_at_once(ferry: Site, browser: Browser, *, poll: bool) -> None:
    """In one tab, which is never loaded anew and fetches the page once for each save."""
    with following(ferry, browser, PAGE_A, *(["--poll"] if poll else [])) as page:
        fetched = asked_for(page, PAGE_A)
        for number, save in enumerate(SAVES, 1):
            save(ferry.root / A, TEXT_A.replace("Last words.", f"Words of {save.__name__}."))
            expect(page.get_by_text(f"Words of {save.__name__}.")).to_be_attached()
            assert kept(page)
            assert poll or len(fetched) == number, save.__name__


def test_a_checkout_of_hundreds_of_files_is_seen(ferry: Site, browser: Browser) -> None:
    def commit(branch: str) -> None:
        for number in range(300):
            ferry.write(f"content/articles/2024-02-01-e{number}.md", f"---\ntitle: Entry {number} of {branch}\n---\n")
        git("checkout", "-qb", branch)
        git("add", "content")
        git("commit", "-qm", branch)

    def git(*words: str) -> None:
        env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.org", *words]
        subprocess.run(command, cwd=ferry.root, env=env, check=True)

    git("init", "-q")
    commit("one")
    commit("two")
    with following(ferry, browser, "/articles/2024/02/e299/") as page:
        for branch in ("one", "two", "one"):
            git("checkout", "-q", branch)
            expect(page.get_by_role("heading", name=f"Entry 299 of {branch}")).to_be_attached()
            assert kept(page)


def test_folders_that_come_and_go_are_seen(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, "/") as page:
        new = ferry.root / "elsewhere" / "new" / "2024-01-03-c.md"
        ferry.write(str(new.relative_to(ferry.root)), "---\ntitle: Third entry\n---\nNew words.\n")
        (ferry.root / "elsewhere").rename(ferry.root / "content/articles/new")
        expect(page.get_by_text("Third entry").first).to_be_attached()
        (ferry.root / "content").rename(ferry.root / "away")
        expect(page.get_by_text("Second entry")).to_have_count(0)
        shutil.copytree(ferry.root / "away", ferry.root / "content")
        expect(page.get_by_text("Second entry").first).to_be_attached()
        ferry.write(B, FILES[B].replace("Second", "Other"))
        expect(page.get_by_text("Other entry").first).to_be_attached()
        assert kept(page)


def test_selected_words_stay_selected(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser) as page:
        page.evaluate(SELECT, "Paragraph 31")
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(page.get_by_text("Very last words.")).to_be_attached()
        assert page.evaluate("getSelection().toString()") == "Paragraph 31"
        assert kept(page)


def test_the_head_follows_too(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser) as page:
        ferry.write(A, TEXT_A.replace("title: First entry", "title: Renamed\nlang: fr"))
        expect(page).to_have_title("Renamed – Ferry watch")
        expect(page.get_by_role("heading", name="Renamed")).to_be_visible()
        assert page.locator("html").get_attribute("lang") == "fr"
        assert page.evaluate("[...document.head.querySelectorAll('title, meta[charset]')].length") == 2
        assert kept(page)


def test_what_cannot_be_brought_up_to_date_is_loaded_anew(ferry: Site, browser: Browser) -> None:
    """Once, and not again and again."""
    with following(ferry, browser) as page:

        def spoil(route: Route) -> None:
            if route.request.resource_type == "fetch":
                route.fulfill(body="<p>no page of ours", content_type="text/html")
            else:
                route.continue_()

        page.route(f"**{PAGE_A}", spoil)
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(page.get_by_text("Very last words.")).to_be_attached()
        assert not kept(page)
        assert page.get_by_text("no page of ours").count() == 0


def test_a_stylesheet_is_swapped_without_a_flash(ferry: Site, browser: Browser) -> None:
    """In no frame is the page without a stylesheet: its body never loses its greatest width."""
    style = (REPOSITORY / "themes/broadsheet/static/style.css").read_text(encoding="utf-8")
    shutil.copytree(REPOSITORY / "themes/broadsheet/static/fonts", ferry.root / "themes/mine/static/fonts")
    ferry.write("themes/mine/static/style.css", style)
    with following(ferry, browser) as page:
        page.evaluate("""() => {
          window.seen = new Set();
          const look = () => { seen.add(getComputedStyle(document.body).maxWidth); requestAnimationFrame(look); };
          look();
        }""")
        ferry.write("themes/mine/static/style.css", f"{style}\nbody {{ max-width: 777px; }}\n")
        page.wait_for_function("() => window.seen.has('777px')")
        page.wait_for_function("() => document.querySelectorAll('link[rel=stylesheet]').length === 1")
        assert set(page.evaluate("[...window.seen]")) == {"1200px", "777px"}
        assert kept(page)


def test_only_the_tab_whose_page_changed_fetches_it(ferry: Site, browser: Browser) -> None:
    with serving(ferry.root) as served, tabs(browser) as context:
        first, second = (opened(context, f"http://127.0.0.1:{served.port}{path}") for path in (PAGE_A, PAGE_B))
        fetched_first, fetched_second = asked_for(first, PAGE_A), asked_for(second, PAGE_B)
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(first.get_by_text("Very last words.")).to_be_attached()
        assert (len(fetched_first), len(fetched_second)) == (1, 0)
        ferry.write(B, "---\ntitle: Second entry\n---\nWords of another kind.\n")
        expect(second.get_by_text("Words of another kind.")).to_be_attached()
        assert (len(fetched_first), len(fetched_second)) == (1, 1)
        assert kept(first)
        assert kept(second)


def test_a_hidden_tab_closes_its_connection_and_catches_up_when_it_is_shown(ferry: Site, browser: Browser) -> None:
    show = "hidden => { Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
    show += "document.dispatchEvent(new Event('visibilitychange')); }"
    with serving(ferry.root) as served, tabs(browser) as context:
        first, second = (opened(context, f"http://127.0.0.1:{served.port}{path}") for path in (PAGE_A, PAGE_A))
        fetched = asked_for(first, PAGE_A)
        first.evaluate(show, True)  # noqa: FBT003 - an argument of the script
        assert first.evaluate("streams.map(stream => stream.readyState)") == [2]
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(second.get_by_text("Very last words.")).to_be_attached()
        assert fetched == []
        first.evaluate(show, False)  # noqa: FBT003
        expect(first.get_by_text("Very last words.")).to_be_attached()
        assert first.evaluate("streams.length") == 2
        assert kept(first)


def test_a_dozen_tabs_follow(ferry: Site, browser: Browser) -> None:
    """A browser keeps six connections to a server: tabs in the background, which are hidden, hold none of them."""
    show = "Object.defineProperty(document, 'hidden', {value: true}); document.dispatchEvent(new Event('visibilitychange'))"
    with serving(ferry.root) as served, tabs(browser) as context:
        for _ in range(11):
            opened(context, f"http://127.0.0.1:{served.port}{PAGE_A}").evaluate(show)
        last = opened(context, f"http://127.0.0.1:{served.port}{PAGE_A}")
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(last.get_by_text("Very last words.")).to_be_attached()


def test_a_page_lives_through_a_new_start_of_the_server(ferry: Site, browser: Browser) -> None:
    """And may write again, though the new server knows another token."""
    with serving(ferry.root, "--edit") as served, tabs(browser) as context:
        port = served.port
        page = opened(context, f"http://127.0.0.1:{port}{PAGE_A}")
        token = served.get(PAGE_A).facts["edit"]["token"]
        served.process.terminate()
        served.process.wait(30)
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        with serving(ferry.root, "--edit", "-p", str(port)) as again:
            expect(page.get_by_text("Very last words.")).to_be_attached()
            assert kept(page)
            assert token != again.get(PAGE_A).facts["edit"]["token"]
            choose(page, "Paragraph 3 goes")
            note(page, "Written after all.")
            expect(page.get_by_text("Written after all.")).to_be_attached()


@contextmanager
def starting(root: Path) -> Iterator[str]:
    """Start a preview and wait until it listens, not until it has read anything; the value is its address."""
    command = [sys.executable, "-u", "-m", "digest", "serve", "-C", str(root), "-j", "1"]
    env = {**os.environ, "SOURCE_DATE_EPOCH": NOON}
    with subprocess.Popen(
        command, cwd=REPOSITORY, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        try:
            assert process.stdout
            line = next(line for line in process.stdout if line.startswith("Serving "))
            yield line.split()[1]
        finally:
            process.terminate()


def test_the_first_start_shows_how_far_it_is_and_then_the_page(tmp_path: Path, browser: Browser) -> None:
    """So many entries that reading them takes longer than opening a page."""
    corpus.write(2000, tmp_path)
    with starting(tmp_path) as address, tabs(browser) as context:
        page = context.new_page()
        page.goto(address)
        expect(page.get_by_role("progressbar")).to_be_visible()
        expect(page.get_by_text(re.compile(r"\d+ of \d+"))).to_be_visible()
        expect(page.locator("main#content")).to_be_visible()
        expect(page.get_by_role("progressbar")).not_to_be_visible()


# Problems


def test_an_error_is_shown_over_the_last_good_page_and_goes_when_it_is_mended(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser) as page:
        panel = page.get_by_role("alert").get_by_role("region", name="Problems")
        assert panel.count() == 0
        ferry.write(A, TEXT_A.replace("Last words.", "Bad words of [[nobody]]."))
        expect(panel).to_be_visible()
        line = TEXT_A.count("\n", 0, TEXT_A.index("Last words.")) + 1
        place = f"{A}:{line}:16"
        expect(panel.get_by_role("link", name=place)).to_have_attribute(
            "href", f"vscode://file{ferry.root.as_posix()}/{place}"
        )
        for words in ("1 error", "older than the files", "unknown-reference", "no actor, agreement or topic nobody"):
            expect(panel).to_contain_text(words)
        excerpt = panel.locator("pre").inner_text().splitlines()
        assert excerpt[-2:] == ["Bad words of [[nobody]].", f"{' ' * 15}^^^^^^"]
        expect(page.get_by_text("Last words.")).to_be_attached()
        expect(page.locator("nav.tab")).to_contain_text("1 problem")
        ferry.write(A, TEXT_A.replace("Last words.", "Good words."))
        expect(page.get_by_text("Good words.")).to_be_attached()
        expect(panel).to_have_count(0)
        assert kept(page)


def test_the_panel_hides_nothing_and_stays_folded(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, viewport=PHONE) as page:
        ferry.write(A, TEXT_A.replace("Last words.", "Bad words of [[nobody]]."))
        summary = page.get_by_role("alert").locator("summary")
        summary.wait_for()
        page.wait_for_function("""() => {
          scrollTo(0, document.documentElement.scrollHeight);
          const panel = document.querySelector("digest-preview-shell").shadowRoot.querySelector("section");
          const end = document.querySelector("footer").getBoundingClientRect().bottom;
          return end <= panel.getBoundingClientRect().top;
        }""")
        assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
        summary.click()
        ferry.write(A, TEXT_A.replace("Last words.", "Bad words of [[somebody else]]."))
        expect(summary).to_be_visible()
        expect(page.get_by_role("alert")).to_contain_text("somebody else")
        assert not page.get_by_role("alert").locator("ol").is_visible()


def test_a_page_says_which_file_it_comes_from(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--editor", "txmt://open?url=file://{path}&line={line}") as page:
        link = page.get_by_role("navigation", name="Preview").get_by_role("link", name="2024-01-01-a.md")
        expect(link).to_have_attribute("href", f"txmt://open?url=file://{(ferry.root / A).as_posix()}&line=1")
        page.emulate_media(media="print")
        expect(link).not_to_be_visible()
        page.emulate_media(media="screen")
        page.get_by_role("link", name="Dashboard").click()
        expect(page.get_by_role("heading", name="Dashboard", exact=True)).to_be_visible()


# Writing


def note(page: Page, text: str) -> None:
    page.get_by_role("button", name="Annotate").click()
    page.get_by_label("Note, in Markdown").fill(text)
    page.get_by_role("button", name="Save note").click()


def test_a_note_is_written_and_taken_back(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        page.get_by_role("button", name="Annotate").click()
        page.get_by_label("Kind").select_option(label="Fact-check")
        page.get_by_label("Verdict").select_option("misleading")
        page.get_by_label("Note, in Markdown").fill("It <b>stops</b>.")
        page.get_by_role("button", name="Save note").click()
        expect(page.get_by_text("It <b>stops</b>.")).to_be_attached()
        assert "[Paragraph 3 goes][^fact-check] on and on" in read(ferry, A)
        assert "[^fact-check]: Fact-check (misleading): It <b>stops</b>.\n" in read(ferry, A)
        expect(page.locator(".status")).to_contain_text(f"Saved in {A}, line ")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".status")).to_contain_text(f"{A} is as it was.")
        expect(page.get_by_text("It <b>stops</b>.")).to_have_count(0)
        assert read(ferry, A) == TEXT_A
        assert kept(page)


def test_words_are_given_to_a_speaker_by_name(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        page.get_by_role("button", name="Quote of").click()
        speaker = page.get_by_label("Speaker")
        assert speaker.evaluate("input => [...input.list.options].map(o => [o.value, o.label])") == [
            ["sergey-lavrov", "Sergey Lavrov"]
        ]
        speaker.fill("Sergey Lavrov")
        page.keyboard.press("Enter")
        expect(page.get_by_role("link", name="“Paragraph 3 goes”").first).to_be_attached()
        assert "[[sergey-lavrov|“Paragraph 3 goes”]] on and on" in read(ferry, A)


def test_a_spelling_becomes_an_alias(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Last words")
        page.get_by_role("button", name="Alias of").click()
        expect(page.get_by_role("textbox", name="Spelling")).to_have_value("Last words")
        page.get_by_label("Actor").fill("sergey-lavrov")
        page.get_by_role("button", name="Save alias").click()
        expect(page.locator(".body").get_by_role("link", name="Last words")).to_be_attached()
        assert "Last words" in read(ferry, LAVROV)
        assert read(ferry, A) == TEXT_A


def test_a_refusal_is_told_and_nothing_is_lost(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "on and on")
        note(page, "Which one?")
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("stand 120 times in this file")
        expect(page.get_by_label("Note, in Markdown")).to_have_value("Which one?")
        assert read(ferry, A) == TEXT_A


def test_what_changed_meanwhile_is_told_and_can_be_saved_then(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        page.get_by_role("button", name="Annotate").click()
        page.get_by_label("Note, in Markdown").fill("A thought")
        changed = TEXT_A.replace("Last words.", "Very last words.")
        ferry.write(A, changed)
        expect(page.get_by_text("Very last words.")).to_be_attached()
        expect(page.get_by_label("Note, in Markdown")).to_have_value("A thought")
        page.get_by_role("button", name="Save note").click()
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("has changed")
        assert read(ferry, A) == changed
        page.get_by_role("button", name="Save note").click()
        expect(page.locator(".note").get_by_text("A thought")).to_be_attached()
        assert "Very last words." in read(ferry, A)


def test_a_file_with_other_bytes_and_the_same_page_can_be_written_to(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        ferry.write(A, TEXT_A + "\n")
        note(page, "A thought")
        expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("save again")
        page.get_by_role("button", name="Save note").click()
        expect(page.locator(".note").get_by_text("A thought")).to_be_attached()


def test_what_was_being_typed_lives_through_a_reload(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        page.get_by_role("button", name="Annotate").click()
        page.get_by_label("Kind").select_option(label="Fact-check")
        page.get_by_label("Note, in Markdown").fill("Half a thou")
        page.reload()
        expect(page.get_by_label("Note, in Markdown")).to_have_value("Half a thou")
        page.get_by_label("Note, in Markdown").press_sequentially("ght")
        page.get_by_role("button", name="Save note").click()
        expect(page.locator(".note").get_by_text("ght")).to_be_attached()
        assert "[Paragraph 3 goes][^fact-check]" in read(ferry, A)
        page.reload()
        expect(page.locator("nav.tab a").first).to_be_visible()
        expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_toolbar_is_used_with_keys_alone(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        page.keyboard.press("Alt+a")
        expect(page.get_by_role("button", name="Annotate")).to_be_focused()
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("button", name="Quote of")).to_be_focused()
        page.keyboard.press("ArrowLeft")
        page.keyboard.press("Enter")
        expect(page.get_by_label("Note, in Markdown")).to_be_focused()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.evaluate("getSelection().toString()") == "Paragraph 3 goes"
        expect(page.get_by_role("toolbar")).to_have_count(0)
        choose(page, "Paragraph 4 goes")
        page.keyboard.press("Alt+a")
        page.keyboard.press("Enter")
        page.keyboard.type("By hand")
        page.keyboard.press("Control+Enter")
        expect(page.locator(".note").get_by_text("By hand")).to_be_attached()


def test_nothing_is_offered_outside_the_text_and_without_edit(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, PAGE_A, "--edit") as page:
        choose(page, "Paragraph 3 goes")
        page.evaluate("getSelection().selectAllChildren(document.querySelector('footer'))")
        expect(page.get_by_role("toolbar")).to_have_count(0)
    with following(ferry, browser) as page:
        page.evaluate(SELECT, "Paragraph 3 goes")
        ferry.write(A, TEXT_A.replace("Last words.", "Very last words."))
        expect(page.get_by_text("Very last words.")).to_be_attached()
        assert page.get_by_role("toolbar").count() == 0


# Everybody


def test_the_dashboard_follows(ferry: Site, browser: Browser) -> None:
    with following(ferry, browser, "/_digest/") as page:
        names = page.get_by_role("navigation").get_by_role("link", name="Names")
        expect(page.get_by_text("Anna Tallow")).to_have_count(0)
        ferry.write(B, FILES[B] + "He met Anna Tallow.\n")
        expect(page.get_by_text("Anna Tallow").first).to_be_attached()
        expect(names).to_have_text("Names 1")
        ferry.write(B, "---\ntitel: Second entry\n---\n")
        expect(page.get_by_text("unknown key").first).to_be_attached()
        ferry.write(B, FILES[B])
        expect(page.get_by_text("unknown key")).to_have_count(0)
        expect(page.get_by_text("Anna Tallow")).to_have_count(0)
        assert kept(page)


def test_panel_toolbar_and_dashboard_are_accessible(ferry: Site, browser: Browser) -> None:
    axe = AXE.read_text(encoding="utf-8")
    ferry.write(B, "---\ntitle: Second entry\ndraft: true\n---\nOther words of [[nobody]] with Jane Roe.\n\n> Well.\n")
    found: list[str] = []

    def examine(page: Page, what: str) -> None:
        for scheme, viewport in product(SCHEMES, (PHONE, DESK)):
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(viewport)
            found.extend(f"{what} ({scheme}, {viewport['width']} px): {violation}" for violation in violations(page))
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]

    with following(ferry, browser, PAGE_A, "--edit", viewport=PHONE) as page:
        page.get_by_role("region", name="Problems").wait_for()
        page.evaluate(axe)
        examine(page, "panel")
        ferry.write(B, "---\ntitle: Second entry\ndraft: true\n---\nOther words with Jane Roe.\n\n> Well.\n")
        choose(page, "Paragraph 3 goes")
        examine(page, "toolbar")
        note(page, "* a list")
        expect(page.get_by_role("dialog").get_by_role("alert")).not_to_be_empty()
        examine(page, "form")
        ferry.write(
            B, "---\ntitle: Second entry\ndraft: true\n---\nOther words of [[nobody]] with Jane Roe.\n\n> Well.\n"
        )
        page.get_by_role("region", name="Problems").wait_for()
        page.goto(re.sub("/articles/.*", "/_digest/", page.url))
        page.evaluate(axe)
        examine(page, "dashboard")
    assert not found, "\n".join(found)
