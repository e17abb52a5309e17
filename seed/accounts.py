"""Demo accounts: their passwords are public (NAME-demo-2026), and they are refused wherever the database is not the demo."""

import hashlib

import bcrypt
import pandas as pd

from domain.vocabulary import Role

_ALPHABET = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_COST = 10


def accounts(people: list[tuple[str, str, Role, int]]) -> pd.DataFrame:
    """Return rows of `account` for (username, display name, role, org_id); each password is `USERNAME-demo-2026`."""
    return pd.DataFrame(
        [
            {
                "username": username,
                "display_name": display_name,
                "password_hash": bcrypt.hashpw(f"{username}-demo-2026".encode(), _salt(username)).decode(),
                "role": role.value,
                "org_id": org_id,
                "demo": True,
                "disabled": False,
                "failed_attempts": 0,
            }
            for username, display_name, role, org_id in people
        ]
    )


def _salt(username: str) -> bytes:
    """Return a fixed salt: the demo's rows must be the same on every machine, and its passwords are public anyway.

    A salt has 128 bits in 22 characters, so the last one carries two bits.
    """
    digest = hashlib.blake2b(username.encode(), digest_size=22).digest()
    characters = "".join(_ALPHABET[byte % 64] for byte in digest[:21]) + ".Oeu"[digest[21] % 4]
    return f"$2b${_COST}${characters}".encode()
