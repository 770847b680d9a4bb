"""Session tokens for pages: asked of the edge with the project's keys, or signed here."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import re
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timezone
from typing import Any, Optional

from .ids import owner_tag

_DEFAULT_TTL_SECONDS = 600
_MAX_TTL_SECONDS = 86_400
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class SessionToken:
    """A token with what the page's ``identify`` returns beside it."""

    token: str
    expires_at: str
    public_key: str
    session_id: str
    owner_tag: str
    user_id: Optional[str] = None

    def to_json(self) -> dict[str, str]:
        """The answer for the page, in the names that the browser library reads."""
        names = {
            "expires_at": "expiresAt",
            "public_key": "publicKey",
            "session_id": "sessionId",
            "owner_tag": "ownerTag",
            "user_id": "userId",
        }
        fields = asdict(self).items()
        return {names.get(key, key): value for key, value in fields if value is not None}


class TokenError(Exception):
    """The edge, or what stands at its address, did not give a token.

    ``code`` is the edge's (docs/http-api.md), or ``unreachable``, or ``not_an_edge``; ``status`` is HTTP's, or 0.
    """

    def __init__(self, code: str, status: int, message: str) -> None:
        super().__init__(f"langfuse-edge: {code}: {message}")
        self.code = code
        self.status = status


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Keys go nowhere but to the edge."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def create_token(
    session_id: str,
    user_id: Optional[str] = None,
    *,
    ttl_seconds: Optional[int] = None,
    actions: Optional[Sequence[str]] = None,
    url: Optional[str] = None,
    public_key: Optional[str] = None,
    secret_key: Optional[str] = None,
    timeout: float = _TIMEOUT_SECONDS,
) -> SessionToken:
    """A token from the edge.

    Without ``url`` and keys: LANGFUSE_EDGE_URL, LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY. Raises ValueError where
    one is missing, TokenError where there is no token to be had.
    """
    edge = _needed(url, "url", "LANGFUSE_EDGE_URL").rstrip("/")
    public = _needed(public_key, "public_key", "LANGFUSE_PUBLIC_KEY")
    secret = _needed(secret_key, "secret_key", "LANGFUSE_SECRET_KEY")
    asked = {
        "sessionId": session_id,
        "userId": user_id,
        "ttlSeconds": ttl_seconds,
        "actions": None if actions is None else list(actions),
    }
    body = {name: value for name, value in asked.items() if value is not None}
    request = urllib.request.Request(
        f"{edge}/api/langfuse/token",
        data=json.dumps(body).encode(),
        method="POST",
        headers={
            "authorization": "Basic " + base64.b64encode(f"{public}:{secret}".encode()).decode(),
            "content-type": "application/json",
        },
    )
    try:
        status, text = _answer(request, timeout)
    # HTTPException: what is no HTTP, or breaks off.
    except (OSError, ValueError, http.client.HTTPException) as error:
        words = f"the edge does not answer ({type(error).__name__})"
        raise TokenError("unreachable", 0, words) from None
    answer = _object(text)
    needed = ("token", "expiresAt", "publicKey", "sessionId", "ownerTag")
    if status == 200 and all(isinstance(answer.get(name), str) for name in needed):
        return SessionToken(
            token=answer["token"],
            expires_at=answer["expiresAt"],
            public_key=answer["publicKey"],
            session_id=answer["sessionId"],
            owner_tag=answer["ownerTag"],
            user_id=answer.get("userId"),
        )
    failure = answer.get("error")
    if not isinstance(failure, dict) or "code" not in failure:
        raise TokenError("not_an_edge", status, f"HTTP {status}: is url right?")
    raise TokenError(str(failure["code"]), status, str(failure.get("message", "")))


def sign_token(
    session_id: str,
    user_id: Optional[str] = None,
    *,
    ttl_seconds: int = _DEFAULT_TTL_SECONDS,
    actions: Optional[Sequence[str]] = None,
    public_key: Optional[str] = None,
    secret: Optional[str] = None,
    now: Optional[float] = None,
) -> SessionToken:
    """A token that is signed here, without a request, with the edge's AUTH_TOKEN_SECRET.

    ``now`` is in epoch seconds. Raises ValueError where something is missing or can't be meant.
    """
    public = _needed(public_key, "public_key", "LANGFUSE_PUBLIC_KEY")
    key = _needed(secret, "secret", "AUTH_TOKEN_SECRET")
    if isinstance(ttl_seconds, bool) or not 1 <= ttl_seconds <= _MAX_TTL_SECONDS:
        raise ValueError(f"ttl_seconds must be a whole number from 1 to {_MAX_TTL_SECONDS}")
    for name, value in (("session_id", session_id), ("user_id", user_id)):
        if value is not None and not _is_name(value):
            raise ValueError(f"{name} must be text of 1 to 200 characters")
    issued = int(time.time() if now is None else now)
    expires = issued + ttl_seconds
    claims: dict[str, Any] = {"aud": "langfuse-edge", "project": public}
    if user_id is not None:
        claims["sub"] = user_id
    claims["sid"] = session_id
    if actions is not None:
        claims["actions"] = list(actions)
    claims.update(iat=issued, exp=expires)
    header = {"alg": "HS256", "typ": "JWT", "kid": public}
    signed = ".".join(_base64url(_json(part)) for part in (header, claims))
    signature = hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest()
    owner = f"session:{session_id}" if user_id is None else f"user:{user_id}"
    ends = datetime.fromtimestamp(expires, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return SessionToken(
        token=f"{signed}.{_base64url(signature)}",
        expires_at=ends,
        public_key=public,
        session_id=session_id,
        owner_tag=owner_tag(public, owner),
        user_id=user_id,
    )


def _answer(request: urllib.request.Request, timeout: float) -> tuple[int, bytes]:
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=timeout) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def _needed(given: Optional[str], name: str, variable: str) -> str:
    value = (os.environ.get(variable, "") if given is None else given).strip()
    if not value:
        raise ValueError(f"{name} is needed, or {variable} in the environment")
    return value


def _is_name(text: str) -> bool:
    units: list[int] = list(text.encode("utf-16-le", "surrogatepass"))
    is_whole = not re.search("[\ud800-\udfff]", text)
    return is_whole and 1 <= len(units) // 2 <= 200 and not re.search("[\0-\x1f\x7f]", text)


def _object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
