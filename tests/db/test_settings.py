"""Settings come from the environment, checked as a whole, and no secret is ever shown."""

from pathlib import Path
from typing import Self

import pytest
from pydantic import SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from db.settings import BadSettings, StateSettings, env_name, load_settings
from jobs.pipelines.lineage.settings import LineageSettings

BOTH = (StateSettings, LineageSettings)
SECRET = "postgresql+psycopg://headwater:hunter2@db/headwater"  # noqa: S105 - made up for these tests


def state(environ: dict[str, str]) -> StateSettings:
    loaded: StateSettings = load_settings([StateSettings], environ)[StateSettings]
    return loaded


def problems(environ: dict[str, str], *, complete: bool = False) -> tuple[str, ...]:
    with pytest.raises(BadSettings) as refused:
        load_settings(BOTH, environ, complete=complete)
    return refused.value.problems


def test_defaults() -> None:
    """With nothing set, state is a SQLite file in the folder `var`."""
    found = state({})

    assert Path("var") == found.data_dir
    assert "NORMAL" == found.sqlite_synchronous
    assert 1 << 30 == found.max_artifact_bytes
    assert f"sqlite:///{Path('var').resolve()}/headwater.db" == found.url


def test_values_get_their_types() -> None:
    """Texts of the environment become paths, numbers and secrets, whatever the capitals of a name."""
    found = state(
        {
            "headwater_data_dir": "/srv/headwater",
            "HEADWATER_DATABASE_URL": SECRET,
            "HEADWATER_MAX_ARTIFACT_BYTES": "1024",
            "HEADWATER_SQLITE_SYNCHRONOUS": "FULL",
        }
    )

    assert Path("/srv/headwater") == found.data_dir
    assert SECRET == found.url
    assert 1024 == found.max_artifact_bytes
    assert "FULL" == found.sqlite_synchronous


def test_the_process_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without another environment, that of the process counts."""
    monkeypatch.setenv("HEADWATER_LINEAGE_CHUNK_CHARACTERS", "5000")

    assert 5000 == load_settings(BOTH)[LineageSettings].chunk_characters


def test_another_environment_stands_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where an environment is given, nothing comes from that of the process."""
    monkeypatch.setenv("HEADWATER_MAX_ARTIFACT_BYTES", "5000")

    assert 1 << 30 == state({"HEADWATER_DATA_DIR": "elsewhere"}).max_artifact_bytes
    assert 1 << 30 == state({}).max_artifact_bytes


def test_all_mistakes_at_once() -> None:
    """Every mistake is listed in one refusal: wrong types, wrong words, values out of bounds, unknown names."""
    told = problems(
        {
            "HEADWATER_MAX_ARTIFACT_BYTES": "lots",
            "HEADWATER_SQLITE_SYNCHRONOUS": "OFF",
            "HEADWATER_LINEAGE_CHUNK_CHARACTERS": "999",
            "HEADWATER_DATABASE_URL_FILE": "/nowhere/at/all",
            "HEADWATER_DATABSE_URL": SECRET,
        },
        complete=True,
    )

    names = [problem.partition(":")[0] for problem in told]
    assert [
        "HEADWATER_DATABASE_URL_FILE",
        "HEADWATER_DATABSE_URL",
        "HEADWATER_LINEAGE_CHUNK_CHARACTERS",
        "HEADWATER_MAX_ARTIFACT_BYTES",
        "HEADWATER_SQLITE_SYNCHRONOUS",
    ] == sorted(names)
    assert "lots" in str(told)
    assert "1000" in str(told)


def test_the_message_lists_them() -> None:
    """What an operator reads has a line for each mistake."""
    with pytest.raises(BadSettings) as refused:
        load_settings(BOTH, {"HEADWATER_MAX_ARTIFACT_BYTES": "0", "HEADWATER_SQLITE_SYNCHRONOUS": "OFF"})

    first, *rest = str(refused.value).splitlines()
    assert "Headwater cannot start:" == first
    assert [f"  {problem}" for problem in refused.value.problems] == rest


