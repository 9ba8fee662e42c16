"""A new kind of record is one value to read it and one to link it; everything else follows from the two tables."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import pytest

from digest.content.kind import ContentKind, Naming
from digest.decode.schema import json_schema
from digest.decode.types import STRICT, Line, Reference, doc
from digest.diagnostics import Diagnostic
from digest.linking.kind import Record, RecordKind
from digest.linking.tally import Tally, keys_of
from digest.linking.targets import Target
from digest.listing import lists
from digest.model import Kind
from digest.pages.kind import PageKind
from digest.pages.parts.heads import head
from digest.pages.route import SLUG, Route
from digest.pages.sight import Fact, Sight
from digest.pages.views import View
from digest.scaffold import new_content
from digest.values import Value
from tests.support.kinds import registered, registered_record
from tests.support.prepared import ready

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from digest.decode.written import Written
    from digest.linking.kind import Linking
    from digest.linking.names import Names
    from digest.linking.records import Concerns
    from digest.linking.site import Site as Linked
    from digest.linking.tally import Member
    from digest.pages.lens import Lens
    from digest.pages.urls import Page
    from tests.support.site import Site


# What a feature to come would bring: outlets, who publish.


@dataclass(frozen=True, slots=True, kw_only=True)
class OutletMatter:
    """Who publishes stories."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("What it is called.")]
    aliases: Annotated[tuple[Reference, ...], doc("Other names that always mean it.")] = ()
    owner: Annotated[Reference | None, doc("Whose it is: the id of an actor.")] = None
    redirect_from: Annotated[tuple[Reference, ...], doc("Old addresses on this site that lead here.")] = ()


def naming(matter: OutletMatter) -> Naming:
    return Naming(name=matter.name, full_name=matter.name, aliases=matter.aliases)


READ = ContentKind(
    name="outlet",
    folder="outlets",
    schema=lambda: OutletMatter,
    skeleton="---\nname: {name}\naliases: []\nowner:\n---\n",
    anchors=("stories",),
    naming=naming,
)


class OutletShown(Value, kw_only=True):
    """What any page may show of an outlet."""

    matter: OutletMatter
    owner: str


class Outlet(Record[OutletMatter, OutletShown, Tally], kw_only=True):
    """An outlet."""

    siblings: tuple[str, ...]


def link(linking: Linking) -> dict[str, Outlet]:
    found = linking.binding.of(READ)
    owners = {document.id: owner(linking, document.matter.owner, document.path) for document, _ in found}
    return {
        document.id: Outlet(
            shown=OutletShown(matter=document.matter, owner=owners[document.id]),
            counts=linking.tallies["outlet"].get(document.id, NONE),
            document=document,
            bound=bound,
            siblings=tuple(name for name, of in owners.items() if of and of == owners[document.id]),
        )
        for document, bound in found
    }


def owner(linking: Linking, written: Written | None, path: str) -> str:
    return linking.binding.resolve(written, path, Kind.ACTOR) if written else ""


def concerned(concerns: Concerns) -> Iterable[str]:
    return dict.fromkeys(target.id for target in concerns.mentions if target.kind == "outlet")


def count(_name: str, members: list[Member]) -> Tally:
    return Tally(entries=keys_of(members))


def belonging(shown: OutletShown) -> Iterable[Target]:
    return (Target(Kind.ACTOR, shown.owner),) if shown.owner else ()


def columns(outlet: Outlet, _day: date) -> Mapping[str, object]:
    return {"owner": outlet.shown.owner}


def ownerless(outlets: Mapping[str, Outlet], _names: Names) -> Iterator[Diagnostic]:
    for outlet in outlets.values():
        if not outlet.shown.owner:
            yield Diagnostic(code="no-owner", message="whose is it?", path=outlet.document.path, hint="say so")


NONE = Tally()
OUTLET = RecordKind(
    content=READ,
    record=Outlet,
    shown=OutletShown,
    link=link,
    concerned=concerned,
    count=count,
    uncounted=NONE,
    belonging=belonging,
    columns=columns,
    checks=(ownerless,),
)


class OutletView(View, kw_only=True):
    """What an outlet's page shows."""

    label: str
    owner: str
    entries: tuple[str, ...]
    totals: Mapping[str, int]


def sight(_site: Linked, page: Page) -> Sight:
    return Sight(records=(Target("outlet", page.key),), facts=(Fact.TOTALS,))


def view(lens: Lens, page: Page) -> OutletView:
    outlet = lens.record(OUTLET, page.key)
    return OutletView(
        head=head(lens, page, outlet.shown.matter.name),
        label=lens.label(Target("outlet", page.key)),
        owner=lens.label(Target(Kind.ACTOR, lens.of(OUTLET, page.key).owner)),
        entries=outlet.entries,
        totals=lens.totals.amounts,
    )


def as_json(made: OutletView) -> bytes:
    return json.dumps([made.label, made.owner, made.entries, made.totals["outlets"]]).encode()


PAGE = PageKind(
    name="outlet",
    route=Route("/outlets/", SLUG, "/about.json"),
    keys=lambda site: site.of(OUTLET),
    sources=lambda site: lambda name: site.of(OUTLET)[name].document.path,
    sight=sight,
    view=view,
    encode=as_json,
)


