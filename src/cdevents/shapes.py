"""The objects inside `subject.content`, for those who want their editor to check them.

Builders take these wherever a value is an object; a plain string stands for the first member
(`environment="staging"` is `{"id": "staging"}`), and an `Event` given for a `Reference` stands for
its subject. That they agree with `vocabulary` is tested.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, NotRequired, Required, TypedDict

if TYPE_CHECKING:
    from .event import Event
    from .links import Link


class Reference(TypedDict):
    """Something that has an identity: an environment, a repository, a change, a run."""

    id: str
    source: NotRequired[str]


class Sbom(TypedDict):
    """Where a software bill of materials is."""

    uri: str


class Trigger(TypedDict, total=False):
    """What set a test going."""

    type: Literal["manual", "pipeline", "event", "schedule", "other"]
    uri: str


class TestCase(TypedDict):
    """What was tested."""

    id: str
    version: NotRequired[str]
    name: NotRequired[str]
    type: NotRequired[
        Literal[
            "performance", "functional", "unit", "security",
            "compliance", "integration", "e2e", "other",
        ]
    ]  # fmt: skip
    uri: NotRequired[str]


class TestSuite(TypedDict):
    """A set of test cases."""

    id: str
    version: NotRequired[str]
    name: NotRequired[str]
    uri: NotRequired[str]


class Envelope(TypedDict, total=False):
    """What every builder takes beside its content.

    `source`: who sends it, a URI reference. `id`: a new UUID by default. `timestamp`: when it
    happened; now by default. `subject_source`: where the subject's id is meant, if not at `source`.
    `follows`: the event, or events, before this one: their chain is joined and a PATH link is added
    for each. `chain_id`: the chain, where it begins. `links`: more links. `schema_uri`: a schema of
    your own; never fetched. `custom_data`: an object, or bytes, which are sent in base64 (text is
    taken to be base64 already). `custom_data_content_type`: its media type.
    """

    source: Required[str]
    id: str | None
    timestamp: datetime | str | None
    subject_source: str | None
    follows: "Event | Iterable[Event] | None"
    chain_id: str | None
    links: "Iterable[Link]"
    schema_uri: str | None
    custom_data: Mapping[str, Any] | bytes | str | None
    custom_data_content_type: str | None
