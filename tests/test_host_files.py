"""Whoever writes content does not configure the host by the name of a file, unless `digest.yaml` allows that file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.site import Site

REFUSED = (
    *("_headers", "_redirects", "_routes.json", "_worker.js", "_worker.js/index.js", "_config.yml", "_HEADERS"),
    *("CNAME", "cname", "netlify.toml", "vercel.json", "Vercel.json", "staticwebapp.config.json", "serve.json"),
    *("web.config", "files/Web.Config", "php.ini", "Dockerfile", "package.json", "wrangler.jsonc"),
    *("x.php", "files/x.PHP", "x.php7", "x.php.txt", "a/b/x.phtml", "x.phar", "x.cgi", "x.pl", "cgi-bin/x", "x.shtml"),
    *("x.aspx", "x.ashx", "x.jsp", "x.cfm", "api/x.js", "functions/x.ts", "netlify/functions/x.go"),
    *("sw.js", "service-worker.js", "anything.js", "x.mjs", "articles/sw.js", "archive/2024/x.cjs", "about/sw.js"),
    *("google0123456789abcdef.html", "BingSiteAuth.xml", "ads.txt", "default.htm", "files/Default.html"),
    *("index.htm", "files/Index.HTM", "functions/x.tsx", "api/x.jsx", "WEB-INF/web.xml", "META-INF/context.xml"),
    *("apple-app-site-association", "crossdomain.xml", "clientaccesspolicy.xml", "naver0123abcd.html"),
    *("baidu_verify_code-Ab1.html", "docker-compose.yml", "compose.yaml", "railway.json", "nixpacks.toml"),
    "edgeone.json",
)
FREE = (
    *(
        "robots.txt",
        "humans.txt",
        "favicon.ico",
        "files/data.json",
        "files/chart.js",
        "files/_photo.jpg",
        "files/CNAME",
    ),
    *(
        "files/statement.pl.pdf",
        "api/data.json",
        "files/google.html",
        "files/package.json",
        "site.webmanifest",
        "phpx.txt",
        "files/chart.tsx",
        "files/WEB-INF/x",
    ),
)


@pytest.mark.parametrize("path", REFUSED)
def test_a_name_that_means_something_to_a_host_needs_a_setting(site: Site, path: str) -> None:
    """
    -- content/pages/about.md --
    ---
    title: About
    ---
    """
    site.write(f"content/{path}", "x")
    (found,) = site.diagnostics()
    assert (found["code"], found["path"], found["severity"]) == ("host-file", f"content/{path}", "error")
    assert site.run("build").exit_code == 1
    assert not (site.root / "site").exists()
    _, _, setting = found["hint"].partition("digest.yaml: `")
    site.write("digest.yaml", f"title: T\n{setting.removesuffix('`')}\n")
    site.build()
    assert site.out(path) == "x"


def test_other_names_need_none(site: Site) -> None:
    for path in FREE:
        site.write(f"content/{path}", "x")
    assert site.diagnostics() == []
    site.build()
    assert {*FREE} <= {*site.outputs()}


def test_patterns_allow_many_names_and_no_others(site: Site) -> None:
    """
    -- digest.yaml --
    title: T
    publish:
      host_files: [CNAME, "actors/*.js"]
    -- content/CNAME --
    -- content/actors/a.js --
    -- content/actors/b/c.js --
    -- content/sw.js --
    -- content/cname --
    """
    assert [found["path"] for found in site.diagnostics() if found["code"] == "host-file"] == [
        "content/cname",
        "content/sw.js",
    ]


def test_a_name_with_odd_characters_can_be_allowed_as_the_hint_says(site: Site) -> None:
    site.write('content/files/a [1]".php', "x")
    site.write("content/files/ü, # [x].php", "x")
    found = [each for each in site.diagnostics() if each["code"] == "host-file"]
    assert found
    names = ", ".join(each["hint"].partition("host_files: [")[2].partition("]}`")[0] for each in found)
    site.write("digest.yaml", f"title: T\npublish: {{host_files: [{names}]}}\n")
    assert [each for each in site.diagnostics() if each["code"] == "host-file"] == []
