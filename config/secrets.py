"""Secrets that the environment does not give: made once into `var/secrets/`, readable by the owner only."""

import os
import secrets
from pathlib import Path


def read_or_make(folder: Path, name: str) -> str:
    """Return the secret called `name` (a hex string), making it on the first call.

    The file is created with mode 0600 and O_EXCL, so of several processes that start at once one makes it
    and the others read what it made.

    Raises:
        OSError: the folder or the file cannot be made or read.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / name
    temporary = folder / f".{name}.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_hex(32))
        try:
            # A hard link appears whole or not at all, and fails if another process was first.
            os.link(temporary, path)
        except FileExistsError:
            pass
        finally:
            temporary.unlink(missing_ok=True)
    return path.read_text().strip()
