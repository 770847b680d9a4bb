"""A chat backend that joins the browser's trace with the standard library alone, by the ids in the body."""

import http.server
import json
import sys
import threading
import time

from langfuse_otlp import Trace

ASSISTANT = "Research Assistant"
WORDS = ["A ", "server ", "near ", "the ", "user."]


class Chat(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        chat = json.loads(self.rfile.read(int(self.headers["content-length"])))
        question = chat["question"]

        trace = Trace(chat.get("trace_id"), name=ASSISTANT, session_id=chat.get("session_id"))
        span = trace.observation(
            f"backend-assistant-{ASSISTANT}",
            parent=chat.get("parent_span_id"),
            input=question,
            metadata={"source": "backend-api"},
        )
        llm = trace.observation("llm-call", under=span, type="generation", model="simulated", input=question)

        self.send_response(200)
        self.send_header("content-type", "text/plain; charset=utf-8")
        self.end_headers()
        try:
            for word in WORDS:  # your model
                if word is WORDS[0]:
                    llm.first_token()
                self.wfile.write(word.encode())
                time.sleep(0.05)
        except Exception as error:
            llm.error(str(error))
            span.error(str(error))
        llm.usage(input=len(question.split()), output=len(WORDS))
        llm.end(output="".join(WORDS))
        span.end(output="".join(WORDS))
        # Beside the answer, so that its end waits for no tracing.
        threading.Thread(target=trace.send).start()


if __name__ == "__main__":
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8001
    print(f"http://127.0.0.1:{port}/chat", flush=True)
    http.server.ThreadingHTTPServer(("127.0.0.1", port), Chat).serve_forever()
