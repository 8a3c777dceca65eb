"""A git remote, as reports may show it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

_SECRET = re.compile(r"(\bhttps?://|://(?=[^/\s@]*:[^/\s@]*@))[^/\s@]*@")
"""User and password in a URL. The user of an ssh address alone is no secret: all call themselves git."""

# `git@host:owner/name.git`. One letter is no host but a Windows drive; `a::b` names a program, not a host.
_SCP_LIKE = re.compile(r"(?:[^@/:]+@)?([^/:@]{2,}):(?!//|:)/?(.+)")


def without_secrets(text: str) -> str:
    """Return `text` without the user and password of any URL in it, for messages."""
    return _SECRET.sub(r"\1", text) if "@" in text else text


def public_url(remote: str) -> str:
    """Return `remote` as an http or https URL without user and password.

    Args:
        remote: as git has it: a URL, `git@host:owner/name.git`, a path. It may come from an untrusted tree.

    Returns:
        The URL; "" for what others cannot reach (a local path) and for what is no address at all.
    """
    scp = _SCP_LIKE.fullmatch(remote)
    try:
        parts = urlsplit(f"ssh://{scp[1]}/{scp[2]}" if scp else remote)
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https", "ssh", "git"} or not parts.hostname:
        return ""
    web = parts.scheme in {"http", "https"}
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    shown = f"{host}:{port}" if port and web else host
    return f"{parts.scheme if web else 'https'}://{shown}{parts.path}"
