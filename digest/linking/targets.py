"""What a reference is bound to."""

from __future__ import annotations

from typing import NamedTuple


class Target(NamedTuple):
    """Something that can be linked to. `id` is a record's id, an entry's key, or an asset's path below `content/`."""

    kind: str
    id: str
    anchor: str = ""


ASSET = "asset"
