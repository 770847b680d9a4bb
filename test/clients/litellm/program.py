# LiteLLM with its Langfuse callback and a model that answers by itself: a plain call, and a stream.
import os
import time

import litellm

litellm.success_callback = ["langfuse"]
litellm.suppress_debug_info = True
QUESTION = [{"role": "user", "content": "why?"}]


def metadata(name):
    return {
        "generation_name": name,
        "trace_id": "litellm/trace-1",
        "trace_name": "answer",
        "trace_user_id": "ada",
        "session_id": "chat-8",
        "tags": ["beta"],
        "nested": {"a": {"b": 1}},
    }


litellm.completion(
    model="gpt-4o", messages=QUESTION, mock_response="because", metadata=metadata("plain")
)
for _ in litellm.completion(
    model="gpt-4o",
    messages=QUESTION,
    mock_response="in pieces",
    stream=True,
    metadata=metadata("streamed"),
):
    pass
time.sleep(3)
os._exit(0)
