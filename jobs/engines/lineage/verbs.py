"""What kind of statement it is, told by its first words, and what becomes of it."""

from collections.abc import Sequence
from enum import Enum

from jobs.engines.lineage.dialects import word_set

NOISE = word_set(
    "OR REPLACE ALTER PRIMARY XML SELECTIVE TEMP TEMPORARY GLOBAL LOCAL UNIQUE CLUSTERED NONCLUSTERED "
    "RECURSIVE SECURE EXTERNAL TRANSIENT UNLOGGED FORCE EDITIONABLE NONEDITIONABLE VOLATILE COLUMNSTORE "
    "SPATIAL FULLTEXT IF NOT EXISTS REFRESH STREAMING LIVE"
)
HARMLESS = word_set(
    "SET USE ENABLE DISABLE GRANT REVOKE DENY PRINT DROP BEGIN COMMIT ROLLBACK START SAVE SAVEPOINT "
    "RELEASE ANALYZE EXPLAIN SHOW DESCRIBE DESC COMMENT VACUUM PRAGMA TRUNCATE RAISERROR THROW RETURN "
    "WAITFOR BREAK CONTINUE GOTO DBCC BACKUP RESTORE CHECKPOINT OPTIMIZE MSCK REFRESH INSTALL LOAD "
    "ATTACH DETACH LOCK UNLOCK END IF ELSE WHILE CLOSE DEALLOCATE OPEN RESET DISCARD REINDEX CLUSTER "
    "LIST CACHE UNCACHE CLEAR PROMPT EXIT GO FLUSH KILL ABORT"
)
CREATES_NOTHING_READ = word_set(
    "INDEX SCHEMA DATABASE ROLE USER LOGIN SEQUENCE TYPE EXTENSION STATISTICS WAREHOUSE STAGE DOMAIN "
    "CATALOG POLICY TABLESPACE COLLATION CAST OPERATOR RULE DEFAULT CERTIFICATE ASSEMBLY PARTITION "
    "FULLTEXT XML SECRET TAG SHARE INTEGRATION FILE GROUP MASTER SYMMETRIC SERVER RESOURCE "
    "AGGREGATE"
)
CONSTRAINTS = word_set("CONSTRAINT PRIMARY FOREIGN UNIQUE CHECK INDEX DEFAULT PARTITION PERIOD KEY NOT")
SYSTEM_PROCEDURES = word_set(
    "sp_addextendedproperty sp_updateextendedproperty sp_dropextendedproperty sp_addtype sp_droptype "
    "sp_addmessage sp_addrole sp_addrolemember sp_adduser sp_addlogin sp_grantdbaccess sp_bindefault "
    "sp_bindrule sp_configure sp_dboption sp_help sp_helptext sp_settriggerorder sp_refreshview "
    "sp_recompile sp_updatestats sp_tableoption"
)
MAIN = frozenset({"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"})
PARSED = frozenset({"WITH", "(", "VALUES", "FROM", "REPLACE", "TABLE", "PIVOT", "UNPIVOT", "PIVOT_WIDER"})


class Fate(Enum):
    """What becomes of a statement."""

    HARMLESS = "it moves no data"
    PARSED = "it is parsed"
    CALLS = "it calls a routine"
    DYNAMIC = "it runs SQL that is made when it runs"
    LISTED = "it is listed as not explained"


def verb_of(words: Sequence[str], first: int, last: int) -> str:
    """Return the words that name a statement for people: "CREATE VIEW", "INSERT".

    >>> verb_of(["CREATE", "OR", "REPLACE", "VIEW", "V", "AS"], 0, 6)
    'CREATE VIEW'
    """
    verb = words[first] if first < last else ""
    if verb == "BULK":
        return "BULK INSERT"
    if verb == "(":
        return "SELECT"
    if verb == "WITH":
        return after_with(words, first, last)
    if verb not in {"CREATE", "ALTER", "DROP", "BEGIN", "COMMIT", "ROLLBACK"}:
        return verb or "END"
    at = first + 1
    while at < last and words[at] in NOISE:
        at += 1
    if at < last and words[at] in {"MATERIALIZED", "DYNAMIC"}:
        return f"{verb} {words[at]} {words[at + 1] if at + 1 < last else ''}".rstrip()
    kind = words[at].rpartition(" ")[2] if at < last else ""  # CLUSTERED INDEX is one token
    return f"{verb} {kind}" if kind.isalpha() else verb


