"""What a file is besides its bytes: owner, group, permissions, extended attributes (access lists and labels are some).

Extended attributes are Linux's (xattr(7)); elsewhere owner, group and permissions are given alone.
"""

from __future__ import annotations

import errno
import os
import stat
import sys


class NotGivenError(Exception):
    """Something of a file cannot be given to another one; says what, in words for the editor."""


def give(descriptor: int, like: int) -> None:
    """Give an open file all that another open file is besides its bytes.

    Raises:
        NotGivenError: this user may not, or the file system cannot.
        OSError: the disk failed.
    """
    wanted, now = os.fstat(like), os.fstat(descriptor)
    if (wanted.st_uid, wanted.st_gid) != (now.st_uid, now.st_gid):
        try:
            os.fchown(descriptor, wanted.st_uid, wanted.st_gid)
        except PermissionError:
            raise NotGivenError(f"it belongs to user {wanted.st_uid} and group {wanted.st_gid}") from None
    _give_extended(descriptor, like)
    os.fchmod(descriptor, stat.S_IMODE(wanted.st_mode))  # last: a new owner or access list changes permissions


def _give_extended(descriptor: int, like: int) -> None:
    wanted, now = _extended(like), _extended(descriptor)
    if sys.platform != "linux" or wanted == now:
        return
    for name in sorted(wanted.keys() | now.keys()):
        try:
            if name not in wanted:  # a default access list of the folder's
                os.removexattr(descriptor, name)
            elif wanted[name] != now.get(name):
                os.setxattr(descriptor, name, wanted[name])
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO}:
                raise
            raise NotGivenError(f"it has the extended attribute `{name}`") from None


def _extended(descriptor: int) -> dict[str, bytes]:
    if sys.platform != "linux":
        return {}
    try:
        return {name: os.getxattr(descriptor, name) for name in os.listxattr(descriptor)}
    except OSError as error:
        if error.errno == errno.ENOTSUP:
            return {}
        raise
