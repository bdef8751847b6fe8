"""The reference pages are written from the code, and say what is true."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    REMOVE,
    FieldDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    Visitor,
    parse,
    print_ast,
    visit,
)
from pydantic import BaseModel, Field, SecretStr
from pydantic.fields import FieldInfo

from db.models import EventName, Run, RunEvent
from db.settings import PREFIX
from graph import reference
from graph.events import TYPES
from graph.settings import all_settings
from jobs.errors import HeadwaterError
from jobs.execute import hand_back
from tests.house import House
from tests.pipelines.chores.run import TryAgain
from tests.pipelines.chores.values import Chore

PAGES = Path(__file__).parents[2] / "docs" / "reference"


class Sample(BaseModel):
    """Fields of every kind."""

    text: str = Field(default="a|b", pattern="^a")
    number: float = Field(default=0.5, gt=0, lt=1)
    secret: SecretStr | None = None
    names: tuple[str, ...] = ("a", "b")


def test_pages_are_current() -> None:
    """The committed pages say what the code says: `make docs` otherwise."""
    assert [] == reference.stale_pages(PAGES)


def test_every_setting_has_words() -> None:
    """Each setting stands on its page with a meaning."""
    page = reference.settings_table()
    for settings in all_settings({}):
        for name, field in settings.model_fields.items():
            assert field.description, f"{settings.__name__}.{name} has no docstring"
            assert f"`{PREFIX}" in page


def test_every_error_has_words() -> None:
    """Each error of the tree stands on its page with its code and its message."""
    page = reference.errors_table()
    errors = reference.public_errors()
    assert HeadwaterError in errors
    assert TryAgain not in errors, "an error that only tests define"
    for error in errors:
        assert f"`{error.code}`" in page
        assert error.__name__ in page
        assert (error.__doc__ or "").partition("\n")[0] in page


def test_every_event_has_words() -> None:
    """Each event stands on its page, and each of its fields is described."""
    page = reference.events_table()
    for name in EventName:
        assert f"`{name}`" in page
        for field, words, _ in reference.own_fields(TYPES[name][0]):
            assert words, f"{name}.{field} has no description"


def test_settings_of_every_kind() -> None:
    """What a setting accepts, and its default, are told for each kind of field."""
    fields: dict[str, FieldInfo] = Sample.model_fields
    assert ["text like `^a`", "number above 0 below 1", "text", "JSON list of texts"] == [
        reference.accepts(field) for field in fields.values()
    ]
    assert ["`a|b`", "`0.5`", "unset", '`["a", "b"]`'] == [
        reference.default_of(field) for field in fields.values()
    ]
    assert "| a\\|b |\n" in reference.table(["x"], [["a|b"]])


def test_a_stale_page_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A page that is not what the code says is named, and mended by writing the pages."""
    assert 0 == reference.main([str(tmp_path)])
    assert 0 == reference.main(["--check", str(tmp_path)])
    (tmp_path / "events.md").write_text("Old news.")

    assert 1 == reference.main(["--check", str(tmp_path)])
    assert "events.md is not what the code says" in capsys.readouterr().err


def test_a_breaking_change_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Taking a field away breaks clients; adding one does not, and before the first release nothing does."""
    old, new = tmp_path / "old.graphql", tmp_path / "new.graphql"
    new.write_text("type Query { kept: Int, added: Int }")
    arguments = ["--breaking", str(old), str(new)]
    assert 0 == reference.main(arguments)
    old.write_text("type Query { kept: Int }")
    assert 0 == reference.main(arguments)

    old.write_text("type Query { kept: Int, lost: Int }")

    assert 1 == reference.main(arguments)
    assert "FIELD_REMOVED: Field Query.lost" in capsys.readouterr().err


def test_no_field_can_be_lost() -> None:
    """Of our own schema a field is missed, whichever type it is taken from."""
    present = (Path(__file__).parents[2] / "graph" / "schema.graphql").read_text(encoding="utf-8")
    document = parse(present)
    last = {
        each.name.value: (each.fields or ())[-1].name.value
        for each in document.definitions
        if isinstance(each, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode)
        and len(each.fields or ()) > 1
    }
    lost = print_ast(visit(document, Losing(last)))
    named = reference.breaking_changes(present, lost)

    assert len(last) > 80
    assert {f"FIELD_REMOVED: Field {made}.{field} was removed." for made, field in last.items()} <= set(named)
    assert [] == reference.breaking_changes(present, present)


class Losing(Visitor):
    """Takes the field that is named for each type out of a schema."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__()
        self.fields = fields

    def enter_field_definition(
        self, node: FieldDefinitionNode, _key: Any, _parent: Any, _path: Any, ancestors: list[Any]
    ) -> Any:
        of = next(each for each in reversed(ancestors) if not isinstance(each, list | tuple))
        return REMOVE if self.fields.get(of.name.value) == node.name.value else None


async def test_events_carry_what_is_described(sqlite_house: House) -> None:
    """The data of events that were really written are the fields their types describe, no more and no less."""
    seen: set[EventName] = set()
    for event in await told(sqlite_house):
        fields = reference.own_fields(TYPES[event.name][0])
        known = {name for name, _, _ in fields}
        needed = {name for name, _, may_miss in fields if not may_miss}
        assert needed <= set(event.data) <= known, event.name
        seen.add(EventName(event.name))
    assert set(EventName) == seen


async def told(house: House) -> list[RunEvent]:
    """The events of runs that between them do everything a run can tell of."""
    counting = await house.submitted("chores", chore=Chore.COUNT, size=3)
    with_gaps = await house.submitted("chores", chore=Chore.GAPS)
    crashing = await house.submitted("echo", word="crash")
    failing = await house.submitted("chores", chore=Chore.FAIL_RETRYABLY)
    for run in (counting, with_gaps, crashing, failing):
        await house.execute(run)
    stopped = await handed_back(house)
    return [
        event for run in (counting, with_gaps, crashing, failing, stopped) for event in await house.events(run)
    ]


async def handed_back(house: House) -> Run:
    """A run that its worker gave back to the queue."""
    waiting = await house.submitted("chores", chore=Chore.WAIT)
    task = await house.running(waiting)
    await hand_back(house.bench, await house.row(waiting))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return waiting
