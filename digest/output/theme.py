"""Themes: a folder of templates and static files, laid file by file over the theme it extends.

themes/<name>/theme.yaml   name, description, extends
themes/<name>/templates/   Jinja templates; `{% extends "<parent>/article.html" %}` names a theme's own
themes/<name>/static/      copied to /theme/; style sheets and scripts get a fingerprint in their name
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from digest.decode.nodes import read
from digest.decode.schema import decode
from digest.decode.text import decode as decode_text
from digest.decode.types import STRICT, Line, Reference, doc
from digest.diagnostics import Diagnostic, did_you_mean, either, has_errors
from digest.output.places import bundled, folder_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.config import Config

_FINGERPRINTED = frozenset({".css", ".js"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSettings:
    """A theme's own settings."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("The theme's name.")]
    description: Annotated[Line | None, doc("What it is like.")] = None
    extends: Annotated[Reference | None, doc("The theme it is laid over.")] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """`folders` from the user's theme to the one at the bottom, by name; `static` files by path below /theme/.

    `templates` are files by every name that leads to them: `base.html` is the first theme's that has one, and
    `<theme>/base.html` that theme's own.
    """

    folders: Mapping[str, Path]
    templates: Mapping[str, Path]
    static: Mapping[str, Path]
    published: Mapping[str, str]

    def static_path(self, name: str) -> str:
        """Return the published path of a static file.

        Raises:
            KeyError: the theme has no such file.
        """
        return self.published[name]

    def template(self, name: str) -> Path | None:
        """Return the file of a template, as `extends`, `include` and `import` name it."""
        return self.templates.get("/".join(part for part in name.split("/") if part not in {"", "."}))


def load_theme(config: Config) -> tuple[Theme | None, list[Diagnostic]]:
    """Find the site's theme and those it extends.

    Raises:
        OSError: a theme's file cannot be read.
    """
    folders: dict[str, Path] = {}
    name, problem = config.theme, None
    while name:
        folder = folder_of(config.root, name)
        if folder is None or name in folders:
            return None, [problem or _unknown(config, name)]
        folders[name] = folder
        settings, problems = _settings(config, folder)
        if settings is None:
            return None, problems
        above = settings.extends
        name = above.text if above else ""
        if above:
            problem = _unusable(config, folder, above, circular=name in folders)
    static = _static(folders)
    return Theme(folders=folders, templates=_templates(folders), static=static, published=_published(static)), []


def _names(root: Path) -> list[str]:
    places = [place for place in (root / "themes", bundled()) if place.is_dir()]
    return sorted({folder.name for place in places for folder in place.iterdir() if folder.is_dir()})


def _settings(config: Config, folder: Path) -> tuple[ThemeSettings | None, list[Diagnostic]]:
    file = folder / "theme.yaml"
    path = shown_path(config.root, file)
    if not file.is_file():
        return None, [Diagnostic(code="missing-file", message="a theme needs this file", path=path, hint="name: …")]
    text, problems = decode_text(file.read_bytes(), path)
    if has_errors(problems):
        return None, problems
    node, problems = read(text, path=path)
    if node is None or has_errors(problems):
        return None, problems
    return decode(ThemeSettings, node, path)


def shown_path(root: Path, file: Path) -> str:
    """Return a file's path as people see it: relative to the root, or below the package's themes."""
    if file.is_relative_to(root):
        return file.relative_to(root).as_posix()
    return f"themes/{file.relative_to(bundled()).as_posix()}" if file.is_relative_to(bundled()) else str(file)


def _unknown(config: Config, name: str) -> Diagnostic:
    names = _names(config.root)
    return Diagnostic(
        code="unknown-theme",
        message=f"no theme `{name}`",
        path=config.path,
        start=config.theme_at[0],
        end=config.theme_at[1],
        hint=did_you_mean(name, names) or f"there is {either(names)}",
    )


def _unusable(config: Config, folder: Path, above: Reference, *, circular: bool) -> Diagnostic:
    message = f"the theme `{above.text}` extends itself" if circular else f"no theme `{above.text}`"
    return Diagnostic(
        code="unknown-theme",
        message=message,
        path=shown_path(config.root, folder / "theme.yaml"),
        start=above.start,
        end=above.end,
        hint=did_you_mean(above.text, _names(config.root)),
    )


def _templates(folders: Mapping[str, Path]) -> dict[str, Path]:
    """Return templates by name; one that is not there cannot be reached, whatever the file system makes of names."""
    found: dict[str, Path] = {}
    own = {name: sorted(_files(folder / "templates")) for name, folder in folders.items()}
    for name, folder in folders.items():
        for file in own[name]:
            found.setdefault(file.relative_to(folder / "templates").as_posix(), file)
    for name, folder in folders.items():
        for file in own[name]:
            found.setdefault(f"{name}/{file.relative_to(folder / 'templates').as_posix()}", file)
    return found


def _files(folder: Path) -> list[Path]:
    return [file for file in folder.rglob("*") if file.is_file()]


def _static(folders: Mapping[str, Path]) -> dict[str, Path]:
    """Return static files by their path, those of the user's theme before those it is laid over."""
    found: dict[str, Path] = {}
    for folder in folders.values():
        files = sorted(file for file in (folder / "static").rglob("*") if file.is_file())
        for file in files:
            if not file.name.startswith("."):
                found.setdefault(file.relative_to(folder / "static").as_posix(), file)
    return dict(sorted(found.items()))


def _published(static: Mapping[str, Path]) -> dict[str, str]:
    return {name: fingerprinted(name, file) for name, file in static.items()}


def fingerprinted(name: str, file: Path) -> str:
    """Return the published name of a static file that holds what `file` holds.

    Raises:
        OSError: the file cannot be read.
    """
    if file.suffix not in _FINGERPRINTED:
        return name
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, lambda: hashlib.blake2b(digest_size=5)).hexdigest()
    return f"{name.removesuffix(file.suffix)}.{digest}{file.suffix}"
