"""Documents that are known by a hash: remembered for a while (Apollo's persisted queries), or trusted."""

import hashlib
import json
import re
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from db.settings import BadSettings
from graph.errors import (
    BadRequest,
    PersistedQueryMismatch,
    PersistedQueryNotFound,
    PersistedQueryNotSupported,
    UntrustedDocument,
)
from graph.settings import ApiSettings

FORMAT, VERSION = "apollo-persisted-query-manifest", 1
SHA_256 = re.compile(r"[0-9a-f]{64}")
LONGEST = 20_000  # characters of a document that is worth remembering
MANIFEST = "HEADWATER_TRUSTED_DOCUMENTS"


class Documents:
    """The documents that HTTP and sockets know by a hash; there is one for a process.

    What is remembered is bounded in number and length, and what was not used for longest is forgotten first:
    a client that is told so sends the text again.
    """

    def __init__(self, remembered: int, trusted: Mapping[str, str], *, only_trusted: bool) -> None:
        self._most, self._trusted, self._only = remembered, dict(trusted), only_trusted
        self._texts = frozenset(trusted.values())
        self._remembered: OrderedDict[str, str] = OrderedDict()

    @classmethod
    def of(cls, settings: ApiSettings) -> "Documents":
        """What the settings say.

        Raises:
            BadSettings: The manifest is absent, cannot be read, or is none.
        """
        if settings.trusted_documents_only and settings.trusted_documents is None:
            raise BadSettings([f"{MANIFEST}_ONLY: no document could be asked for; set {MANIFEST} too."])
        trusted = {} if settings.trusted_documents is None else read_manifest(settings.trusted_documents)
        return cls(settings.persisted_queries, trusted, only_trusted=settings.trusted_documents_only)

    def text_of(self, query: str | None, extensions: Mapping[str, Any] | None) -> str | None:
        """The document that a request means by its text, by a hash, or by both, which makes it known.

        Raises:
            BadRequest: The hash is not given as Apollo does it.
            PersistedQueryNotFound, PersistedQueryNotSupported: The hash is of nothing that is known.
            PersistedQueryMismatch: The hash is that of another text.
            UntrustedDocument: Only trusted documents are answered, and this is none.
        """
        given = (extensions or {}).get("persistedQuery")
        name = None if given is None else named_by(given)
        text = self._named(name, query) if name is not None else query
        if self._only and text and text not in self._texts:
            raise UntrustedDocument
        return text

    def _named(self, name: str, query: str | None) -> str:
        if name in self._trusted:
            if query and query != self._trusted[name]:
                raise PersistedQueryMismatch
            return self._trusted[name]
        if query:
            self._remember(name, query)
            return query
        if self._only:
            raise UntrustedDocument
        if not self._most:
            raise PersistedQueryNotSupported
        text = self._remembered.get(name)
        if text is None:
            raise PersistedQueryNotFound
        self._remembered.move_to_end(name)
        return text

    def _remember(self, name: str, query: str) -> None:
        if hashlib.sha256(query.encode()).hexdigest() != name:
            raise PersistedQueryMismatch
        if self._only or not self._most or len(query) > LONGEST:
            return
        self._remembered[name] = query
        self._remembered.move_to_end(name)
        if len(self._remembered) > self._most:
            self._remembered.popitem(last=False)


def named_by(given: Any) -> str:
    """The hash in `extensions.persistedQuery`."""
    if not isinstance(given, dict) or not isinstance(given.get("sha256Hash"), str):
        raise BadRequest("`extensions.persistedQuery` must be {version: 1, sha256Hash: …}.")
    if given.get("version") != VERSION:
        raise BadRequest("Only version 1 of `extensions.persistedQuery` is known.")
    name: str = given["sha256Hash"]
    return name.lower() if SHA_256.fullmatch(name.lower()) else name


def read_manifest(path: Path) -> Mapping[str, str]:
    """The documents of a manifest by their ids, as `generate-persisted-query-manifest` writes it.

    Raises:
        BadSettings: It cannot be read, or is no such manifest.
    """
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadSettings([f"{MANIFEST}: {path} cannot be read as JSON: {error}"]) from error
    if not isinstance(manifest, dict) or (manifest.get("format"), manifest.get("version")) != (FORMAT, VERSION):
        raise BadSettings([f"{MANIFEST}: {path} is no manifest of format {FORMAT!r}, version {VERSION}."])
    known: dict[str, str] = {}
    operations = manifest.get("operations")
    for place, operation in enumerate(operations if isinstance(operations, list) else [None]):
        name, body = (
            (operation.get("id"), operation.get("body")) if isinstance(operation, dict) else (None, None)
        )
        if not isinstance(name, str) or not isinstance(body, str) or known.get(name, body) != body:
            what = f"operations[{place}] has no id of its own, or no body"
            raise BadSettings([f"{MANIFEST}: {path}: {what}."])
        known[name] = body
    return known
