"""Whether another program has a file open to write, or is about to: read leases of Linux (fcntl(2), F_SETLEASE).

A lease is refused while somebody has the file open for writing. As long as it is held, whoever opens the file to write
waits, and the holder can see it. Some file systems have none, those of networks among them.
"""

from __future__ import annotations

import errno
import signal
import sys


def lease(descriptor: int) -> bool | None:
    """Lease an open file until it is closed; False if somebody has it open to write, None where there are no leases."""
    if sys.platform != "linux":
        return None
    import fcntl  # noqa: PLC0415 - few edit, and there are no leases elsewhere

    try:
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)  # the default, SIGIO, would end the process
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
    except OSError as error:
        return False if error.errno == errno.EAGAIN else None
    return True


def is_wanted(descriptor: int) -> bool:
    """Tell whether somebody waits for the lease to end."""
    if sys.platform != "linux":
        return False
    import fcntl  # noqa: PLC0415 - as above

    return fcntl.fcntl(descriptor, fcntl.F_GETLEASE) != fcntl.F_RDLCK
