"""The secret that signs cookies: given by the environment, otherwise made once for this machine."""

import logging
import os
import secrets
from functools import cache

from data_access.engine import HOME

LOG = logging.getLogger("party.keys")
VARIABLE = "PARTY_COOKIE_KEY"
FILE = HOME / "var" / "cookie.key"


@cache
def cookie_key() -> str:
    """Return PARTY_COOKIE_KEY, else the key in var/cookie.key, which is made where it is missing and readable by its owner only.

    Where the file can be neither read nor made the key lasts as long as the process, and so do the sign-ins.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return given
    try:
        return _kept()
    except OSError as error:
        LOG.warning("cannot keep a cookie key (%s): sign-ins will end with this process", error)
        return secrets.token_urlsafe(48)


def _kept() -> str:
    """Read the key file; two processes that find none race for a hard link, so that both use the winner's key."""
    FILE.parent.mkdir(parents=True, exist_ok=True)
    if not FILE.exists():
        draft = FILE.with_name(f".cookie-{os.getpid()}-{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        try:
            os.link(draft, FILE)
        except FileExistsError:
            LOG.info("another process made the cookie key first")
        finally:
            draft.unlink()
    return FILE.read_text().strip()
