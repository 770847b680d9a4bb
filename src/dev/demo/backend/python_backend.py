"""The demo's second backend, a program of its own: a streaming chat API with nothing but Python 3's
standard library. It joins the browser's trace by `trace_id` in the request's body and writes its half
to Langfuse itself, over OTLP. It listens on loopback only and ends when the one that started it does.

    python3 src/dev/demo/backend/python_backend.py <port>
"""

import http.server
import json
import os
import pathlib
import re
import sys
import threading
import time

import langfuse_otlp as langfuse

CANNED = json.loads(pathlib.Path(__file__).with_name("answers.json").read_text("utf-8"))
WORD_SECONDS = float(os.getenv("DEMO_WORD_MS", "45")) / 1000
LARGEST_BODY = 100_000


class ModelError(Exception):
    pass


def words_of(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def answer_to(question: str, assistant: str) -> list[str]:
    asked = question.lower()
    known = (a["text"] for a in CANNED["answers"] if any(word in asked for word in a["about"]))
    opening = CANNED["opening"].replace("{question}", question).replace("{assistant}", assistant)
    return words_of(f"{opening} {next(known, CANNED['otherwise'])}")


def ask_model(chat: dict):
    """Yields an empty text when the model has begun to think, then word after word."""
    time.sleep(2.5 * WORD_SECONDS)
    if chat.get("fails") == "at_once":
        raise ModelError("the simulated model is overloaded")
    yield ""
    time.sleep(7.5 * WORD_SECONDS)
    words = answer_to(chat["question"], chat["assistant_name"])
    for index, word in enumerate(words):
        if chat.get("fails") == "midway" and index == len(words) // 2:
            raise ModelError("the simulated model broke off")
        yield word
        time.sleep(WORD_SECONDS * (0.4 + len(word) / 10))


class Chat(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_json(200 if self.path == "/health" else 404, {})

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if self.path != "/chat":
            return self.send_json(404, {})
        if length > LARGEST_BODY:
            return self.send_json(413, {"error": {"message": "too long"}})
        try:
            given = json.loads(self.rfile.read(length))
            chat = {key: str(value) for key, value in given.items() if value is not None}
            self.answer(chat["question"], chat["assistant_name"], chat)
        except (ValueError, KeyError, AttributeError):
            self.send_json(400, {"error": {"message": "a question and an assistant_name"}})

    def answer(self, question: str, name: str, chat: dict):
        trace = langfuse.Trace(
            chat.get("trace_id"),
            name=name,
            session_id=chat.get("session_id"),
            user_id=chat.get("user_id"),
        )
        service = {"SERVICE_NAME": "demo-python", "assistant_name": name, "source": "backend-api"}
        span = trace.observation(
            f"backend-assistant-{name}",
            parent=chat.get("parent_span_id"),
            input=question,
            metadata=service,
        )
        llm = trace.observation(
            "llm-call",
            type="generation",
            under=span,
            model=CANNED["model"],
            input=[{"role": "user", "content": question}],
            metadata=service,
        )
        said = []
        problem = None
        try:
            self.stream(chat, llm, said)
        except ModelError as error:
            problem = str(error)
        except OSError:
            problem = "the reader went away"
        for observation in (llm, span):
            if problem is not None:
                observation.error(problem)
            observation.end(output="".join(said))
        # Beside the answer, so that its end waits for no tracing.
        threading.Thread(target=trace.send).start()

    def stream(self, chat: dict, llm, said: list[str]):
        begun = False
        try:
            for word in ask_model(chat):
                if not begun:
                    self.begin()
                    begun = True
                    continue
                if not said:
                    llm.first_token()
                said.append(word)
                self.send_event({"choices": [{"index": 0, "delta": {"content": word}}]})
        except ModelError as error:
            body = {"error": {"message": str(error)}}
            if begun:
                self.send_event(body)
            else:
                self.send_json(500, body)
            raise
        # A token is a word here.
        asked = len(words_of(chat["question"]))
        usage = {"prompt_tokens": asked, "completion_tokens": len(said)}
        llm.usage(input=asked, output=len(said))
        self.send_event({"choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def begin(self):
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-store")
        self.end_headers()

    def send_event(self, data: dict):
        event = json.dumps({"model": CANNED["model"], **data})
        self.wfile.write(f"data: {event}\n\n".encode())

    def send_json(self, status: int, body: dict):
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_):
        pass


def end_with_parent():
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_parent, daemon=True).start()
    http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Chat).serve_forever()
