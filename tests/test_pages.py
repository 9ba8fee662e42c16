"""What the pages of a site show: each record with everything that is known of it, and the way to where it was said."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from tests.support.links import broken_links

if TYPE_CHECKING:
    from tests.support.site import Site


def section(page: str, heading: str) -> str:
    """Return a section's markup, from its heading to the end of the section."""
    found = re.search(rf"<h2[^>]*>{heading}</h2>(.*?)</section>", page, re.DOTALL)
    return found[1] if found else ""


def hrefs(markup: str) -> list[str]:
    return re.findall(r'href="([^"]*)"', markup)


def test_the_page_of_an_actor(site: Site) -> None:
    """Profile, offices with dates, every quotation with occasion and link, entries as speaker, agreements as party or
    signatory, co-speakers, topics, and every mention elsewhere with its sentence.

    -- content/actors/land.md --
    ---
    name: Land
    kind: state
    ---
    Its minister is [[ann]]. It is [far away](https://example.org/far).
    -- content/actors/ann.md --
    ---
    name: Ann Smith
    aliases: [Анна]
    weak_aliases: [the minister]
    same_as: ["https://example.org/ann/"]
    roles:
      - {title: Foreign minister, of: land, from: 2020-05}
      - {title: Deputy, of: land, from: 2010, to: 2020-05}
    ---
    Born in **Town**.
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    parties: [land, ann]
    signatories: [{actor: ann, for: land}]
    events: [{date: 2024-01-01, event: signed}]
    ---
    Drafted by Nobody, then by [[ann|Ms Smith]]. Later changed.
    -- content/pages/about.md --
    ---
    title: About
    ---
    We follow [[ann]] closely.
    -- content/articles/2024-01-01-first.md --
    ---
    title: First entry
    speakers: [bob]
    topics: [aid]
    ---
    > Whole words
    >
    > in two paragraphs
    > — [[ann]], an evening talk, 2023-12-31 {#whole kind=direct}

    She was [[ann|“half-hearted”]], they said.
    -- content/articles/2024-01-02-second.md --
    ---
    title: Second entry
    ---
    Nothing here. But [[bob]] met [[ann]] in Town! Then they left.
    -- content/articles/2024-01-03-third.md --
    ---
    title: Third entry
    speakers: [ann, bob]
    summary: What was said.
    ---
    """
    site.build()
    page = site.out("actors/ann/index.html")
    assert "<p>Born in <strong>Town</strong>.</p>" in section(page, "Profile")
    assert "Also</span> Анна, the minister" in page
    assert '<div class="standfirst">Foreign minister, Land</div>' in page
    offices = section(page, "Offices")
    assert (
        '<li class="current">\n  <span class="role">Foreign minister, <a href="/actors/land/">Land</a></span>'
        in offices
    )
    assert 'since <time datetime="2020-05">May 2020</time>' in offices
    assert '<time datetime="2010">2010</time> – <time datetime="2020-05">May 2020</time>' in offices
    record = section(page, "Record")
    third, second, first = record.split('<article class="appearance">')[1:]
    assert '<a href="/articles/2024/01/third/">Third entry</a>' in third
    assert "What was said." in third
    assert "But <mark>Bob</mark>" not in second
    assert "But Bob met <mark>Ann Smith</mark> in Town!</p>" in second
    assert "<p>Whole words</p>\n    <p>in two paragraphs</p>" in first
    assert 'an evening talk, <a href="/articles/2024/01/first/#whole"><time datetime="2023-12-31">' in first
    assert "<p>“half-hearted”</p>" in first
    assert first.count("<figure") == 2
    assert '<span class="count">3</span> entries' in page
    assert 'speaking in <span class="count">2</span> entries' in page
    assert '<span class="count">2</span> quotes' in page
    assert "Whole words" in section(page, "Last words")
    agreements = section(page, "Agreements")
    assert re.findall('<span class="part">[^<]*', agreements) == [
        '<span class="part">party',
        '<span class="part">signatory for Land',
    ]
    assert section(page, "Speaking in the same entries").count('Bob</a> <span class="count">2</span>') == 1
    assert 'Aid</a> <span class="count">1</span>' in section(page, "Topics")
    backlinks = section(page, "Mentioned in")
    assert hrefs(backlinks) == ["/actors/land/", "/agreements/pact/", "/about/"]
    assert "Drafted by Nobody, then by <mark>Ms Smith</mark>.</p>" in backlinks
    assert "Its minister is <mark>Ann Smith</mark>.</p>" in backlinks
    assert "We follow <mark>Ann Smith</mark> closely.</p>" in backlinks
    assert 'href="https://example.org/ann/">example.org/ann</a>' in section(page, "Elsewhere")
    assert "Ann Smith" in section(site.out("actors/land/index.html"), "Office holders")
    assert list(broken_links(site.outputs())) == []


