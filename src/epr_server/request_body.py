"""From the bytes of a request to what is asked for, strictly typed (contract section 2.3)."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import msgspec

from epr_server.errors import InvalidInput
from epr_server.records import NewEvent, NewGroup, NewReceiver

Wanted = TypeVar("Wanted")


class GroupChange(msgspec.Struct, frozen=True):
    """The body of a PATCH: only `enabled` is looked at."""

    enabled: bool | None = None


class BodyDecoder(Generic[Wanted]):
    """Decodes JSON objects into one type; unknown keys are ignored, nothing is coerced."""

    def __init__(self, type: type[Wanted]) -> None:
        self._decode: Any = msgspec.json.Decoder(type).decode

    def __call__(self, body: bytes) -> Wanted:
        """Raises `InvalidInput` for anything but a JSON object whose known keys have the right type."""
        try:
            # Texts inside payloads are not decoded below, so their encoding is checked here.
            if not body.isascii():
                body.decode()
            return self._decode(body)
        except msgspec.ValidationError as error:
            # A top-level null counts as an empty object.
            if body.strip() == b"null":
                return self._decode(b"{}")
            raise InvalidInput(_reason(error)) from None
        except msgspec.DecodeError as error:
            raise InvalidInput(_reason(error) if body.strip() else "the body is empty") from None
        except UnicodeDecodeError as error:
            raise InvalidInput(f"the body is not UTF-8 (byte {error.start})") from None
        except RecursionError:
            raise InvalidInput("the body is nested too deeply") from None


def _reason(error: msgspec.DecodeError) -> str:
    """msgspec's text, such as ``Expected `str`, got `int` - at `$.name```, without its back-ticks."""
    return str(error).replace("`", "").replace("$.", "")


decode_receiver = BodyDecoder(NewReceiver)
decode_event = BodyDecoder(NewEvent)
decode_group = BodyDecoder(NewGroup)
decode_group_change = BodyDecoder(GroupChange)
