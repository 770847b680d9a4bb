# The Python SDK of before v3, as an application uses it: its low-level client, a prompt and nested observations.
from datetime import datetime, timezone

from langfuse import Langfuse

client = Langfuse(flush_at=5, flush_interval=0.5)
assert client.auth_check()

trace = client.trace(
    id="py2-trace/1",
    name="answer",
    session_id="chat-7",
    user_id="ada",
    tags=["beta", "python"],
    metadata={"plan": {"name": "pro"}},
    input={"question": "why?"},
    release="r1",
)
span = trace.span(id="py2-span", name="retrieve", input="why?", metadata={"k": 3})
generation = span.generation(
    id="py2-generation",
    name="llm",
    model="gpt-4o",
    model_parameters={"temperature": 0.2},
    input=[{"role": "user", "content": "why?"}],
    completion_start_time=datetime.now(timezone.utc),
)
generation.update(usage={"input": 11, "output": 5, "unit": "TOKENS"})
generation.end(output="because", usage_details={"input": 11, "output": 5, "cached": 2})
client.flush()
span.end(output={"documents": 2}, level="WARNING", status_message="few")
trace.event(id="py2-event", name="clicked", input={"button": 1})
trace.score(id="py2-score", name="liked", value=1, comment="yes")
generation.score(id="py2-score-2", name="tone", value="warm", data_type="CATEGORICAL")
trace.update(output={"answer": "because"}, metadata={"plan": {"seats": 2}}, tags=["late"])
client.flush()
client.shutdown()
