"""The demo's second backend, a program of its own: a streaming chat API with nothing but Python 3's
standard library. It joins the browser's trace by `trace_id` in the request's body and writes its half
to Langfuse itself, over OTLP. It listens on loopback only and ends when the one that started it does.

    python3 src/dev/demo/backend/python_backend.py <port>
"""

import datetime
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
MAX_BODY_BYTES = 100_000
TOOL_INPUT = {"zone": "UTC"}


class ModelError(Exception):
    pass


def words_of(text: str) -> list[str]:
    return re.findall(r"\S+\s*", text)


def is_about(question: str, words: list[str]) -> bool:
    return any(word in question.lower() for word in words)


def needs_tool(question: str) -> bool:
    return is_about(question, CANNED["tool"]["about"])


def answer_to(chat: dict, now: str) -> list[str]:
    question = chat["question"]
    openings = CANNED["opening"]
    opening = openings.get(chat.get("tone"), openings["plain"])
    opening = opening.replace("{question}", question).replace("{assistant}", chat["assistant_name"])
    known = (a["text"] for a in CANNED["answers"] if is_about(question, a["about"]))
    text = next(known, CANNED["otherwise"])
    if needs_tool(question):
        text = CANNED["tool"]["text"].replace("{time}", now)
    return words_of(f"{opening} {text}")


def ask_model(chat: dict):
    """Yields what the model does, as a pair of its kind and what there is to it."""
    time.sleep(2.5 * WORD_SECONDS)
    if chat.get("fails") == "at_once":
        raise ModelError("the simulated model is overloaded")
    yield "begin", None
    time.sleep(7.5 * WORD_SECONDS)
    now = ""
    if needs_tool(chat["question"]):
        yield "call", TOOL_INPUT
        time.sleep(10 * WORD_SECONDS)
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="milliseconds")
        yield "result", {"time": now}
    words = answer_to(chat, now)
    for index, word in enumerate(words):
        if chat.get("fails") == "midway" and index == len(words) // 2:
            raise ModelError("the simulated model broke off")
        yield "word", word
        time.sleep(WORD_SECONDS * (0.4 + len(word) / 10))


class Chat(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_json(200 if self.path == "/health" else 404, {})

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if self.path != "/chat":
            return self.send_json(404, {})
        if length > MAX_BODY_BYTES:
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
        if "tone" in chat:
            service["experiment_tone"] = chat["tone"]
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
            self.stream(chat, trace, span, llm, said)
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

    def stream(self, chat: dict, trace, span, llm, said: list[str]):
        begun = False
        tool = None
        name = CANNED["tool"]["name"]
        call = {"toolCallId": "call-1"}
        try:
            for kind, what in ask_model(chat):
                if kind == "begin":
                    self.begin()
                    begun = True
                elif kind == "call":
                    tool = trace.observation(name, type="tool", under=span, input=json.dumps(what))
                    self.send_event("tool-input-start", **call, toolName=name)
                    self.send_event("tool-input-available", **call, toolName=name, input=what)
                elif kind == "result":
                    tool.end(output=json.dumps(what))
                    self.send_event("tool-output-available", **call, output=what)
                else:
                    if not said:
                        llm.first_token()
                        self.send_event("text-start", id="text")
                    said.append(what)
                    self.send_event("text-delta", id="text", delta=what)
        except ModelError as error:
            if begun:
                self.send_event("error", errorText=str(error))
            else:
                self.send_json(500, {"error": {"message": str(error)}})
            raise
        # A token is a word here.
        asked = len(words_of(chat["question"]))
        llm.usage(input=asked, output=len(said))
        usage = {"inputTokens": asked, "outputTokens": len(said), "totalTokens": asked + len(said)}
        told = {"model": CANNED["model"], "usage": usage}
        self.send_event("text-end", id="text")
        self.send_event("finish-step")
        self.send_event("finish", finishReason="stop", messageMetadata=told)
        self.wfile.write(b"data: [DONE]\n\n")

    def begin(self):
        """The language is that of the AI SDK's UI messages."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("cache-control", "no-store")
        self.send_header("x-vercel-ai-ui-message-stream", "v1")
        self.end_headers()
        self.send_event("start")
        self.send_event("start-step")

    def send_event(self, kind: str, **data):
        event = json.dumps({"type": kind, **data})
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
