"""A small digest in which nearly every key is written somewhere, and everything refers to something.

Lists of one actor, topic and agreement are long enough to have older parts, and the actor's last whole words stand in
one of these. One topic and one page are named nowhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCE = """
  publisher: {0}
  title: A headline in {0}
  url: https://example.org/{0}
  author: Ed {0}
  published: 2024-01-01T09:00+02:00
  lang: fr
  archived: https://example.org/kept/{0}
  retrieved: 2024-01-03
  grade: B2
"""
_LISTED = _SOURCE.replace("\n  ", "\n    ").strip().format("Q")
_COVERED = f"also_covered_by:\n  - {_LISTED}\n"
_CORRECTED = """\
corrections:
  - {date: 2024-01-09, text: The sum was wrong.}
  - {date: 2024-01-10, text: The name was wrong.}
"""
_OTHERS = """\
> Others
> — [[bob]], 2024-01-12 {on_behalf_of=union about=deal kind=paraphrase}

> Nobody knows
> — a clerk {about=aid}

"""
_ENTRY = """\
---
title: Entry {number}
date: 2024-01-0{number}T20:30+02:00
speakers: [ann, bob]
agreements: [pact, deal]
topics: [food, aid]
source: {source}
{covered}summary: In short, {number}.
updated: 2024-02-0{number}T10:00+02:00
lang: de
{corrected}redirect_from: [/old/{number}/]
slug: e{number}
annotations:
  - {{exact: came, prefix: Fellow, suffix: to, kind: fact-check, verdict: misleading, text: So it seems.}}
---
Idle Fellow came to Landia with [[union|the Union]], for [[aid]].[^n] So they say.[^m] Not [[!Landia]].

> [fr] Mots {number}
>
> [fr] Encore
>
> Words {number}
>
> More words
> — [[ann]], a talk, 2024-01-1{number} {{#said stance=rejects kind=partial about=pact,deal on_behalf_of=land}}

{others}[[bob|“short”]] and [the next](2024-01-0{next}-e{next}.md), [us](../pages/about.md), ![Picture](../assets/base.txt).

[^n]: Fact-check (misleading): a note by [[bob]].

[^m]: Context: of old.
"""


def _entry(number: int) -> str:
    """Return one of two entries that refer to each other; only the second has what makes many views dear to make."""
    second = number > 1
    return _ENTRY.format(
        number=number,
        next=3 - number,
        source=_SOURCE.format(f"P{number}").rstrip(),
        covered=_COVERED if second else "",
        corrected=_CORRECTED if second else "",
        others=_OTHERS if second else "",
    )


FILES: Mapping[str, str] = {
    "digest.yaml": "title: Rich\ndescription: A digest\npage_size: 2\nauto_link: true\nbase_url: https://example.org/\n",
    "content/assets/base.txt": "base",
    "content/actors/ann.md": """\
---
name: Ann Lee
sort_name: Lee, Ann
aliases: [Anna, Annie]
weak_aliases: [The envoy, The lady]
roles:
  - {title: Envoy, of: land, from: 2023-02-03, to: 2024-01-15}
  - {title: Minister, of: union, from: 2024-01-16, to: 2024-03-20}
  - {title: Member, of: land, from: 2020-03-04}
same_as: [https://example.org/ann, https://example.com/ann]
names:
  - {name: Ann Ray, from: 2001-02-03, to: 2019-04-05}
  - {name: Ann Low, from: 2019-05-06, to: 2020-06-07}
redirect_from: [/ann/]
---
Idle Fellow works with [[bob|Mr Ray]], and [[union]]. See [what we do](../pages/about.md), and [the first](../articles/2024-01-01-e1.md#said).[^a]

[^a]: Fact-check (misleading): so it is.
""",
    "content/actors/bob.md": """\
---
name: Bob Ray
roles:
  - {title: Clerk, of: land, from: 2023-02-03}
  - {title: Guest, of: union}
---
With [[ann]], who knows [[pact]]. See [us](../pages/about.md).
""",
    "content/actors/land.md": (
        "---\nname: Landia\nkind: state\nnames: [{name: Old Landia, from: 2020-01-01, to: 2023-04-01}]\n---\nWith [[ann]].\n"
    ),
    "content/actors/union.md": "---\nname: The Union\nkind: organisation\n---\n",
    "content/actors/idle.md": "---\nname: Idle Fellow\nroles: [{title: Nothing, of: land}]\n---\n",
    "content/topics/aid.md": """\
---
name: Aid
aliases: [help, relief]
redirect_from: [/help/]
---
See [[ann|her]] and [[food]], Bob Ray, [us](../pages/about.md).[^a]

[^a]: Fact-check (misleading): so it is.
""",
    "content/topics/food.md": "---\nname: Food\nbroader: aid\n---\nPart of [[aid]].\n",
    "content/topics/water.md": "---\nname: Water\nbroader: aid\n---\nMore than [[food]].\n",
    "content/agreements/pact.md": """\
---
name: The Pact of Landia
short_name: The Pact
aliases: [the treaty, the paper]
kind: treaty
process: Peace
parties: [land, union]
third_parties: [bob, ann]
signatories: [{actor: ann, for: land}, {actor: bob, for: union}]
events:
  - {event: signed, date: 2023-05-06, party: land, place: Here, note: At night, source: https://example.org/signed}
  - {event: signed, date: 2023-05-06, party: union, place: There, note: By day, source: https://example.org/too}
  - {event: in-force, date: 2024-01-15}
relations: [{type: implements, agreement: deal}, {type: amends, agreement: deal}]
text_url: https://example.org/pact
redirect_from: [/pact/]
---
By [[ann|her]], Bob Ray and [[deal]], [us](../pages/about.md).[^a]

[^a]: Fact-check (misleading): so it is.
""",
    "content/agreements/deal.md": """\
---
name: The Deal
parties: [land, idle]
signatories: [{actor: bob}]
events: [{event: signed, date: 2023-04-05}]
relations: [{type: based-on, agreement: pact}, {type: complements, agreement: pact}]
---
After [[pact]].
""",
    "content/pages/about.md": """\
---
title: About
summary: Who we are.
lang: fr
redirect_from: [/us/]
---
By [[bob|him]], Ann Lee and [[union]], see [how](method.md).[^a]

[^a]: Fact-check (misleading): so it is.
""",
    "content/pages/method.md": "---\ntitle: Method\n---\nBy [[ann]]. See [us](about.md).\n",
    "content/pages/zero.md": "---\ntitle: Zero\n---\nNobody links here.\n",
    "content/topics/zero.md": "---\nname: Zero\n---\n",
    **{f"content/articles/2024-01-0{number}-e{number}.md": _entry(number) for number in (1, 2)},
    **{
        f"content/articles/2023-0{month}-01-old{month}.md": (
            f"---\ntitle: Old {month}\nspeakers: [{speakers}]\ntopics: [food]\nagreements: [deal]\n---\nText on [[pact]].\n\n"
            "> Old words, and whole\n> — [[ann]]\n"
        )
        for month, speakers in enumerate(("ann", "land, ann"), 1)
    },
}
