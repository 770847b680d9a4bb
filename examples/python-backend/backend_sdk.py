"""The same with Langfuse's own SDK, which joins by two headers of the browser's request."""

import http.server
import json
import sys
import time
from datetime import datetime, timezone

from langfuse import get_client
from opentelemetry import context, propagate

ASSISTANT = "Research Assistant"
WORDS = ["A ", "server ", "near ", "the ", "user."]
langfuse = get_client()


class Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        chat = json.loads(self.rfile.read(int(self.headers["content-length"])))
        # `traceparent`: below which span. `baggage`: of whose trace, so that no second root is made.
        headers = {name.lower(): value for name, value in self.headers.items()}
        token = context.attach(propagate.extract(headers))
        try:
            self.answer(chat["question"])
        finally:
            context.detach(token)

    def answer(self, question: str):
        with langfuse.start_as_current_observation(
            as_type="span",
            name=f"backend-assistant-{ASSISTANT}",
            input=question,
            metadata={"source": "backend-api"},
        ) as span:
            with langfuse.start_as_current_observation(
                as_type="generation", name="llm-call", model="simulated", input=question
            ) as llm:
                self.send_response(200)
                self.send_header("content-type", "text/plain; charset=utf-8")
                self.end_headers()
                llm.update(completion_start_time=datetime.now(timezone.utc))
                for word in WORDS:  # your model
                    self.wfile.write(word.encode())
                    time.sleep(0.05)
                usage = {"input": len(question.split()), "output": len(WORDS)}
                llm.update(output="".join(WORDS), usage_details=usage)
            span.update(output="".join(WORDS))


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8001
    print(f"http://127.0.0.1:{port}/chat", flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Chat).serve_forever()
