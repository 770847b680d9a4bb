# An early Python SDK of the second generation: its updates name no trace, and come in later requests than what they
# update.
from langfuse import Langfuse

client = Langfuse(flush_interval=0.1)
trace = client.trace(id="py27-trace", name="answer", user_id="ada", input="why?")
span = trace.span(id="py27-span", name="work", input={"a": 1})
generation = span.generation(id="py27-generation", name="llm", model="gpt-3.5-turbo", input="why?")
client.flush()
generation.end(output="because", usage={"prompt_tokens": 4, "completion_tokens": 2})
client.flush()
span.end(output="done")
trace.update(output="because")
client.flush()
