"""Everything that may be wrong with a statement, or go wrong while it runs.

* StatementFailed           the engine refused the statement, or gave it up
  + EmptyStatement
  + SeveralStatements
  + StatementTooLong
  + ForbiddenStatement
  + SyntaxProblem
  + UnknownName
  + TableExists
  + ParamsMismatch
  + ConversionFailed
    - DivisionByZero
  + TooManyColumns
  + QueryOutOfMemory
  + QueryOutOfTempSpace
  + QueryTimedOut
* BadRows                   a file cannot be read as rows
* TableBusy                 another run wrote the table meanwhile
* UnknownTable              refused: a workspace has no such table
* EngineUnavailable         refused: there is no such engine here
* TooMuchForSheet           refused: the rows do not fit into the form that was asked for
"""

from collections.abc import Sequence

from jobs.errors import NotFound, Rejected, RunFailed


class StatementFailed(RunFailed):
    """The engine refused the statement.

    `line` and `column` say where, counted from 1 in characters; both are 0 where the engine did not say.
    """

    code = "STATEMENT_FAILED"

    def __init__(self, message: str = "", *, hint: str = "", line: int = 0, column: int = 0) -> None:
        self.line, self.column = line, column
        super().__init__(message, hint=hint)


class EmptyStatement(StatementFailed):
    """There is no statement: the text is empty, or nothing but comments."""

    code = "EMPTY_STATEMENT"


class SeveralStatements(StatementFailed):
    """There are several statements, and a run takes one."""

    code = "SEVERAL_STATEMENTS"


class StatementTooLong(StatementFailed):
    """The text of the statement is longer than allowed."""

    code = "STATEMENT_TOO_LONG"


class ForbiddenStatement(StatementFailed):
    """The statement names something that is not allowed here."""

    code = "SQL_FORBIDDEN"

    def __init__(self, forbidden: str, why: str, *, hint: str = "", line: int = 0, column: int = 0) -> None:
        self.forbidden = forbidden
        super().__init__(f"{forbidden} is not allowed: {why}", hint=hint, line=line, column=column)


class SyntaxProblem(StatementFailed):
    """The statement cannot be read."""

    code = "SYNTAX_ERROR"


class UnknownName(StatementFailed):
    """The statement names a table, column or function that there is not."""

    code = "UNKNOWN_NAME"

    def __init__(
        self, message: str, *, suggestions: Sequence[str] = (), line: int = 0, column: int = 0
    ) -> None:
        self.suggestions = tuple(suggestions)
        hint = f"Did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(message, hint=hint, line=line, column=column)


class TableExists(StatementFailed):
    """There is a table of this name."""

    code = "TABLE_EXISTS"


class ParamsMismatch(StatementFailed):
    """The parameters do not fit those of the statement."""

    code = "PARAMS_MISMATCH"


class ConversionFailed(StatementFailed):
    """A value does not fit the type that it is converted to."""

    code = "CONVERSION_FAILED"


class DivisionByZero(ConversionFailed):
    """A whole number is divided by zero."""

    code = "DIVISION_BY_ZERO"


class TooManyColumns(StatementFailed):
    """The result has more columns than allowed."""

    code = "TOO_MANY_COLUMNS"


class QueryOutOfMemory(StatementFailed):
    """The statement needs more memory than it was given."""

    code = "OUT_OF_MEMORY"


class QueryOutOfTempSpace(StatementFailed):
    """The statement needs more room for temporary files than it was given."""

    code = "OUT_OF_TEMP_SPACE"


class QueryTimedOut(StatementFailed):
    """The statement took longer than it was given."""

    code = "TIMEOUT"


class BadRows(RunFailed):
    """The file cannot be read as rows of a table."""

    code = "BAD_FILE"


class TableBusy(RunFailed):
    """Another run wrote the table while this one did."""

    code = "BUSY"
    retryable = True

    def __init__(self, table: str, other: str = "") -> None:
        by = f" by run {other}" if other else ""
        hint = "Submit it again: it then begins with what the other one wrote."
        super().__init__(f"The table {table} was written{by} since this run read it.", hint=hint)


class UnknownTable(NotFound):
    """There is no such table."""


class EngineUnavailable(Rejected):
    """There is no such engine here."""

    code = "ENGINE_UNAVAILABLE"

    def __init__(self, engine: str, present: Sequence[str], *, hint: str = "") -> None:
        self.engine, self.present = engine, tuple(present)
        there = f"; there {'is' if len(present) == 1 else 'are'} {', '.join(present)}" if present else ""
        super().__init__(f"the engine {engine} is not available here{there}", hint=hint)


class TooMuchForSheet(Rejected):
    """A spreadsheet has no room for these rows."""

    code = "TOO_LARGE"

    def __init__(self, message: str = "") -> None:
        super().__init__(message, hint="Take CSV, JSON Lines, Arrow or Parquet, or ask for less.")
