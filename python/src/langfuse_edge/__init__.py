"""For a Python backend beside langfuse-edge: tokens for its pages, and its half of their traces.

No dependency. With Langfuse's own SDK (3 and newer), or any other OpenTelemetry::

    from langfuse import get_client
    from langfuse_edge import in_trace, read_trace

    with in_trace(read_trace(request.headers, body)):
        with get_client().start_as_current_observation(
            as_type="span", name="backend-assistant-Research Assistant", input=question
        ) as span:
            span.update(output=answer(question))
"""

from .ids import (
    backend_trace_id,
    langfuse_observation_id,
    langfuse_trace_id,
    owned_trace_id,
    owner_tag,
)
from .token import SessionToken, TokenError, create_token, sign_token
from .trace_context import (
    TraceContext,
    in_trace,
    join_by_id,
    read_trace,
    read_trace_body,
    read_trace_headers,
    trace_headers,
)
from .variant import variant

__all__ = [
    "SessionToken",
    "TokenError",
    "TraceContext",
    "backend_trace_id",
    "create_token",
    "in_trace",
    "join_by_id",
    "langfuse_observation_id",
    "langfuse_trace_id",
    "owned_trace_id",
    "owner_tag",
    "read_trace",
    "read_trace_body",
    "read_trace_headers",
    "sign_token",
    "trace_headers",
    "variant",
]
__version__ = "0.1.0"
