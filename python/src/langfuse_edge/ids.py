"""Ids of pages, and what they become in Langfuse: the published rules (docs/backends.md)."""

import hashlib
import re
import time
from typing import Optional

_SHORT_LENGTH = 200
_CUT_LENGTH = 183


def sha256(text: str) -> str:
    """The hash of the text's UTF-8, as 64 hex digits."""
    return hashlib.sha256(well_formed(text).encode()).hexdigest()


def well_formed(text: str) -> str:
    """The text with U+FFFD for each half of a character, as JavaScript's ``toWellFormed``."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def langfuse_trace_id(trace_id: str) -> str:
    """The trace's id in Langfuse: 32 hex digits stay, else the first 32 of the id's SHA-256."""
    return trace_id.lower() if _is_hex(trace_id, 32) else sha256(trace_id)[:32]


def langfuse_observation_id(langfuse_trace: str, observation_id: str = "root") -> str:
    """The observation's id in Langfuse: 16 hex digits stay, else by the trace's id and its own."""
    if _is_hex(observation_id, 16):
        return observation_id.lower()
    return sha256(f"{langfuse_trace}/{observation_id}")[:16]


def owner_tag(public_key: str, owner: str) -> str:
    """The end of the ids of an owner's traces; ``owner`` is ``user:{id}`` or ``session:{id}``."""
    return sha256(f"{public_key}\n{owner}")[:16]


def owned_trace_id(trace_id: str, tag: Optional[str] = None) -> str:
    """A trace id in its owner's namespace; unchanged without a tag, or with it there already."""
    return f"{trace_id}.{tag}" if tag and not trace_id.endswith(f".{tag}") else trace_id


def backend_trace_id(kind: str) -> str:
    """``backend-{kind}-{timestamp}``: a trace that begins in a backend."""
    return f"backend-{kind}-{int(time.time() * 1000)}"


def short_id(text: str) -> str:
    """A session's or user's id as the edge shortens it: Langfuse takes 200 UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    if len(units) // 2 <= _SHORT_LENGTH:
        return text
    beginning = units[: _CUT_LENGTH * 2].decode("utf-16-le", "surrogatepass")
    if beginning and "\ud800" <= beginning[-1] <= "\udfff":
        beginning = beginning[:-1]
    return f"{beginning}.{sha256(text)[:16]}"


def _is_hex(text: str, digits: int) -> bool:
    return re.fullmatch(r"(?!0+$)[0-9a-fA-F]{%d}" % digits, text) is not None
