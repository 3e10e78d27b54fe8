"""The learner's signing key: Ed25519, made here, kept here, and known to nobody else.

`.lab/progress/<learner>/key.pem`, readable by its owner only. Whoever wants to recognise the learner
later notes the key's id, which is a digest of the public key.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from securesystemslib.signer import CryptoSigner, SSlibKey

from eprlab.progress.errors import KeyUnusable


def signer(folder: Path) -> CryptoSigner:
    """The key in this folder, made if there is none. Raises `KeyUnusable`."""
    path = folder / "key.pem"
    if not path.exists():
        _create(path)
    try:
        private = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(path, str(error)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise KeyUnusable(path, "it is not an Ed25519 key")
    return CryptoSigner(private)


def public_key(told: dict[str, str]) -> SSlibKey:
    """The key that a record carries. Raises KeyError, ValueError, TypeError or AttributeError."""
    return SSlibKey(told["keyid"], "ed25519", "ed25519", {"public": told["public"]})


def keyid_of(public: str) -> str:
    """The id that belongs to a public key in hexadecimal. Raises ValueError for one that is none."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(bytes.fromhex(public))).keyid


def _create(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pem = CryptoSigner.generate_ed25519().private_bytes
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(pem)
