"""What can go wrong with a schema or with JSON text.

ValueError
├── NotUsableJson     the text is not JSON, or holds a value that cannot be stored
└── SchemaRefused     the text is JSON, but not a schema this registry will run
"""


class NotUsableJson(ValueError):
    """The text is not JSON, or holds something PostgreSQL's jsonb cannot. Its text says which."""


class SchemaRefused(ValueError):
    """A receiver's schema was refused.

    ``reason`` says what is wrong, where (a JSON pointer such as ``#/properties/digest``), and what
    to do about it.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TooCostly(ValueError):
    """Checking a payload could take unbounded time or stack. Its text says what the limit is."""
