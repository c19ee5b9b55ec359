"""Posting to an address that others may have a hand in, safe against server-side request forgery (SSRF).

The name is resolved once, every address that it resolves to is checked, and the connection goes to a checked one: a
name that changes between check and connection (DNS rebinding) changes nothing. No redirect is followed, no proxy used,
and of the answer only the status is read.
"""

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from notifications.channels.message import NotSent

TIMEOUT = 10  # seconds that any one step may take
AT_MOST = 30  # seconds that all of it may take: who answers letter by letter is not waited for
WORTH_ANOTHER_TRY = {408, 425, 429}
PORTS = {"http": 80, "https": 443}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# Ways to write an IPv4 address into one of IPv6, with the bits that it takes from the right end.
EMBEDDING = {"64:ff9b::/96": 0, "::/96": 0, "2002::/16": 80}


class NotAllowed(NotSent):
    """The address leads to where nothing may be sent."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason, is_final=True)


@dataclass(frozen=True)
class ResolvedUrl:
    """An address taken apart, with the checked addresses that its name resolves to."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def resolve(url: str) -> ResolvedUrl:
    """Return where an address leads. Raises `NotAllowed` for one that may not be, `NotSent` for a name without one."""
    parts, port = _parts(url)
    host = parts.hostname or ""
    try:
        results = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotSent(f"{host}: {error}", is_down=True) from error
    addresses = tuple(dict.fromkeys(str(place[0]) for _family, _kind, _proto, _name, place in results))
    for address in addresses:
        if not is_allowed(address):
            raise NotAllowed(f"{host} leads to {address}, an address inside a network that is not released.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return ResolvedUrl(parts.scheme, host, port, path, addresses)


def _parts(url: str) -> tuple[Any, int]:
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise NotAllowed(f"This is no address: {error}") from error
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if not is_plain or parts.scheme not in PORTS or not parts.hostname or parts.username is not None or parts.fragment:
        raise NotAllowed("Only addresses that begin with http:// or https:// and hold no password.")
    return parts, port


def is_allowed(written: str) -> bool:
    """Return whether something may be sent there: to the world outside, or into a network that the settings name."""
    address = ipaddress.ip_address(written.partition("%")[0])
    target = _embedded(address)
    if any(target in network for network in allowed_networks()):
        return True
    return target.is_global and not target.is_multicast


def allowed_networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    """The networks of `WEBHOOK_NETWORKS`."""
    return [ipaddress.ip_network(each, strict=False) for each in settings.WEBHOOK_NETWORKS]


def _embedded(address: Address) -> Address:
    """Return the IPv4 address that is embedded in one of IPv6, else the address itself."""
    if not isinstance(address, ipaddress.IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    for network, shift in EMBEDDING.items():
        if address in ipaddress.ip_network(network) and int(address) > 1:
            return ipaddress.IPv4Address(int(address) >> shift & 0xFFFFFFFF)
    return address


class _CheckedConnection(http.client.HTTPConnection):
    """A connection to a checked address, whatever the name resolves to by now."""

    def __init__(self, target: ResolvedUrl) -> None:
        super().__init__(target.host, target.port, timeout=TIMEOUT)
        self.target = target

    def connect(self) -> None:
        self.sock = _connect(self.target)
        if self.target.scheme == "https":
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.target.host)


def _connect(target: ResolvedUrl) -> socket.socket:
    failed: OSError = OSError("no address")
    for address in target.addresses:
        try:
            return socket.create_connection((address, target.port), timeout=TIMEOUT)
        except OSError as error:
            failed = error
    raise failed


def safe_post(url: str, body: bytes, headers: Mapping[str, str]) -> None:
    """Post a body; anything but an answer of 2xx raises `NotSent`, an address that may not be `NotAllowed`."""
    target = resolve(url)
    sent = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "rectify", **headers}
    connection, is_over = _CheckedConnection(target), threading.Event()
    watch = threading.Timer(AT_MOST, _break_off, [connection, is_over])
    watch.start()
    try:
        connection.request("POST", target.path, body=body, headers={**sent, "Connection": "close"})
        answer = connection.getresponse()
        if is_over.is_set():
            raise TimeoutError("the answer took too long")
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotSent(f"{type(error).__name__}: {error}", is_down=True) from error
    finally:
        watch.cancel()
        connection.close()
    if not 200 <= answer.status < 300:
        is_final = 300 <= answer.status < 500 and answer.status not in WORTH_ANOTHER_TRY
        raise NotSent(f"HTTP {answer.status} {answer.reason}", is_final=is_final)


def _break_off(connection: http.client.HTTPConnection, is_over: threading.Event) -> None:
    is_over.set()
    if connection.sock is not None:
        with suppress(OSError):  # it may have ended by itself
            connection.sock.shutdown(socket.SHUT_RDWR)