def after_with(words: Sequence[str], first: int, last: int) -> str:
    """Return the verb behind named queries: those in parentheses are none of the statement's.

    >>> after_with("WITH d AS ( DELETE FROM t ) INSERT INTO u TABLE d".split(), 0, 13)
    'INSERT'
    """
    depth = 0
    for word in words[first + 1 : last]:
        depth += (word == "(") - (word == ")")
        if not depth and word in MAIN:
            return word
    return "SELECT"


def fate_of(words: Sequence[str], first: int, last: int, verb: str) -> Fate:
    """Return what becomes of a statement. Only what moves data is worth a parser's time."""
    word = words[first] if first < last else "END"
    if word in {"EXEC", "EXECUTE", "CALL"}:
        return call(words, first, last)
    if word == "UPDATE" and words[first + 1 : first + 2] == ["STATISTICS"]:
        return Fate.HARMLESS
    if verb in MAIN or word in PARSED:
        return Fate.PARSED
    if verb == "ALTER TABLE":
        return alter_table(words[first:last])
    if word == "LOAD" and words[first + 1 : first + 2] == ["DATA"]:
        return Fate.LISTED
    if word in {"CREATE", "ALTER"}:
        return create_or_alter(verb)
    if word == "DECLARE":
        return declare(words, first, last)
    if word == "FETCH" or word.partition(" ")[0] in HARMLESS:  # BEGIN TRANSACTION may be one token
        return Fate.HARMLESS
    return Fate.LISTED


def call(words: Sequence[str], first: int, last: int) -> Fate:
    """Tell a call of a procedure from SQL that is made when it runs."""
    rest = words[first + 1 : last]
    if rest[:1] in (["("], ["IMMEDIATE"]) or any(word.endswith("SP_EXECUTESQL") for word in rest[:4]):
        return Fate.DYNAMIC
    return Fate.CALLS


def create_or_alter(verb: str) -> Fate:
    """Tell CREATE TABLE from CREATE INDEX."""
    kind = verb.rpartition(" ")[2]
    if kind in CREATES_NOTHING_READ:
        return Fate.HARMLESS
    if kind in {"TABLE", "VIEW"}:
        return Fate.PARSED
    if verb == "ALTER VIEW" or verb.endswith("SYNONYM"):
        return Fate.LISTED
    return Fate.LISTED if verb.startswith("CREATE") else Fate.HARMLESS


def alter_table(words: Sequence[str]) -> Fate:
    """Tell what adds columns (to be parsed) or moves, renames or drops them from changes of constraints."""
    for at, word in enumerate(words[3:], start=3):
        following = words[at + 1] if at + 1 < len(words) else ""
        if word == "ADD" and words[at - 1] not in {"CHECK", "NOCHECK", "WITH"}:
            return Fate.HARMLESS if following in CONSTRAINTS else Fate.PARSED
        if word in {"UPDATE", "DELETE"}:  # of ClickHouse
            return Fate.PARSED
        if word == "RENAME" and following in CONSTRAINTS:
            return Fate.HARMLESS
        if word == "SET" and following == "SCHEMA":
            return Fate.LISTED
        moves_parts = word in {"MOVE", "REPLACE", "ATTACH"} and following in {"PARTITION", "PART"}
        if (
            word in {"SWITCH", "EXCHANGE", "RENAME", "SWAP", "APPEND"}
            or moves_parts
            or (word == "DROP" and following not in CONSTRAINTS)
        ):
            return Fate.LISTED
        if word in {"CHECK", "NOCHECK", "ADD", "DROP", "ALTER", "SET"}:
            return Fate.HARMLESS
    return Fate.HARMLESS


def declare(words: Sequence[str], first: int, last: int) -> Fate:
    """Tell DECLARE of a variable from one of a cursor or of a table."""
    rest = words[first + 1 : last]
    if "CURSOR" in rest or "TABLE" in rest or "SELECT" in rest:
        return Fate.LISTED
    return Fate.HARMLESS
