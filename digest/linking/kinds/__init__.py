"""All kinds of records: the only place where one is registered for linking.

The order is that of the sections of a site, and of what is said of all records.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from digest.linking.kinds.actor import ACTOR
from digest.linking.kinds.agreement import AGREEMENT
from digest.linking.kinds.topic import TOPIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from digest.linking.kind import RecordKind

RECORDS: tuple[RecordKind[Any, Any, Any], ...] = (ACTOR, TOPIC, AGREEMENT)


@cache
def by_name() -> Mapping[str, RecordKind[Any, Any, Any]]:
    return {kind.name: kind for kind in RECORDS}
