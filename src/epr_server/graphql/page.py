"""The query page: an editor, a result and the schema, in one document that works offline.

It is put together from three files once. The policy in its head allows exactly the style and the
script in it (by their hashes) and requests to this server, nothing else.
"""

from base64 import b64encode
from functools import lru_cache
from hashlib import sha256
from html import escape
from importlib.resources import files


@lru_cache(1)
def page(endpoint_path: str) -> bytes:
    """The page as HTML. ``endpoint_path`` is where queries are posted."""
    style, script = _read("query.css"), _read("query.js")
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'"
    )
    parts = {
        "policy": policy,
        "endpoint": escape(endpoint_path),
        "style": style,
        "script": script,
    }
    text = _read("query.html")
    for name, part in parts.items():
        text = text.replace(f"{{{{{name}}}}}", part)
    return text.encode()


def _read(name: str) -> str:
    return files("epr_server").joinpath("static", name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
