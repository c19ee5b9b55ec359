"""Posting JSON to an address that the system administrator entered, and to no other: no redirect is followed.

Addresses inside the network are wanted, for gateways are there. It is one POST with a time limit; little is read of the
answer, and nothing of it is displayed but a status and a short reason.
"""

import http.client
import json
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from notifications.channels.message import NotSent

TIMEOUT = 10  # seconds
MOST_READ = 65536  # bytes
WORTH_ANOTHER_TRY = {408, 425, 429}


def post_json(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Post a body and return the JSON object of the answer, empty where it is none. Raises `NotSent`."""
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "rectify", **(headers or {})}
    connection = _connection(parts.scheme, parts.hostname or "", parts.port)
    try:
        connection.request("POST", target or "/", body=body, headers=sent)
        answer = connection.getresponse()
        read = answer.read(MOST_READ)
    except (OSError, http.client.HTTPException) as error:
        # The message of an InvalidURL repeats the address, and a robot's key is in it.
        details = "" if isinstance(error, http.client.InvalidURL) else f": {error}"
        raise NotSent(f"{type(error).__name__}{details}", is_down=True) from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        is_final = 300 <= answer.status < 500 and answer.status not in WORTH_ANOTHER_TRY
        raise NotSent(f"HTTP {answer.status} {answer.reason}", is_final=is_final)
    return _object(read)


def _connection(scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    if scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=TIMEOUT)


def _object(content: bytes) -> dict[str, Any]:
    try:
        value = json.loads(content)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