def test_the_last_words_are_those_said_last(site: Site) -> None:
    """A new entry that quotes an old speech does not make that the last word.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: A
    ---
    > Said in 2024
    > — [[ann]], a talk
    -- content/articles/2024-02-01-b.md --
    ---
    title: B
    ---
    > Said in 1994
    > — [[ann]], a talk, 1994-12-05
    """
    site.build()
    last = section(site.out("actors/ann/index.html"), "Last words")
    assert "Said in 2024" in last
    assert "Said in 1994" not in last


def test_the_page_of_a_topic(site: Site) -> None:
    """Its entries and those of its sub-topics, once each, with sub-topics, speakers and agreements.

    -- content/actors/ann.md --
    ---
    name: Ann
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    aliases: [Help]
    ---
    What it is.
    -- content/topics/food.md --
    ---
    name: Food
    broader: aid
    ---
    A kind of [[aid]] that is eaten.
    -- content/topics/bread.md --
    ---
    name: Bread
    broader: Food
    ---
    -- content/topics/other.md --
    ---
    name: Other
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: On bread
    topics: [bread, aid]
    speakers: [ann]
    agreements: [pact]
    ---
    -- content/articles/2024-01-02-b.md --
    ---
    title: On food
    topics: [food]
    ---
    -- content/articles/2024-01-03-c.md --
    ---
    title: On something else
    topics: [other]
    ---
    Aid is mentioned only.
    """
    site.build()
    aid, food, bread = (site.out(f"topics/{name}/index.html") for name in ("aid", "food", "bread"))
    assert [page.count("</article>") for page in (aid, food, bread)] == [2, 2, 1]
    assert "On something else" not in aid
    assert '<a href="/topics/food/">Food</a> <span class="count">2</span>' in section(aid, "Within this topic")
    assert "Bread" not in section(aid, "Within this topic")
    assert 'Part of</span> <a href="/topics/food/">Food</a>' in bread
    assert '<a href="/actors/ann/">Ann</a> <span class="count">1</span>' in section(aid, "Speakers")
    assert '<a href="/agreements/pact/">Pact</a>' in section(aid, "Agreements")
    assert "A kind of <mark>Aid</mark> that is eaten.</p>" in section(aid, "Mentioned in")
    index = site.out("topics/index.html")
    counts = dict(re.findall(r'/topics/(\w+)/">\w+</a> <span class="count">(\d+)', index))
    assert counts == {"aid": "2", "food": "2", "bread": "1", "other": "1"}
    assert (
        index.index("Aid")
        < index.index('<ul class="tree">', index.index("Aid"))
        < index.index("Food")
        < index.index("Bread")
    )
    records = json.loads(site.run("list", "topics", "--format", "json").stdout)
    assert {record["id"]: str(record["entries"]) for record in records} == counts


def test_the_record_of_an_agreement_tells_who_said_what(site: Site) -> None:
    """Quotations about it with their stance; where there is none, the sentences that mention it.

    -- content/actors/ann.md --
    ---
    name: Ann
    roles: [{title: Minister}]
    ---
    -- content/agreements/pact.md --
    ---
    name: Pact
    ---
    -- content/agreements/other.md --
    ---
    name: Other
    ---
    -- content/articles/2024-01-01-a.md --
    ---
    title: Quoted about
    ---
    > I reject it
    > — [[ann]], a talk {stance=rejects about=pact}

    > Of another
    > — [[ann]], a talk {about=other}
    -- content/articles/2024-01-02-b.md --
    ---
    title: Mentioned
    ---
    Some of this. All of the [[pact]] was read out. Much of that.
    -- content/articles/2024-01-03-c.md --
    ---
    title: Listed
    agreements: [pact]
    ---
    """
    site.build()
    page = site.out("agreements/pact/index.html")
    listed, mentioned, quoted = section(page, "Who said what").split('<article class="appearance">')[1:]
    assert "Listed" in listed
    assert "All of the <mark>Pact</mark> was read out.</p>" in mentioned
    assert "I reject it" in quoted
    assert "Of another" not in page
    assert '<a href="/actors/ann/">Ann</a>, <span class="office">Minister</span>' in quoted
    assert 'data-stance="rejects"' in quoted
    assert '<span class="count">3</span> entries' in page
    assert '<span class="count">1</span> quote' in page
    records = json.loads(site.run("list", "agreements", "--format", "json").stdout)
    assert {record["id"]: record["entries"] for record in records} == {"other": 1, "pact": 3}


