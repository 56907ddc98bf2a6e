"""The signature of the rules file: whoever holds a copy can prove that it came from here.

Ed25519, with a key derived from SECRET_KEY, so that nothing more has to be kept secret. A page of
ours does not check it: what stands between page and file is TLS, and a script that an attacker
could replace would not check anything. It serves mirrors, caches and audits of stored copies.
"""

from base64 import b64encode
from functools import cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PURPOSE = b"keepopen appeal rules 1"


def public_key() -> bytes:
    """The 32 bytes against which a copy is checked."""
    return _private(settings.SECRET_KEY).public_key().public_bytes_raw()


def key_id() -> str:
    """Names the key: the first eight digits of its hash."""
    return sha256(public_key()).hexdigest()[:8]


def sign(data: bytes) -> str:
    """The detached signature, in base64."""
    return b64encode(_private(settings.SECRET_KEY).sign(data)).decode()


def holds(data: bytes, signature: bytes, key: bytes) -> bool:
    """Whether the signature of the data was made with the key's other half."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


@cache
def _private(secret: str) -> Ed25519PrivateKey:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret.encode())
    return Ed25519PrivateKey.from_private_bytes(derived)
