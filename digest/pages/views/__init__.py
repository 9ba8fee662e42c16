"""What templates may see: one small frozen view for every kind of page.

A page is a template and one of these values. Views hold text, site paths and other views, never a record
of the model, so `repr(view)` with the template's closure is everything a page depends on. Every `url` is
either a site path (`/actors/sergey-lavrov/`, joined with the base URL by the `href` filter) or an absolute
http(s) address. Fields named `html` are markup made by `digest.content.body`; everything else is plain text.
"""

from __future__ import annotations

from digest.pages.views.entities import (
    ActorGroup,
    ActorLine,
    ActorsView,
    ActorView,
    AgreementRow,
    AgreementsView,
    AgreementView,
    EventView,
    Participation,
    Relation,
    Role,
    Signatory,
    TopicLine,
    TopicsView,
    TopicView,
)
from digest.pages.views.entries import (
    ArchiveView,
    ArchiveYear,
    ArticleView,
    Correction,
    HomeView,
    KindCount,
    MonthView,
    PageView,
    SourceView,
    Speaker,
    Totals,
)
from digest.pages.views.parts import (
    AgreementLine,
    Appearance,
    Backlink,
    Body,
    Card,
    Count,
    DateView,
    Day,
    Head,
    LinkView,
    NoteView,
    Pager,
    QuoteView,
    Sentence,
    fragment_key,
)
from digest.pages.views.site import NotFoundView, RedirectView, SiteView

View = (
    HomeView
    | ArticleView
    | ActorView
    | ActorsView
    | TopicView
    | TopicsView
    | AgreementView
    | AgreementsView
    | PageView
    | MonthView
    | ArchiveView
    | NotFoundView
    | RedirectView
)

__all__ = [
    "ActorGroup",
    "ActorLine",
    "ActorView",
    "ActorsView",
    "AgreementLine",
    "AgreementRow",
    "AgreementView",
    "AgreementsView",
    "Appearance",
    "ArchiveView",
    "ArchiveYear",
    "ArticleView",
    "Backlink",
    "Body",
    "Card",
    "Correction",
    "Count",
    "DateView",
    "Day",
    "EventView",
    "Head",
    "HomeView",
    "KindCount",
    "LinkView",
    "MonthView",
    "NotFoundView",
    "NoteView",
    "PageView",
    "Pager",
    "Participation",
    "QuoteView",
    "RedirectView",
    "Relation",
    "Role",
    "Sentence",
    "Signatory",
    "SiteView",
    "SourceView",
    "Speaker",
    "TopicLine",
    "TopicView",
    "TopicsView",
    "Totals",
    "View",
    "fragment_key",
]
