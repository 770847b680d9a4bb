"""Observations for Langfuse v4 with nothing but Python 3's standard library: each one is sent once,
when it has ended, as an OTLP span. To be copied; whoever may install packages takes the official SDK.

    trace = Trace(trace_id, name="Research Assistant", session_id="chat-7")
    span = trace.observation("backend-assistant-Research Assistant", parent=parent_span_id, input=question)
    span.end(output=answer)
    trace.send()

LANGFUSE_PUBLIC_KEY, LANGFUSE_SECRET_KEY and LANGFUSE_BASE_URL say where to. Never raises for what
Langfuse does.
"""

import base64
import hashlib
import json
import os
import re
import secrets
import sys
import time
import urllib.request


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def is_hex(text: str, digits: int) -> bool:
    return bool(re.fullmatch(r"(?!0+$)[0-9a-fA-F]{%d}" % digits, text))


def langfuse_trace_id(trace_id: str) -> str:
    return trace_id.lower() if is_hex(trace_id, 32) else sha256(trace_id)[:32]


def langfuse_span_id(trace_id: str, span_id: str = "root") -> str:
    if is_hex(span_id, 16):
        return span_id.lower()
    return sha256(f"{langfuse_trace_id(trace_id)}/{span_id}")[:16]


def text_of(value) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    # Half a surrogate pair would cost Langfuse other requests' spans as well.
    return text.encode("utf-8", "replace").decode()


class Trace:
    """Somebody else's trace that is joined by its id, or without one a trace of its own."""

    def __init__(self, trace_id=None, name=None, session_id=None, user_id=None):
        self.joined = trace_id is not None
        self.trace_id = trace_id or secrets.token_hex(16)
        # Langfuse does not copy these to the other observations of a trace, so each has them.
        self.wide = {
            "langfuse.trace.name": name,
            "session.id": session_id,
            "user.id": user_id,
            "langfuse.environment": os.getenv("LANGFUSE_TRACING_ENVIRONMENT"),
            "langfuse.release": os.getenv("LANGFUSE_RELEASE"),
        }
        self.ended = []

    def observation(self, name, under=None, parent=None, **fields):
        """`under`: another one of these. `parent`: the id of one that the browser began."""
        if under is not None:
            parent_id = under.span["spanId"]
        elif self.joined:
            parent_id = langfuse_span_id(self.trace_id, parent or "root")
        else:
            parent_id = None
        return Observation(self, name, parent_id, **fields)

    def send(self):
        spans, self.ended = self.ended, []
        # A scope of another name would be repeated in each observation's metadata.
        scope = {"scope": {"name": "langfuse-sdk-stdlib"}, "spans": spans}
        keys = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
        request = urllib.request.Request(
            f"{os.environ['LANGFUSE_BASE_URL']}/api/public/otel/v1/traces",
            data=json.dumps({"resourceSpans": [{"scopeSpans": [scope]}]}).encode(),
            headers={
                "authorization": "Basic " + base64.b64encode(keys.encode()).decode(),
                "content-type": "application/json",
                "x-langfuse-ingestion-version": "4",
            },
        )
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except OSError as error:
            print(f"Langfuse has not taken {len(spans)} spans: {error}", file=sys.stderr)


class Observation:
    def __init__(self, trace, name, parent_id, type="span", model=None, input=None, metadata=None):
        self.trace = trace
        self.attributes = {
            **trace.wide,
            "langfuse.observation.type": type,
            "langfuse.observation.model.name": model,
            "langfuse.observation.input": input,
        }
        for key, value in (metadata or {}).items():
            self.attributes[f"langfuse.observation.metadata.{key}"] = value
        self.span = {
            "traceId": langfuse_trace_id(trace.trace_id),
            "spanId": secrets.token_hex(8),
            "name": text_of(name),
            "kind": 1,
            "startTimeUnixNano": str(time.time_ns()),
            "status": {},
        }
        if parent_id is not None:
            self.span["parentSpanId"] = parent_id

    def first_token(self):
        now = time.time()
        iso = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03}Z"
        self.attributes["langfuse.observation.completion_start_time"] = json.dumps(iso)

    def usage(self, input: int, output: int):
        usage = {"input": input, "output": output, "total": input + output}
        self.attributes["langfuse.observation.usage_details"] = usage

    def error(self, message: str):
        self.attributes["langfuse.observation.level"] = "ERROR"
        self.attributes["langfuse.observation.status_message"] = message
        self.span["status"] = {"code": 2, "message": message}

    def end(self, output=None):
        self.attributes["langfuse.observation.output"] = output
        self.span["endTimeUnixNano"] = str(time.time_ns())
        # A null among the attributes would cost Langfuse every span of the request.
        self.span["attributes"] = [
            {"key": key, "value": {"stringValue": text_of(value)}}
            for key, value in self.attributes.items()
            if value is not None
        ]
        self.trace.ended.append(self.span)