def test_the_page_of_an_entry(site: Site) -> None:
    """Date, source, coverage, corrections, speakers with their words, topics, mentions and neighbours in time.

    -- content/actors/ann.md --
    ---
    name: Ann
    roles: [{title: Minister}]
    ---
    -- content/actors/bob.md --
    ---
    name: Bob
    ---
    -- content/topics/aid.md --
    ---
    name: Aid
    ---
    -- content/articles/2024-01-01-before.md --
    ---
    title: Before
    ---
    -- content/articles/2024-01-02-x.md --
    ---
    title: "What <they> said & meant"
    date: 2024-01-02 16:55
    updated: 2024-01-03
    speakers: [ann]
    topics: [aid]
    summary: "In *short*, <b>this</b>."
    lang: ru
    source:
      publisher: The Paper
      title: A story
      url: https://paper.example/story?a=1&b=2
      author: A Writer
      published: 2024-01-01
      lang: fr
      archived: https://archive.example/story
      retrieved: 2024-01-02
      grade: B2
    also_covered_by: [{publisher: Another, url: "https://another.example/"}]
    corrections: [{date: 2024-01-04, text: It was Bob.}]
    ---
    [[bob]] heard her [words].

    > The words
    > — [[ann]], a talk {#words}
    -- content/articles/2024-01-05-after.md --
    ---
    title: After
    ---
    """
    site.build()
    page = site.out("articles/2024/01/x/index.html")
    assert '<html lang="ru">' in page
    assert "<h1>What &lt;they&gt; said &amp; meant</h1>" in page
    assert "In *short*, &lt;b&gt;this&lt;/b&gt;." in page
    assert '<time datetime="2024-01-02T16:55:00">2 January 2024, 16:55</time>' in page
    assert 'updated <time datetime="2024-01-03">' in page
    speaking = section(page, "Speaking")
    assert '<a href="/actors/ann/">Ann</a> <span class="office">Minister</span>' in speaking
    assert '<a href="#words">The words</a>' in speaking
    source = section(page, "Source")
    assert 'href="https://paper.example/story?a=1&amp;b=2" rel="external" hreflang="fr">A story</a>' in source
    assert all(
        words in source for words in ("The Paper", "A Writer", "1 January 2024", "B2", "https://archive.example/story")
    )
    assert 'href="https://another.example/"' in section(page, "Also covered by")
    assert "It was Bob." in section(page, "Corrections")
    assert hrefs(section(page, "Topics")) == ["/topics/aid/"]
    assert hrefs(section(page, "Also mentioned")) == ["/actors/bob/"]
    neighbours = page.partition('class="neighbours"')[2]
    assert hrefs(neighbours)[:2] == ["/articles/2024/01/before/", "/articles/2024/01/after/"]


def test_the_home_page_and_the_archive_have_the_newest_first(site: Site) -> None:
    """Days are grouped; on one day, the later clock first; then by address.

    -- content/articles/2024-01-31-a.md --
    ---
    title: A
    ---
    -- content/articles/b.md --
    ---
    title: B
    date: 2024-01-31 08:00
    ---
    -- content/articles/c.md --
    ---
    title: C
    date: 2024-01-31 07:00Z
    ---
    -- content/articles/2024-02-01-d.md --
    ---
    title: D
    ---
    -- content/articles/2023-12-31-e.md --
    ---
    title: E
    ---
    """
    site.build()
    home = site.out("index.html")
    titles = re.findall(r'/articles/[^"]*">([A-E])</a>', home)
    assert titles == ["D", "B", "C", "A", "E"]
    assert home.count('<section class="section day') == 3
    assert hrefs(site.out("archive/index.html").partition('id="content"')[2])[:3] == [
        "/archive/2024/02/",
        "/archive/2024/01/",
        "/archive/2023/12/",
    ]
    january = site.out("archive/2024/01/index.html")
    assert re.findall(r'/articles/[^"]*">([A-E])</a>', january) == ["B", "C", "A"]
    assert ("/archive/2023/12/" in hrefs(january), "/archive/2024/02/" in hrefs(january)) == (True, True)


def test_people_are_sorted_by_sort_name_in_groups(site: Site) -> None:
    """States, people and organisations each in a list of their own; case does not matter.

    -- content/actors/a.md --
    ---
    name: Ann Zulu
    sort_name: Zulu, Ann
    ---
    -- content/actors/b.md --
    ---
    name: bob Able
    sort_name: able, Bob
    ---
    -- content/actors/c.md --
    ---
    name: Land
    kind: state
    ---
    -- content/actors/d.md --
    ---
    name: Çelik
    ---
    """
    site.build()
    index = site.out("actors/index.html").partition('id="content"')[2]
    assert hrefs(index)[:4] == ["/actors/b/", "/actors/a/", "/actors/d/", "/actors/c/"]


def test_an_empty_digest_is_a_whole_site(site: Site) -> None:
    """Nothing written yet, and every page is there."""
    site.build("--strict")
    assert {"index.html", "404.html", "actors/index.html", "archive/index.html"} <= set(site.outputs())
    assert list(broken_links(site.outputs())) == []


def test_free_pages_are_in_the_footer_and_have_backlinks(site: Site) -> None:
    """A page can be written in folders; its address is its slug.

    -- content/pages/more/method.md --
    ---
    title: How we work
    slug: how
    summary: In short.
    ---
    ## Steps

    One.
    """
    site.build()
    assert '<a href="/how/">How we work</a>' in site.out("index.html")
    page = site.out("how/index.html")
    assert '<meta name="description" content="In short.">' in page
    assert '<h2 id="steps">Steps</h2>' in page
