# LiteLLM with its Langfuse callbacks and a model that answers by itself: a plain call, a stream, and one that fails.
import asyncio
import os
import time

import litellm

litellm.success_callback = ["langfuse"]
litellm.failure_callback = ["langfuse"]
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


class Broken(litellm.CustomLLM):
    async def acompletion(self, *args, **kwargs):
        raise litellm.llms.custom_llm.CustomLLMError(status_code=500, message="the model broke")


async def fail():
    """Asynchronous, as in LiteLLM's proxy: of a synchronous call its callback tells no failure."""
    try:
        await litellm.acompletion(
            model="broken/model", messages=QUESTION, metadata=metadata("failed"), num_retries=0
        )
    except litellm.exceptions.APIConnectionError:
        # The callback runs beside it.
        await asyncio.sleep(2)
    else:
        raise SystemExit("the model should have failed")


litellm.custom_provider_map = [{"provider": "broken", "custom_handler": Broken()}]
asyncio.run(fail())
time.sleep(3)
os._exit(0)
