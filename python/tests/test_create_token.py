"""What stands at the edge's address may be anything: there is a token, or a TokenError that says why not."""

import socket
import threading
import unittest

import langfuse_edge as edge


def asked(answer: bytes) -> edge.SessionToken:
    """A token asked of something on loopback that answers with these bytes, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                connection.recv(65_536)
                connection.sendall(answer)
                connection.shutdown(socket.SHUT_WR)
                # What was not read yet would make the close a reset, and the answer lost.
                while connection.recv(65_536):
                    pass

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.getsockname()[1]}"
            return edge.create_token("chat-7", url=url, public_key="pk", secret_key="sk", timeout=5)
        finally:
            thread.join()


def http(body: bytes, status: str = "200 OK", length: int = -1) -> bytes:
    declared = len(body) if length < 0 else length
    return f"HTTP/1.1 {status}\r\ncontent-length: {declared}\r\nconnection: close\r\n\r\n".encode() + body


class NoEdge(unittest.TestCase):
    def test_is_told_by_its_code(self) -> None:
        cases = {
            "words that are no HTTP": (b"220 mail.example.com ESMTP\r\n\r\n", "unreachable", 0),
            "nothing": (b"", "unreachable", 0),
            "half an answer": (http(b'{"token":"x', length=500), "unreachable", 0),
            "half an error": (http(b"{", "503 No", length=500), "unreachable", 0),
            "a page": (http(b"<html>"), "not_an_edge", 200),
            "JSON of somebody else's": (http(b'{"token":"x"}'), "not_an_edge", 200),
            "deep JSON": (http(b"[" * 200_000), "not_an_edge", 200),
            "a redirect": (http(b"", "302 Found"), "not_an_edge", 302),
            "a refusal": (http(b'{"error":{"code":"unauthorized"}}', "401 No"), "unauthorized", 401),
        }
        for name, (answer, code, status) in cases.items():
            with self.subTest(name):
                with self.assertRaises(edge.TokenError) as caught:
                    asked(answer)
                self.assertEqual((caught.exception.code, caught.exception.status), (code, status))


if __name__ == "__main__":
    unittest.main()
