"""Scratch folders of runs, which outlive no worker: what a killed one leaves, another removes.

Each worker has a folder of its own below a shared one, and holds a lock on a file in it as long as it lives.
The kernel gives the lock back however a process ends, in containers too, where process numbers mean little.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LOCK = ".lock"


@dataclass(slots=True)
class Scratch:
    """The folder below which all workers have theirs, and, once it was needed, that of this one."""

    root: Path
    _own: Path | None = None
    _held: IO[bytes] | None = None

    def folder(self) -> Path:
        """A new and empty folder for a run."""
        return Path(tempfile.mkdtemp(prefix="run-", dir=self.open()))

    def open(self) -> Path:
        """The folder of this worker, made if it is not there yet."""
        if self._own is None:
            with self._alone():
                own = self.root / f"{os.getpid()}-{secrets.token_hex(6)}"
                own.mkdir(mode=0o700)
                self._held = locked(own / LOCK)
            self._own = own
        return self._own

    def remove_dead(self) -> list[str]:
        """Remove the folders of workers that ended without a word; their names. It may take a while."""
        removed: list[str] = []
        if not self.root.is_dir():
            return removed
        with self._alone():  # nobody is between making a folder and locking it
            found = [(each, locked(each / LOCK)) for each in sorted(self.root.iterdir()) if each.is_dir()]
        for folder, lock in found:
            if lock is not None:
                shutil.rmtree(folder, ignore_errors=True)
                lock.close()
                removed.append(folder.name)
        return removed

    def close(self) -> None:
        """Remove the folder of this worker."""
        if self._own is not None:
            shutil.rmtree(self._own, ignore_errors=True)
            self._own = None
        if self._held is not None:
            self._held.close()
            self._held = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / LOCK).open("ab") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def locked(path: Path) -> IO[bytes] | None:
    """A file that this process has locked; None if another has, or it cannot be made."""
    with suppress(OSError):
        lock = path.open("ab")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.close()
        else:
            return lock
    return None