ONE, HERALD = "content/articles/2024-01-01-one.md", "content/outlets/herald.md"
FILES = {
    "digest.yaml": "title: T\n",
    "content/actors/ann.md": "---\nname: Ann Lee\n---\n",
    HERALD: "---\nname: The Herald\naliases: [Herald Online]\nowner: ann\n---\nOf [[ann]].\n",
    ONE: "---\ntitle: One\n---\nSo says [[herald]].\n",
    "content/articles/2024-01-02-two.md": "---\ntitle: Two\n---\nHerald Online said it, [whole](../outlets/herald.md#stories).\n",
    "content/articles/2024-01-03-three.md": "---\ntitle: Three\n---\nNobody said it.\n",
}


@pytest.fixture
def outlets(site: Site) -> Iterator[Site]:
    """A site with an outlet, in a program that knows outlets."""
    for path, text in FILES.items():
        site.write(path, text)
    with registered_record(OUTLET), registered(PAGE):
        yield site


def about(site: Site, name: str = "herald") -> object:
    return json.loads(site.out(f"outlets/{name}/about.json"))


def test_records_are_read_named_linked_and_counted(outlets: Site) -> None:
    assert outlets.build("-j", "1").exit_code == 0
    assert about(outlets) == ["The Herald", "Ann Lee", ["2024/01/two", "2024/01/one"], 1]
    assert '<a href="/outlets/herald/about.json">The Herald</a>' in outlets.out("articles/2024/01/one/index.html")
    assert "outlets/herald/about.json#stories" in outlets.out("articles/2024/01/two/index.html")
    assert "The Herald" in outlets.out("actors/ann/index.html")
    assert outlets.build("-j", "1", "--verify").exit_code == 0


@pytest.mark.parametrize(
    ("path", "old", "new", "shown"),
    [
        (
            HERALD,
            "name: The Herald",
            "name: Daily Herald",
            ["Daily Herald", "Ann Lee", ["2024/01/two", "2024/01/one"], 1],
        ),
        (ONE, "[[herald]]", "nobody", ["The Herald", "Ann Lee", ["2024/01/two"], 1]),
        (ONE, "title: One", "title: One\ndraft: true", ["The Herald", "Ann Lee", ["2024/01/two"], 1]),
        ("content/actors/ann.md", "Ann Lee", "Ann Ray", ["The Herald", "Ann Ray", ["2024/01/two", "2024/01/one"], 1]),
    ],
)
def test_an_edit_is_followed_by_builds_and_by_the_preview(
    outlets: Site, path: str, old: str, new: str, shown: object
) -> None:
    outlets.build("-j", "1")
    outlets.write(path, FILES[path].replace(old, new))
    assert json.loads(ready(outlets.root).snapshot.page("/outlets/herald/about.json").html) == shown
    outlets.build("-j", "1")
    assert about(outlets) == shown
    assert outlets.build("-j", "1", "--verify").exit_code == 0


def test_they_are_listed_with_what_their_kind_says_of_them(outlets: Site) -> None:
    prepared = ready(outlets.root).prepared
    assert lists()["outlets"](prepared.site, prepared.corpus) == [
        {
            "path": HERALD,
            "url": "/outlets/herald/about.json",
            "id": "herald",
            "name": "The Herald",
            "owner": "ann",
            "entries": 2,
        }
    ]


def test_they_are_checked(outlets: Site) -> None:
    outlets.write("content/outlets/herald.md", "---\nname: The Herald\n---\n")
    outlets.write("content/outlets/post.md", "---\nname: Post\nowner: herald\naliases: [Ann Lee]\n---\n")
    outlets.write("content/outlets/times.md", "---\ntitle: Times\n---\n")
    outlets.write(ONE, "---\ntitle: One\n---\nSo says [[hrald]], not [[times]].\n")
    found = {(problem["path"], problem["code"]): problem["message"] for problem in outlets.diagnostics()}
    assert found.pop(("content/outlets/post.md", "unknown-reference")) == "no actor `herald`"
    assert found.pop((ONE, "unknown-reference")) == "no actor, agreement, outlet or topic `hrald`"
    assert {*found} == {
        (HERALD, "no-owner"),
        ("content/outlets/post.md", "no-owner"),
        ("content/outlets/post.md", "shared-alias"),
        ("content/outlets/times.md", "missing-key"),
        ("content/outlets/times.md", "unknown-key"),
    }


def test_what_new_makes_is_right(outlets: Site) -> None:
    made = new_content(outlets.root, "outlet", "Evening Post", today=datetime.now(UTC).date())
    assert made == outlets.root / "content/outlets/evening-post.md"
    outlets.write("content/outlets/evening-post.md", made.read_text(encoding="utf-8").replace("owner:", "owner: ann"))
    outlets.build("-j", "1")
    assert about(outlets, "evening-post") == ["Evening Post", "Ann Lee", [], 2]


def test_editors_learn_its_keys() -> None:
    assert json_schema(READ.schema(), title="digest outlet")["properties"].keys() == {
        "name",
        "aliases",
        "owner",
        "redirect_from",
    }
