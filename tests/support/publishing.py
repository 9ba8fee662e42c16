"""A publication without a digest around it: the files in `wanted/` become the site in `site/`, as a build does it.

Run in a process of its own (`run`); imports little, for it is run some hundred times. The writer
`naive` clears the site and writes it in place: the control that every test of safety must find wanting.
"""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from digest.digests import digest_of
from digest.output import write
from digest.output.place import put
from digest.state import folder as state

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.output.stamps import Known

KNOWN = f"{state.FOLDER}/known.json"


def publish(root: Path, files: Mapping[str, bytes], known: Known | None = None) -> write.PublishReport:
    """Publish files to `root/site`; returns what happened."""
    written, _ = publish_knowing(root, files, known or {})
    return written


def publish_knowing(root: Path, files: Mapping[str, bytes], known: Known) -> tuple[write.PublishReport, Known]:
    """Publish files to `root/site` with what is known of the trees; returns what is known then."""
    destination = root / "site"
    spare = write.spare_of(destination, root)
    digests = {path: digest_of(data) for path, data in files.items()}
    live = write.scan_published(destination, known)
    if live.intact and live.files == digests:
        write.vouch(live.learned, destination)
        return write.PublishReport(0, len(files), 0), {**known, **live.learned}
    staging = write.stage(destination, spare, live, known)
    fresh = [
        put(staging.folder, path, data)[1] for path, data in files.items() if not staging.holds(path, digests[path])
    ]
    written = staging.publish(digests, fresh)
    write.ensure_spare(destination, spare, files)
    return written, {**known, **staging.learned}


def publish_remembering(root: Path, files: Mapping[str, bytes]) -> None:
    """Publish files, and keep what is known in the state folder, as one build after the other does."""
    with state.only_build(root):
        _, known = publish_knowing(root, files, _remembered(root))
        put(root, KNOWN, json.dumps(list(known.items())).encode())


def _remembered(root: Path) -> Known:
    try:
        return {
            (path, inode, size, mtime): found
            for (path, inode, size, mtime), found in json.loads((root / KNOWN).read_text())
        }
    except (OSError, ValueError):
        return {}


def write_naively(root: Path, files: Mapping[str, bytes]) -> None:
    """Clear the site, then write it where it is."""
    shutil.rmtree(root / "site", ignore_errors=True)
    for path, data in files.items():
        file = root / "site" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)


def read_wanted(root: Path) -> dict[str, bytes]:
    folder = root / "wanted"
    return {
        file.relative_to(folder).as_posix(): file.read_bytes() for file in sorted(folder.rglob("*")) if file.is_file()
    }


def main(root: Path, writer: str = "careful") -> None:
    files = read_wanted(root)
    try:
        (write_naively if writer == "naive" else publish_remembering)(root, files)
    except state.AnotherBuildError:
        sys.exit(3)
    except OSError as error:
        sys.stderr.write(f"digest: {error.filename}: {error.strerror}\n")
        sys.exit(3)


def run() -> None:
    """Publish as the command line says: ROOT [WRITER]."""
    main(Path(sys.argv[1]), *sys.argv[2:])
