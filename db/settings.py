"""Where Headwater remembers, and how settings are read: from the environment, all mistakes told at once."""

import difflib
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar
from urllib.parse import unquote

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

PREFIX = "HEADWATER_"
FILE_SUFFIX = "_FILE"
NO_PREFIX = "\0"  # no variable's name begins so
DRIVERS = frozenset({"postgresql+psycopg", "sqlite"})

S = TypeVar("S", bound=BaseSettings)


class StateSettings(BaseSettings):
    """Where state is kept."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, use_attribute_docstrings=True)

    data_dir: Path = Path("var")
    """Folder for everything kept on this machine: the SQLite file, artifacts, the embedded Valkey's socket."""

    database_url: SecretStr | None = None
    """Database address, `postgresql+psycopg://…` or `sqlite:///…`. Unset: a SQLite file in the data folder."""

    database_password: SecretStr | None = None
    """Password of the database, where it does not stand in the address."""

    sqlite_synchronous: Literal["NORMAL", "FULL"] = "NORMAL"
    """SQLite only: NORMAL survives a killed process, FULL a power loss as well."""

    max_artifact_bytes: int = Field(default=1_073_741_824, ge=1)
    """Largest artifact that is stored, in bytes."""

    @field_validator("database_url")
    @classmethod
    def _check_url(cls, value: SecretStr | None) -> SecretStr | None:
        """Refuse what could only fail later, in words that might show the password."""
        if value is None:
            return None
        address = _address(value.get_secret_value())
        if address is None or address.drivername not in DRIVERS:
            raise ValueError("must begin with postgresql+psycopg:// or sqlite:///")
        return value

    @model_validator(mode="after")
    def _check_password(self) -> Self:
        """Refuse a password that nobody would ask for, or of which there would be two."""
        if self.database_password is None:
            return self
        if self.database_url is None or self.database_url.get_secret_value().startswith("sqlite"):
            raise ValueError("HEADWATER_DATABASE_PASSWORD is set, and SQLite has no passwords")
        address = _address(self.database_url.get_secret_value())
        if address is not None and address.password:
            raise ValueError("HEADWATER_DATABASE_PASSWORD is set, and HEADWATER_DATABASE_URL holds another one")
        return self

    @property
    def url(self) -> str:
        """The database address in the clear."""
        if self.database_url is not None:
            given = self.database_url.get_secret_value()
            address = _address(given) if self.database_password is not None else None
            if self.database_password is None or address is None:
                return given
            whole = address.set(password=self.database_password.get_secret_value())
            return whole.render_as_string(hide_password=False)
        return f"sqlite:///{self.data_dir.resolve() / 'headwater.db'}"


def _address(url: str) -> "URL | None":
    """A database address taken apart; None if it is none."""
    from sqlalchemy.engine import make_url  # noqa: PLC0415 - 0.3 s, for which no command without a database waits
    from sqlalchemy.exc import ArgumentError  # noqa: PLC0415 - see above

    try:
        return make_url(url)
    except ArgumentError:
        return None


class BadSettings(Exception):
    """The environment holds settings that cannot be used; the message lists every one of them."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(("Headwater cannot start:", *(f"  {problem}" for problem in problems))))


def env_name(settings: type[BaseSettings], field: str) -> str:
    """The environment variable of a field."""
    return f"{settings.model_config.get('env_prefix', '')}{field}".upper()


def is_secret(settings: type[BaseSettings], field: str) -> bool:
    """Whether a field's value must not be shown, and may stand in a file."""
    return "Secret" in str(settings.model_fields[field].annotation)


def load_settings(
    classes: Sequence[type[BaseSettings]], environ: Mapping[str, str] | None = None, *, complete: bool = False
) -> dict[type[BaseSettings], Any]:
    """Read and check settings from the environment.

    A secret may stand in a file: `<NAME>_FILE` names it, and trailing white space is cut off.

    Args:
        classes: What to read.
        environ: Instead of the process's own environment.
        complete: Whether `classes` are all there are, so that any other `HEADWATER_…` name is a mistake.

    Raises:
        BadSettings: Something is wrong; everything that is wrong is in it.
    """
    given = {name.upper(): value for name, value in (os.environ if environ is None else environ).items()}
    problems: list[str] = []
    loaded: dict[type[BaseSettings], Any] = {}
    known: set[str] = set()
    for settings in classes:
        values: dict[str, Any] = {}
        for field in settings.model_fields:
            name = env_name(settings, field)
            known.add(name)
            if is_secret(settings, field):
                known.add(name + FILE_SUFFIX)
            value, problem = _value(given, name, secret=is_secret(settings, field))
            if problem:
                problems.append(problem)
            elif value is not None:
                values[field] = value
        try:
            # By itself the class would read the process's environment for what is not given here.
            loaded[settings] = settings(_env_prefix=NO_PREFIX, **values)
        except ValidationError as error:
            problems += [_problem(settings, detail) for detail in error.errors()]
    if complete:
        problems += [
            _unknown(name, known) for name in sorted(given) if name.startswith(PREFIX) and name not in known
        ]
    if problems:
        raise BadSettings(problems)
    return loaded


def secrets_of(loaded: Mapping[type[BaseSettings], BaseSettings]) -> frozenset[str]:
    """The secrets among settings, in the clear; of addresses only the passwords, as written and decoded."""
    found: set[str] = set()
    for settings, values in loaded.items():
        for field in settings.model_fields:
            value = getattr(values, field)
            if is_secret(settings, field) and value is not None:
                found |= _secret_parts(value.get_secret_value())
    return frozenset(found)


def _secret_parts(secret: str) -> set[str]:
    if "://" not in secret:
        return {secret}
    password = secret.partition("://")[2].partition("/")[0].rpartition("@")[0].partition(":")[2]
    return {password, unquote(password)} - {""}


def _value(given: Mapping[str, str], name: str, *, secret: bool) -> tuple[str | None, str | None]:
    """A setting's text, or what is wrong with it; neither if it is not given."""
    path = given.get(name + FILE_SUFFIX) if secret else None
    if path is None:
        return given.get(name), None
    if name in given:
        return None, f"{name}: both it and {name}{FILE_SUFFIX} are set; keep one"
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip()
    except (OSError, UnicodeDecodeError) as error:
        return None, f"{name}{FILE_SUFFIX}: cannot be read ({type(error).__name__})"
    return (text, None) if text else (None, f"{name}{FILE_SUFFIX}: the file is empty")


def _problem(settings: type[BaseSettings], detail: Any) -> str:
    if not detail["loc"]:  # what is wrong with several together; its input would hold secrets too
        return f"{env_name(settings, '*')}: {detail['msg']}"
    field = str(detail["loc"][0])
    given = "" if is_secret(settings, field) else f" (given: {detail['input']!r})"
    return f"{env_name(settings, field)}: {detail['msg']}{given}"


def _unknown(name: str, known: set[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"{name}: no such setting" + (f"; did you mean {close[0]}?" if close else "")
