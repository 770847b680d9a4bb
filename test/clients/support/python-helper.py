# A page's half of two turns, and the seed's backend for each: by headers, and by the ids in the body.
import base64
import json
import os
import urllib.request

from langfuse import get_client
from langfuse_edge import create_token, in_trace, read_trace

EDGE = os.environ["LANGFUSE_HOST"]
KEYS = f"{os.environ['LANGFUSE_PUBLIC_KEY']}:{os.environ['LANGFUSE_SECRET_KEY']}"
ASSISTANT = "Research Assistant"


def page(trace, action, **data):
    request = urllib.request.Request(
        f"{EDGE}/api/langfuse/trace",
        data=json.dumps(
            {"action": action, "data": {"traceId": trace, **data}, "sessionId": "chat-7"}
        ).encode(),
        headers={
            "content-type": "application/json",
            "authorization": "Basic " + base64.b64encode(KEYS.encode()).decode(),
        },
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)


# The seed's backend, in ten lines.
def answer(headers, body):
    with in_trace(read_trace(headers, body)):
        with get_client().start_as_current_observation(
            as_type="span",
            name=f"backend-assistant-{ASSISTANT}",
            input=body["question"],
            metadata={"source": "backend-api"},
        ) as span:
            span.update(output="In the cellar.")


for way in ("headers", "body"):
    trace = f"ui2-1671234567890-{way}"
    page(trace, "create_trace", name=ASSISTANT)
    call = page(trace, "create_span", spanId="call", name="frontend-backend-api-call")
    claim = f"langfuse_trace_id={call['langfuseTraceId']},langfuse_session_id=chat-7"
    headers = {"Traceparent": call["traceparent"], "Baggage": claim}
    ids = {"trace_id": trace, "parent_span_id": "call", "session_id": "chat-7"}
    question = {"question": "Where is the cheese?"}
    answer(headers if way == "headers" else {}, question if way == "headers" else {**question, **ids})
    page(trace, "end_span", spanId="call")
    page(trace, "end_trace")

token = create_token("chat-7", "ada", url=EDGE)
assert token.token.count(".") == 2 and token.to_json()["userId"] == "ada"
get_client().flush()
get_client().shutdown()
