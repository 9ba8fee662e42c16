"""Themes: a folder of templates and static files, laid file by file over the theme it extends.

themes/<name>/theme.yaml   name, description, extends
themes/<name>/templates/   Jinja templates; `{% extends "<parent>/article.html" %}` names a theme's own
themes/<name>/static/      copied to /theme/; style sheets and scripts get a fingerprint in their name
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, NamedTuple

from digest.content.load import stamp
from digest.decode.nodes import read
from digest.decode.schema import decode
from digest.decode.text import MAX_BYTES
from digest.decode.text import decode as decode_text
from digest.decode.types import STRICT, Line, Reference, doc
from digest.diagnostics import Diagnostic, did_you_mean, either, has_errors
from digest.digests import Reading, read_once
from digest.output.files import SETTINGS, STATIC, TEMPLATES, ThemeFiles, files_of
from digest.output.places import bundled, folder_of, is_bundled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.config import Config

_FINGERPRINTED = (".css", ".js")
_MOST_PRINTED = 16 * MAX_BYTES
"""Bytes of a style sheet or script, which is held as a whole; other static files are copied piece by piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ThemeSettings:
    """A theme's own settings."""

    __pydantic_config__ = STRICT
    name: Annotated[Line, doc("The theme's name.")]
    description: Annotated[Line | None, doc("What it is like.")] = None
    extends: Annotated[Reference | None, doc("The theme it is laid over.")] = None


class Template(NamedTuple):
    """A template as it was read, once: what is compiled is what was digested."""

    file: Path
    data: bytes

    @property
    def text(self) -> str:
        """Its text; UnicodeDecodeError where it is not UTF-8."""
        return self.data.decode().replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """`folders` from the user's theme to the one at the bottom, by name; `static` files by path below /theme/.

    `templates` are found by every name that leads to them: `base.html` is the first theme's that has one, and
    `<theme>/base.html` that theme's own. `stamps` tell what all files looked like before they were read, `digests`
    what was read of them: of all but static files that are published under their own names.
    """

    folders: Mapping[str, Path]
    templates: Mapping[str, Template]
    static: Mapping[str, Path]
    published: Mapping[str, str]
    stamps: Mapping[Path, str]
    digests: Mapping[Path, str]

    def template(self, name: str) -> Template | None:
        """Return the template that `extends`, `include` and `import` name so."""
        return self.templates.get("/".join(part for part in name.split("/") if part not in {"", "."}))

    def source(self, name: str) -> tuple[str, str] | None:
        """Return the text of a template and the file it is in, as engines want them."""
        found = self.template(name)
        return (found.text, str(found.file)) if found else None


def load_theme(config: Config) -> tuple[Theme | None, list[Diagnostic]]:
    """Read the site's theme and those it extends, if they may run here.

    Raises:
        OSError: a theme's file cannot be read.
    """
    chain = find_themes(config)
    if chain.problems:
        return None, chain.problems
    if problem := _untrusted(config, chain):
        return None, [problem]
    templates, static = _templates(chain), _by_name(chain, STATIC)
    readings = {file: read_once(file, most=MAX_BYTES) for file in templates.values()}
    printed = [file for name, file in static.items() if name.endswith(_FINGERPRINTED)]
    prints = {file: read_once(file, most=_MOST_PRINTED) for file in printed}
    if problems := _too_large(config, readings, MAX_BYTES) + _too_large(config, prints, _MOST_PRINTED):
        return None, problems
    readings |= chain.settings | prints
    stamps = {
        chain.folders[name] / path: stamp(seen)
        for name, files in chain.files.items()
        for path, seen in files.seen.items()
    }
    return Theme(
        folders=chain.folders,
        templates={name: Template(file, readings[file].data) for name, file in templates.items()},
        static=static,
        published={name: _published(name, readings.get(file)) for name, file in static.items()},
        stamps={**stamps, **{file: stamp(reading.seen) for file, reading in readings.items()}},
        digests={file: reading.digest for file, reading in readings.items()},
    ), []


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A theme and those it extends: their folders by name, the files there, and their settings as they were read.

    `named` are the places (path, start, end) where each is named. Only settings have been read, and nothing has run.
    """

    folders: dict[str, Path] = field(default_factory=dict)
    files: dict[str, ThemeFiles] = field(default_factory=dict)
    settings: dict[Path, Reading] = field(default_factory=dict)
    named: dict[str, tuple[str, int, int]] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)

    @property
    def own(self) -> dict[str, Path]:
        """The folders of the project's themes, by name; others are the program's."""
        return {name: folder for name, folder in self.folders.items() if not is_bundled(folder)}


def find_themes(config: Config) -> Chain:
    """Find the site's theme and those it extends.

    Raises:
        OSError: a theme's file cannot be read.
    """
    chain = Chain()
    name, place, above = config.theme, (config.path, *config.theme_at), None
    while name:
        folder = folder_of(config.root, name)
        if folder is None or name in chain.folders:
            circular = name in chain.folders
            problem = _unusable(config, above, place[0], circular=circular) if above else _unknown(config, name)
            chain.problems.append(problem)
            return chain
        chain.folders[name], chain.named[name] = folder, place
        chain.files[name] = files_of(folder)
        chain.problems.extend(chain.files[name].problems)
        settings = None if chain.problems else _settings(config, folder, chain)
        above = settings.extends if settings else None
        name = above.text if above else ""
        if above:
            place = (shown_path(config.root, folder / SETTINGS), above.start, above.end)
    return chain


def _names(root: Path) -> list[str]:
    places = [place for place in (root / "themes", bundled()) if place.is_dir()]
    return sorted({folder.name for place in places for folder in place.iterdir() if folder.is_dir()})


def _settings(config: Config, folder: Path, chain: Chain) -> ThemeSettings | None:
    """Read a theme's settings into the chain, or say there what is wrong with them."""
    file = folder / SETTINGS
    path = shown_path(config.root, file)
    if not file.is_file():
        chain.problems.append(
            Diagnostic(code="missing-file", message="a theme needs this file", path=path, hint="name: …")
        )
        return None
    chain.settings[file] = reading = read_once(file, most=MAX_BYTES)
    text, problems = decode_text(reading.data, path)
    if not has_errors(problems):
        node, problems = read(text, path=path)
        if node is not None and not has_errors(problems):
            settings, problems = decode(ThemeSettings, node, path)
            if settings is not None:
                return settings
    chain.problems.extend(problems)
    return None