def test_an_unknown_name_with_a_suggestion() -> None:
    """A name that no setting has is refused and the nearest one is told; a name like none is only refused."""
    told = problems({"HEADWATER_DATA_DIRR": "x", "HEADWATER_QWERTZUIOP_ASDFGH": "x"}, complete=True)

    assert (
        "HEADWATER_DATA_DIRR: no such setting; did you mean HEADWATER_DATA_DIR?",
        "HEADWATER_QWERTZUIOP_ASDFGH: no such setting",
    ) == told


def test_unknown_names_where_others_may_know_them() -> None:
    """A part of the service that reads only its own settings leaves the names of others alone."""
    assert state({"HEADWATER_OF_ANOTHER_PART": "x"}) == state({})


def test_a_plain_setting_has_no_file() -> None:
    """Only a secret may stand in a file; `…_FILE` of another setting is an unknown name."""
    (told,) = problems({"HEADWATER_DATA_DIR_FILE": "/etc/passwd"}, complete=True)

    assert told.startswith("HEADWATER_DATA_DIR_FILE: no such setting")


def test_a_secret_from_a_file(tmp_path: Path) -> None:
    """A secret is read from the file that is named, without the line end that editors put behind it."""
    file = tmp_path / "url"
    file.write_text(f"{SECRET}\n\n")

    assert SECRET == state({"HEADWATER_DATABASE_URL_FILE": str(file)}).url


def test_a_secret_twice(tmp_path: Path) -> None:
    """A secret and its file together are refused: nobody could say which one counts."""
    file = tmp_path / "url"
    file.write_text("another")

    (told,) = problems({"HEADWATER_DATABASE_URL": SECRET, "HEADWATER_DATABASE_URL_FILE": str(file)})

    assert told.startswith("HEADWATER_DATABASE_URL: both")
    assert "hunter2" not in told


def test_a_secret_file_that_cannot_be_read(tmp_path: Path) -> None:
    """A file that is missing, is a folder, is empty or is no UTF-8 is named, and what it holds is not shown."""
    binary, empty = tmp_path / "binary", tmp_path / "empty"
    binary.write_bytes(b"\xff\xfehunter2")
    empty.write_text("\n")

    for path in (tmp_path / "missing", tmp_path, binary, empty):
        (told,) = problems({"HEADWATER_DATABASE_URL_FILE": str(path)})
        assert told.startswith("HEADWATER_DATABASE_URL_FILE: ")
        assert "hunter2" not in told


@pytest.mark.parametrize(
    "wrong", ["", "hunter2", "mysql://root:hunter2@db/headwater", "postgresql://:hunter2@db"]
)
def test_a_wrong_address_is_not_shown(wrong: str) -> None:
    """A database address that no driver of ours understands is refused without being repeated."""
    (told,) = problems({"HEADWATER_DATABASE_URL": wrong})

    assert told.startswith("HEADWATER_DATABASE_URL: ")
    assert "postgresql+psycopg://" in told
    assert "hunter2" not in told


class Pair(BaseSettings):
    """Settings of which one needs the other."""

    model_config = SettingsConfigDict(env_prefix="HEADWATER_PAIR_")
    user: str = ""
    password: SecretStr = SecretStr("")

    @model_validator(mode="after")
    def _both(self) -> Self:
        if self.user and not self.password.get_secret_value():
            raise ValueError("a user needs a password")
        return self


def test_what_is_wrong_with_settings_together() -> None:
    """A rule over several settings is told for all of their names, with none of their values."""
    with pytest.raises(BadSettings) as refused:
        load_settings([Pair], {"HEADWATER_PAIR_USER": "somebody"})

    assert ("HEADWATER_PAIR_*: Value error, a user needs a password",) == refused.value.problems


def test_secrets_are_masked() -> None:
    """Neither printing nor dumping settings shows a secret."""
    found = state({"HEADWATER_DATABASE_URL": SECRET})

    assert "hunter2" not in f"{found} {found!r} {found.model_dump()} {found.model_dump_json()}"


def test_names() -> None:
    """A field's variable is its prefix and its name in capitals."""
    assert "HEADWATER_DATABASE_URL" == env_name(StateSettings, "database_url")
    assert "HEADWATER_LINEAGE_CHUNK_CHARACTERS" == env_name(LineageSettings, "chunk_characters")
