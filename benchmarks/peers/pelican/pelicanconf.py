"""Settings of the synthetic digest: speakers are authors, topics and agreements are tags."""

import json
from pathlib import Path

SITENAME = "A synthetic digest"
SITEURL = "https://example.org"
TIMEZONE = "UTC"
DEFAULT_LANG = "en"
PATH = "content"
THEME = "theme"
PLUGIN_PATHS = ["plugins"]
PLUGINS = ["neighbours"]
TERMS = json.loads(Path(__file__).with_name("terms.json").read_text(encoding="utf-8"))

MARKDOWN = {
    "extension_configs": {"markdown.extensions.footnotes": {}, "markdown.extensions.meta": {}},
    "output_format": "html5",
}
STATIC_PATHS: list[str] = []
DEFAULT_PAGINATION = 50
PAGINATED_TEMPLATES = {"index": None, "author": None, "tag": None}
PAGINATION_PATTERNS = (
    (1, "{url}", "{save_as}"),
    (2, "{base_name}/page/{number}/", "{base_name}/page/{number}/index.html"),
)
DIRECT_TEMPLATES = ["index", "authors", "tags", "archives", "sitemap"]

ARTICLE_URL = "articles/{date:%Y}/{date:%m}/{slug}/"
ARTICLE_SAVE_AS = ARTICLE_URL + "index.html"
AUTHOR_URL = "actors/{slug}/"
AUTHOR_SAVE_AS = AUTHOR_URL + "index.html"
AUTHORS_SAVE_AS = "actors/index.html"
TAG_URL = "tags/{slug}/"
TAG_SAVE_AS = TAG_URL + "index.html"
TAGS_SAVE_AS = "tags/index.html"
MONTH_ARCHIVE_URL = "archive/{date:%Y}/{date:%m}/"
MONTH_ARCHIVE_SAVE_AS = MONTH_ARCHIVE_URL + "index.html"
ARCHIVES_SAVE_AS = "archive/index.html"
SITEMAP_SAVE_AS = "sitemap.xml"
CATEGORY_SAVE_AS = ""  # every article would be in the same one
DRAFT_SAVE_AS = ""

FEED_DOMAIN = SITEURL
FEED_ALL_ATOM = "feed.xml"  # one feed, as the others have
FEED_MAX_ITEMS = 50
CATEGORY_FEED_ATOM = None
TRANSLATION_FEED_ATOM = None
AUTHOR_FEED_ATOM = None
AUTHOR_FEED_RSS = None
