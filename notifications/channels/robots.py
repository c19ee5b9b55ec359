"""Robots of group chats and the signed webhook; each with a base address, for gateways are inside the network.

A robot gets the brief text alone: all members of its chat read it. The webhook goes to the bureau's own message
hub, which hands the message to the person, and so gets it whole.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, urlencode

from notifications.channels.message import Message, NotSent, joined, one_line
from notifications.channels.web import post_json
from notifications.models import Channel


def _mac(key: str, words: str) -> bytes:
    return hmac.new(key.encode(), words.encode(), hashlib.sha256).digest()


def _json(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()


def _brief(message: Message) -> str:
    return joined([f"{one_line(message.name)}：{one_line(message.brief)}", message.inbox_url])


def _check(answer: Mapping[str, Any], *codes: str) -> None:
    """Raise `NotSent` unless the answer says 0; robots answer 200 to what they refuse."""
    for name in codes:
        if name in answer and answer[name] != 0:
            words = answer.get("errmsg") or answer.get("msg") or answer.get("StatusMessage") or ""
            raise NotSent(f"{name} {answer[name]} {words}")
    if not any(name in answer for name in codes):
        raise NotSent("the answer is not that of a robot")


def to_wecom(channel: Channel, message: Message) -> None:
    """WeCom (企业微信): the key is in the address."""
    url = f"{channel.base_url.rstrip('/')}/cgi-bin/webhook/send?{urlencode({'key': channel.token})}"
    body = {"msgtype": "text", "text": {"content": _brief(message)}}
    _check(post_json(url, _json(body)), "errcode")


def to_dingtalk(channel: Channel, message: Message) -> None:
    """DingTalk (钉钉): token, and with a secret the time in milliseconds and its signature, in the address."""
    query = {"access_token": channel.token}
    if channel.secret:
        now = str(round(time.time() * 1000))
        sign = base64.b64encode(_mac(channel.secret, f"{now}\n{channel.secret}")).decode()
        query |= {"timestamp": now, "sign": sign}
    url = f"{channel.base_url.rstrip('/')}/robot/send?{urlencode(query)}"
    _check(post_json(url, _json({"msgtype": "text", "text": {"content": _brief(message)}})), "errcode")


def to_feishu(channel: Channel, message: Message) -> None:
    """Feishu (飞书): token in the path; with a secret the time in seconds and its signature, in the body."""
    body: dict[str, Any] = {"msg_type": "text", "content": {"text": _brief(message)}}
    if channel.secret:
        now = str(int(time.time()))
        sign = base64.b64encode(_mac(f"{now}\n{channel.secret}", "")).decode()
        body = {"timestamp": now, "sign": sign, **body}
    url = f"{channel.base_url.rstrip('/')}/open-apis/bot/v2/hook/{quote(channel.token, safe='')}"
    _check(post_json(url, _json(body)), "code", "StatusCode")


def to_webhook(channel: Channel, message: Message) -> None:
    """A webhook of the bureau's own: the time and the HMAC-SHA256 of `time.body` in headers."""
    person = {"username": message.username, "name": message.name, "email": message.email}
    content = {"title": message.title, "text": message.text, "url": message.url}
    about = {"id": message.key, "kind": message.kind, "topic": message.topic, "at": message.at.isoformat()}
    body = _json({**about, "person": person, **content})
    now = str(int(time.time()))
    signed = hmac.new(channel.secret.encode(), f"{now}.".encode() + body, hashlib.sha256).hexdigest()
    headers = {"X-Rectify-Id": message.key, "X-Rectify-Timestamp": now, "X-Rectify-Signature": f"sha256={signed}"}
    if channel.token:
        headers["Authorization"] = f"Bearer {one_line(channel.token)}"
    post_json(channel.base_url, body, headers)


SENDERS: dict[str, Callable[[Channel, Message], None]] = {
    Channel.Kind.WECOM: to_wecom,
    Channel.Kind.DINGTALK: to_dingtalk,
    Channel.Kind.FEISHU: to_feishu,
    Channel.Kind.WEBHOOK: to_webhook,
}
