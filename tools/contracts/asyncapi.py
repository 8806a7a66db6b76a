"""The AsyncAPI document: which department sends and receives what, over which exchange and queue."""

from typing import Any

import yaml

from contracts.base import Event
from contracts.events import EVENTS
from contracts.streams import STREAMS, Stream
from tools.contracts.schemas import file_name
from tools.subscriptions import Subscribers

EXCHANGE = {"name": "bayline", "type": "topic", "durable": True, "autoDelete": False}

_HEADERS: dict[str, tuple[str, str]] = {
    "specversion": ("string", "always 1.0"),
    "id": ("string", "UUID of the event"),
    "source": ("string", "shop and publishing service"),
    "type": ("string", "wire type of the event, also the routing key"),
    "time": ("string", "shop time, RFC 3339"),
    "dataschemaversion": ("integer", "version of the event's schema"),
    "partitionkey": ("string", "identity of the aggregate"),
    "sequence": ("integer", "number in the aggregate's life, from 1 without gaps"),
    "correlationid": ("string", "request_id of the customer's request"),
    "causationid": ("string", "id of the event that caused this one"),
    "traceparent": ("string", "W3C trace context"),
}


def document(subscribers: Subscribers) -> dict[str, Any]:
    """The whole document as plain values."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Bayline",
            "version": "1.0.0",
            "description": "The events that the departments of an after-sales shop publish for each other. "
            "Each stream is one channel; a department binds its inbox to whole streams.",
        },
        "defaultContentType": "application/json",
        "channels": {stream.name: _channel(stream) for stream in STREAMS.values()},
        "operations": _operations(subscribers),
        "components": {
            "messages": {_message_name(event): _message(event) for event in EVENTS.values()},
            "messageTraits": {"envelope": {"headers": _headers()}},
        },
    }


def as_text(subscribers: Subscribers) -> str:
    """The document as it is committed."""
    head = "# Generated from the contracts by `make generate`; do not edit.\n"
    return head + yaml.safe_dump(document(subscribers), sort_keys=False, allow_unicode=True, width=110)


def _of(stream: Stream) -> list[type[Event]]:
    return [event for event in EVENTS.values() if event.stream() == stream.name]


def _message_name(event: type[Event]) -> str:
    return f"{event.TYPE}.v{event.VERSION}"


def _channel(stream: Stream) -> dict[str, Any]:
    names = sorted({event.TYPE.rsplit(".", 1)[1] for event in _of(stream)})
    return {
        "address": f"{stream.name}.{{event}}",
        "parameters": {"event": {"enum": names, "description": "what happened, in the past tense"}},
        "messages": {
            _message_name(event): {"$ref": f"#/components/messages/{_message_name(event)}"}
            for event in _of(stream)
        },
        "bindings": {"amqp": {"is": "routingKey", "exchange": dict(EXCHANGE), "bindingVersion": "0.3.0"}},
    }


def _operations(subscribers: Subscribers) -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for stream in STREAMS.values():
        channel = {"channel": {"$ref": f"#/channels/{stream.name}"}}
        operations[f"{stream.publisher}.sends.{stream.name}"] = {
            "action": "send",
            **channel,
            "summary": f"{stream.publisher} publishes the events of {stream.name}",
        }
        for subscriber in subscribers[stream.name]:
            operations[f"{subscriber}.receives.{stream.name}"] = {
                "action": "receive",
                **channel,
                "summary": f"{subscriber} subscribes to the events of {stream.name}",
                "x-queue": {
                    "name": f"{subscriber}.inbox",
                    "type": "quorum",
                    "durable": True,
                    "bindingKey": f"{stream.name}.*",
                },
            }
    return operations


def _message(event: type[Event]) -> dict[str, Any]:
    return {
        "name": event.TYPE,
        "title": event.__name__,
        "summary": " ".join((event.__doc__ or "").split()),
        "traits": [{"$ref": "#/components/messageTraits/envelope"}],
        "payload": {
            "schemaFormat": "application/schema+json;version=draft-2020-12",
            "schema": {"$ref": f"./schemas/{file_name(event.TYPE, event.VERSION)}"},
        },
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "description": "CloudEvents 1.0, binary mode",
        "properties": {
            f"cloudEvents_{name}": {"type": kind, "description": meaning}
            for name, (kind, meaning) in _HEADERS.items()
        },
    }
