"""A publication without a digest around it: files in a folder `wanted/` become the site, as `build` would do it.

Run as `python -m tests.support.publishing ROOT [WRITER]`. The writer `naive` clears the site and writes it in place:
what every test of safety must find wanting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digest.output import write
from digest.output.place import put
from digest.output.stamps import digest_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from digest.output.stamps import Known


def publish(root: Path, files: Mapping[str, bytes], known: Known | None = None) -> write.Written:
    """Publish files to `root/site`; returns what happened."""
    written, _ = publish_knowing(root, files, known or {})
    return written


def publish_knowing(root: Path, files: Mapping[str, bytes], known: Known) -> tuple[write.Written, Known]:
    """Publish files to `root/site` with what is known of the trees; returns what is known then."""
    destination = root / "site"
    spare = write.spare_of(destination, root)
    digests = {path: digest_of(data) for path, data in files.items()}
    live = write.survey(destination, known)
    if live.intact and live.files == digests:
        return write.Written(0, len(files), 0), {**known, **live.learned}
    staging = write.stage(destination, spare, live, known)
    fresh = [
        put(staging.folder, path, data)[1] for path, data in files.items() if not staging.holds(path, digests[path])
    ]
    written = staging.publish(digests, fresh)
    write.ensure_spare(destination, spare, files)
    return written, {**known, **staging.learned}