def shown_path(root: Path, file: Path) -> str:
    """Return a file's path as people see it: relative to the root, or below the package's themes."""
    if file.is_relative_to(root):
        return file.relative_to(root).as_posix()
    return f"themes/{file.relative_to(bundled()).as_posix()}" if file.is_relative_to(bundled()) else str(file)


def _untrusted(config: Config, chain: Chain) -> Diagnostic | None:
    """Return what is to be said where a theme of the project is not known to be one that may run."""
    name = next((name for name in chain.own if name not in config.trusted), "")
    if not name:
        return None
    path, start, end = chain.named[name]
    return Diagnostic(
        code="untrusted-theme",
        message=f"the theme `{name}` has not been let run here; its templates are code",
        path=path,
        start=start,
        end=end,
        hint=f"look at {shown_path(config.root, chain.folders[name])}/, then start again with `--trust`",
    )


def _too_large(config: Config, readings: Mapping[Path, Reading], most: int) -> list[Diagnostic]:
    message, hint = f"the file holds more than {most:,} bytes", "split it, or move it out of the theme"
    return [
        Diagnostic(code="too-large", message=message, path=shown_path(config.root, file), hint=hint)
        for file, reading in readings.items()
        if len(reading.data) > most
    ]


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


def _unusable(config: Config, above: Reference, path: str, *, circular: bool) -> Diagnostic:
    message = f"the theme `{above.text}` extends itself" if circular else f"no theme `{above.text}`"
    return Diagnostic(
        code="unknown-theme",
        message=message,
        path=path,
        start=above.start,
        end=above.end,
        hint=did_you_mean(above.text, _names(config.root)),
    )


def _templates(chain: Chain) -> dict[str, Path]:
    """Return templates by name; one that is not there cannot be reached, whatever the file system makes of names."""
    found = _by_name(chain, TEMPLATES)
    for name, folder in chain.folders.items():
        for path in chain.files[name].below(TEMPLATES):
            found.setdefault(f"{name}/{path}", folder / TEMPLATES / path)
    return found


def _by_name(chain: Chain, part: str) -> dict[str, Path]:
    """Return the files of a part by their path in it, those of the user's theme before those it is laid over."""
    found: dict[str, Path] = {}
    for name, folder in chain.folders.items():
        for path in chain.files[name].below(part):
            found.setdefault(path, folder / part / path)
    return dict(sorted(found.items()))


def _published(name: str, reading: Reading | None) -> str:
    return name if reading is None else fingerprinted(name, reading.data)


def fingerprinted(name: str, data: bytes) -> str:
    """Return the published name of a style sheet or script that holds `data`."""
    start, dot, ending = name.rpartition(".")
    return f"{start}.{hashlib.blake2b(data, digest_size=5).hexdigest()}{dot}{ending}"
