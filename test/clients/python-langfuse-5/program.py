# The Python SDK of version 5, as an application uses it: nested observations, trace attributes, a prompt, scores.
from langfuse import Langfuse, propagate_attributes

client = Langfuse(environment="staging", release="r1")
assert client.auth_check()
prompt = client.get_prompt("cellar", cache_ttl_seconds=0)

WIDE = {
    "trace_name": "Assistant",
    "session_id": "chat-7",
    "user_id": "ada",
    "tags": ["beta"],
    "metadata": {"plan": "pro"},
}

with propagate_attributes(**WIDE), client.start_as_current_observation(
    as_type="span", name="answer", input={"question": "why?"}
) as root:
    with client.start_as_current_observation(
        as_type="generation",
        name="llm",
        model="gpt-4o",
        model_parameters={"temperature": 0.2},
        input=[{"role": "user", "content": prompt.compile(what="cheese")}],
        prompt=prompt,
    ) as generation:
        generation.update(output="because 🧀", usage_details={"input": 11, "output": 5})
        generation.score(name="tone", value="warm", data_type="CATEGORICAL", score_id="py-tone")
    with client.start_as_current_observation(as_type="tool", name="search", input="cellar") as tool:
        tool.update(output=["note 3", None], level="WARNING", status_message="few")
    client.create_event(name="clicked", input={"button": 1})
    root.update(output={"answer": "because"}, metadata={"nested": {"a": 1}, "none": None})
    client.score_current_trace(name="liked", value=1, comment="yes", score_id="py-liked")
client.flush()
client.shutdown()
