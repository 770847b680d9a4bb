"""Where a request's backend half belongs: read from the page's two headers, or from the ids in its body."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import quote, unquote_to_bytes

from .ids import langfuse_observation_id, langfuse_trace_id, short_id, well_formed

_TRACEPARENT = re.compile(
    r"[0-9a-f]{2}-((?!0{32})[0-9a-f]{32})-((?!0{16})[0-9a-f]{16})-[0-9a-f]{2}"
)
_TRACE_ID = re.compile(r"(?!0{32})[0-9a-f]{32}")
_EXPERIMENT = "experiment_"
_METADATA = "langfuse_metadata_"
_MAX_BAGGAGE_LENGTH = 8192


@dataclass(frozen=True)
class TraceContext:
    """The page's half of a trace, as far as its request says."""

    trace_id: str
    """32 hex digits: the trace's id in Langfuse."""
    parent_id: str
    """16 hex digits: the observation that the backend's hang below."""
    session_id: Optional[str] = None
    user_id: Optional[str] = None
    trace_name: Optional[str] = None
    environment: Optional[str] = None
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    experiments: dict[str, str] = field(default_factory=dict)
    """The variant of each experiment that the turn is part of, by its name."""


def read_trace(headers: Mapping[str, Any], body: object = None) -> Optional[TraceContext]:
    """The page's trace, by its headers, else by the ids in its body, else by a bare ``traceparent``.

    ``body`` is the parsed JSON of the request, if there is one. None where neither names a trace; never raises.
    """
    by_headers = read_trace_headers(headers)
    if "langfuse_trace_id=" in _header(headers, "baggage"):
        return by_headers
    return read_trace_body(body) or by_headers


def read_trace_headers(headers: Mapping[str, Any]) -> Optional[TraceContext]:
    """None where the headers name no trace. Never raises: they are a stranger's."""
    entries = _read_baggage(_header(headers, "baggage"))
    found = _TRACEPARENT.match(_header(headers, "traceparent"))
    trace, parent = (found.group(1), found.group(2)) if found else ("", "")
    claimed = next((value for key, value in entries if key == "langfuse_trace_id"), "").lower()
    # A gateway may have put a trace of its own into the one header; the page's stands in the other.
    if _TRACE_ID.fullmatch(claimed) and claimed != trace:
        trace, parent = claimed, langfuse_observation_id(claimed)
    if not trace:
        return None
    values = dict(entries)
    metadata = _prefixed(values, _METADATA)
    return TraceContext(
        trace_id=trace,
        parent_id=parent,
        session_id=values.get("langfuse_session_id") or None,
        user_id=values.get("langfuse_user_id") or None,
        trace_name=values.get("langfuse_trace_name") or None,
        environment=values.get("langfuse_environment") or None,
        tags=[tag for tag in values.get("langfuse_tags", "").split(",") if tag],
        metadata=metadata,
        experiments=_prefixed(metadata, _EXPERIMENT),
    )


def read_trace_body(body: object) -> Optional[TraceContext]:
    """By ``trace_id``, ``parent_span_id``, ``session_id`` and ``user_id`` of a chat request's body.

    The parent is the trace's root where none is named. None where the body names no trace.
    """
    if not isinstance(body, Mapping):
        return None
    trace_id = _text(body.get("trace_id"))
    if trace_id is None:
        return None
    return join_by_id(
        trace_id,
        _text(body.get("parent_span_id")),
        session_id=_text(body.get("session_id")),
        user_id=_text(body.get("user_id")),
    )


def join_by_id(
    trace_id: str,
    observation_id: Optional[str] = None,
    *,
    session_id: Optional[str] = None,
    user_id: Optional[str] = None,
    trace_name: Optional[str] = None,
) -> TraceContext:
    """By the page's own ids, or any others: the same in Langfuse as the page and the edge make of them."""
    trace = langfuse_trace_id(trace_id)
    return TraceContext(
        trace_id=trace,
        parent_id=langfuse_observation_id(trace, observation_id or "root"),
        session_id=short_id(session_id) if session_id else None,
        user_id=short_id(user_id) if user_id else None,
        trace_name=trace_name or None,
    )


def trace_headers(joined: TraceContext) -> dict[str, str]:
    """``traceparent`` and ``baggage``: for ``propagate.extract``, or to send along to the next server."""
    entries = {
        # Without the trace's id the official SDKs would mark their span as a second root.
        "langfuse_trace_id": joined.trace_id,
        "langfuse_session_id": joined.session_id,
        "langfuse_user_id": joined.user_id,
        "langfuse_trace_name": joined.trace_name,
        "langfuse_environment": joined.environment,
        "langfuse_tags": ",".join(joined.tags),
        **{_METADATA + key: value for key, value in joined.metadata.items()},
    }
    pairs = (
        f"{key}={quote(well_formed(value), safe='!*()' + chr(39))}"
        for key, value in entries.items()
        if value
    )
    return {
        "traceparent": f"00-{joined.trace_id}-{joined.parent_id}-01",
        "baggage": ",".join(pairs),
    }


@contextmanager
def in_trace(joined: Optional[TraceContext]) -> Iterator[None]:
    """Every observation that is made inside belongs to the page's trace; with None nothing changes.

    Needs OpenTelemetry, which comes with ``langfuse``.
    """
    if joined is None:
        yield
        return
    from opentelemetry import context, propagate

    token = context.attach(propagate.extract(trace_headers(joined)))
    try:
        yield
    finally:
        context.detach(token)


def _header(headers: Mapping[str, Any], name: str) -> str:
    value = headers.get(name)
    if value is None:
        lower = (value for key, value in headers.items() if str(key).lower() == name)
        value = next(lower, "")
    return value if isinstance(value, str) else ""


def _read_baggage(text: str) -> list[tuple[str, str]]:
    if len(text) > _MAX_BAGGAGE_LENGTH:
        return []
    entries = []
    for entry in text.split(","):
        key, equals, value = entry.split(";")[0].partition("=")
        decoded = _decoded(value.strip())
        if key and equals and decoded is not None:
            entries.append((key.strip(), decoded))
    return entries


def _decoded(text: str) -> Optional[str]:
    if re.search(r"%(?![0-9a-fA-F]{2})", text):
        return None
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        return None


def _prefixed(entries: Mapping[str, str], prefix: str) -> dict[str, str]:
    return {key[len(prefix) :]: value for key, value in entries.items() if key.startswith(prefix)}


def _text(value: object) -> Optional[str]:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and value else None
