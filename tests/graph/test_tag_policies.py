"""Policies of tags: which are refused, and that a workspace must be there and open."""

from functools import partial

import pytest

from db.clearing import begin_clearing
from db.tag_policies import MAX_POLICIES
from tests.graph.api import Api
from tests.graph.test_tags import REMOVE, SET, let_flow


async def test_policies_that_are_refused(sqlite_api: Api) -> None:
    """A policy that is not there cannot be removed, and there are only so many; reasons are no books."""
    missing = (await sqlite_api.ask(REMOVE, tag="pii"))["removeTagPolicy"]
    assert ("NotFoundRefusal", "NOT_FOUND") == (missing["__typename"], missing["code"])
    assert "VALIDATION_FAILED" == (await let_flow(sqlite_api, "pii", reason="x" * 1_001))["code"]
    for number in range(MAX_POLICIES):
        assert "TagPolicy" == (await let_flow(sqlite_api, f"tag {number}"))["__typename"]
    refused = await let_flow(sqlite_api, "one more")
    assert ("VALIDATION_FAILED", True) == (refused["code"], str(MAX_POLICIES) in refused["message"])
    assert "TagPolicy" == (await let_flow(sqlite_api, "TAG 0", flows=False))["__typename"]


@pytest.mark.parametrize("workspace", ["", "nowhere", "Main"])
async def test_a_workspace_that_is_not_there(api: Api, workspace: str) -> None:
    """A policy for a workspace that there is not is refused as not found."""
    told = (await api.ask(SET, policy={"tag": "pii"}, workspace=workspace))["setTagPolicy"]

    assert "NOT_FOUND" == told["code"]


async def test_a_workspace_that_is_being_cleared(api: Api) -> None:
    """While a workspace is being cleared nobody says anything of its tags; they are asked to wait."""
    await api.house.write(partial(begin_clearing, workspace="main"))

    assert "BUSY" == (await let_flow(api, "pii"))["code"]
    assert "BUSY" == (await api.ask(REMOVE, tag="pii"))["removeTagPolicy"]["code"]
