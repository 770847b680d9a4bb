"""The published rules, by the same table that the JavaScript helpers are held to."""

import json
import unittest
from dataclasses import asdict
from pathlib import Path
from typing import Any

import langfuse_edge as edge
from langfuse_edge.ids import short_id

VECTORS: dict[str, Any] = json.loads((Path(__file__).parent / "vectors.json").read_text("utf-8"))


def told(context: Any) -> Any:
    """A context in the names of the table, without what it does not say."""
    if context is None:
        return None
    names = {
        "trace_id": "traceId",
        "parent_id": "parentId",
        "session_id": "sessionId",
        "user_id": "userId",
        "trace_name": "traceName",
    }
    return {names.get(key, key): value for key, value in asdict(context).items() if value}


class Vectors(unittest.TestCase):
    def test_ids(self) -> None:
        for one in VECTORS["ids"]:
            trace = edge.langfuse_trace_id(one["trace"])
            self.assertEqual(trace, one["langfuseTrace"])
            observation = edge.langfuse_observation_id(trace, one["observation"])
            self.assertEqual(observation, one["langfuseObservation"])

    def test_owners(self) -> None:
        for one in VECTORS["owners"]:
            tag = edge.owner_tag(one["publicKey"], one["owner"])
            self.assertEqual(tag, one["tag"])
            self.assertEqual(edge.owned_trace_id(one["trace"], tag), one["owned"])
            self.assertEqual(edge.owned_trace_id(one["owned"], tag), one["owned"])

    def test_short_ids(self) -> None:
        for one in VECTORS["shortIds"]:
            self.assertEqual(short_id(one["id"]), one["short"])

    def test_variants(self) -> None:
        for one in VECTORS["variants"]:
            found = edge.variant(one["name"], one["variants"], one["id"], one.get("weights"))
            self.assertEqual(found, one["variant"], one)

    def test_requests(self) -> None:
        for one in VECTORS["requests"]:
            found = edge.read_trace(one["headers"], one.get("body"))
            self.assertEqual(told(found), one["context"], one)
            if found is not None:
                self.assertEqual(edge.trace_headers(found), one["carried"])

    def test_tokens(self) -> None:
        for one in VECTORS["tokens"]:
            found = edge.sign_token(
                one["sessionId"],
                one.get("userId"),
                ttl_seconds=one["ttlSeconds"],
                actions=one.get("actions"),
                public_key=one["publicKey"],
                secret=one["secret"],
                now=one["now"] / 1000,
            )
            self.assertEqual(found.to_json(), one["answer"])

    def test_refusals(self) -> None:
        with self.assertRaisesRegex(ValueError, "session_id"):
            edge.sign_token("", public_key="pk", secret="s" * 32)
        with self.assertRaisesRegex(ValueError, "ttl_seconds"):
            edge.sign_token("s", public_key="pk", secret="s" * 32, ttl_seconds=86_401)
        with self.assertRaises(edge.TokenError) as caught:
            edge.create_token("s", url="http://127.0.0.1:9", public_key="pk", secret_key="sk")
        self.assertEqual(caught.exception.code, "unreachable")
        self.assertNotIn("sk", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
