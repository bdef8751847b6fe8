"""Namespaces that are one by two names: sources that name a warehouse differently speak of the same assets."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.catalogs import CATALOG, COLUMNS, told, uploaded
from tests.dbt import catalog, files, manifest, model, source
from tests.graph.api import Api
from tests.graph.test_edge_words import newest
from tests.graph.test_lineage import column, learn
from tests.graph.test_sources import delete
from tests.openlineage import WAREHOUSE, dataset, event, schema
from tests.openlineage import source as field_of

ALIAS = """mutation ($alias: String!, $namespace: String!, $prefix: String! = "", $reason: String! = "") {
  aliasNamespace(alias: $alias, namespace: $namespace, prefix: $prefix, reason: $reason) {
    __typename
    ... on NamespaceAlias { alias prefix namespace author reason }
    ... on Refusal { code message }
    ... on InvalidParamsRefusal { field }
  }
}"""
REMOVE = """mutation ($alias: String!, $prefix: String! = "") {
  removeNamespaceAlias(alias: $alias, prefix: $prefix) {
    __typename ... on InvalidParamsRefusal { code field }
  }
}"""
LISTED = "query ($asOf: AsOf) { namespaceAliases(asOf: $asOf) { alias prefix namespace author } }"
WALK = """query ($of: LineageRoot!) { lineage(of: $of, kinds: [DIRECT]) {
  nodes { asset { namespace name sources { name } } column { name } }
} }"""
MAIN, DBT, LAKE = "headwater://main", "dbt://shop", "s3://lake"
VIEW = "source.shop.dbo.vOrders"
KPI = column("kpis.total", namespace=LAKE)
EVENT = event(
    inputs=[dataset("shop.mart.report")],
    outputs=[
        {
            "namespace": LAKE,
            "name": "kpis",
            "facets": {
                "schema": schema(total="NUMERIC"),
                "columnLineage": {
                    "fields": {"total": {"inputFields": [field_of("shop.mart.report", "total")]}}
                },
            },
        }
    ],
)


async def alias(api: Api, name: str, namespace: str, prefix: str = "", **more: str) -> dict[str, Any]:
    given = {"alias": name, "namespace": namespace, "prefix": prefix, **more}
    return dict((await api.ask(ALIAS, **given))["aliasNamespace"])


async def load_dump(api: Api, folder: Path) -> None:
    """A dump of the warehouse as Parquet: `dbo.vOrders` is made of `dbo.Orders`."""
    await told(api.house, folder, {**CATALOG, "table_columns": COLUMNS}, source="dump")


async def load_project(api: Api, folder: Path) -> None:
    """A project of dbt, whose model `mart.report` is made of `dbo.vOrders`, with a star."""
    project = manifest(
        source(VIEW, relation_name='"shop"."dbo"."vOrders"'),
        model("report", 'select * from "shop"."dbo"."vOrders"', needs=(VIEW,)),
    )
    ids = [await uploaded(api.house, each.path, each.name) for each in files(folder, project, catalog())]
    await run_over(api, ids, source="dbt", namespace=DBT)


async def load_events(api: Api, folder: Path) -> None:
    """Events of OpenLineage, by which `kpis` in a lake is made of `mart.report`."""
    path = folder / "events.json"
    path.write_bytes(orjson.dumps([EVENT]))
    await run_over(api, [await uploaded(api.house, path, path.name)], source="events")


async def run_over(api: Api, uploads: list[str], **params: Any) -> None:
    run = await api.house.submitted("lineage", uploads=uploads, **params)
    await api.house.execute(run)
    row = await api.house.row(run)
    assert row.result is not None, row.error


async def line(api: Api, of: dict[str, Any] = KPI) -> list[tuple[str, str]]:
    """The columns on the way up from one, with the namespaces of their assets."""
    found = (await api.ask(WALK, of=of))["lineage"]["nodes"]
    return [(node["asset"]["namespace"], f"{node['asset']['name']}.{node['column']['name']}") for node in found]


async def test_three_sources_are_one_line(api: Api, tmp_path: Path) -> None:
    """A dump, a project and events that name one warehouse thrice are one line, and end one by one."""
    for name in (DBT, WAREHOUSE):
        made = await alias(api, name, MAIN, "shop", reason="It is one warehouse.")
        assert ("anybody", "It is one warehouse.") == (made["author"], made["reason"])
    await load_dump(api, tmp_path)
    await load_project(api, tmp_path)
    await load_events(api, tmp_path)

    whole = [
        (LAKE, "kpis.total"),
        (MAIN, "mart.report.total"),
        (MAIN, "dbo.vOrders.total"),
        (MAIN, "dbo.Orders.price"),
    ]
    assert whole == await line(api)
    nodes = (await api.ask(WALK, of=KPI))["lineage"]["nodes"]
    assert [["events"], ["dbt", "events"], ["dbt", "dump"], ["dump"]] == [
        sorted(each["name"] for each in node["asset"]["sources"]) for node in nodes
    ]
    await load_project(api, tmp_path)
    assert whole == await line(api)
    assert "SourceDeleted" == (await delete(api, "dump", "dump"))["__typename"]
    assert whole[:3] == await line(api)


async def test_what_is_there_waits_for_the_next_run(api: Api) -> None:
    """An alias changes nothing of what was said before; each source's next run moves what it says."""
    first = {"a.sql": "CREATE VIEW s.a AS SELECT x FROM s.t;"}
    second = {"b.sql": "CREATE VIEW shop.s.b AS SELECT x FROM shop.s.a;"}
    await learn(api, first, source="one")
    await learn(api, second, source="two", namespace=DBT)
    await alias(api, DBT, MAIN, "shop")
    apart = [(DBT, "shop.s.b.x"), (DBT, "shop.s.a.x")]
    assert apart == await line(api, column("shop.s.b.x", namespace=DBT))

    await learn(api, second, source="two", namespace=DBT)
    assert [(MAIN, "s.b.x"), (MAIN, "s.a.x"), (MAIN, "s.t.x")] == await line(api, column("s.b.x"))
    assert "NOT_FOUND" == await api.code(WALK, of=column("shop.s.b.x", namespace=DBT))
    await api.ask(REMOVE, alias=DBT, prefix="shop")
    await learn(api, second, source="two", namespace=DBT)
    assert apart == await line(api, column("shop.s.b.x", namespace=DBT))


async def test_only_what_has_the_prefix(api: Api) -> None:
    """Of a server with two databases each is joined by its own prefix, and a third stays where it is."""
    await alias(api, DBT, MAIN, "shop")
    await alias(api, DBT, "headwater://crm", "crm")
    texts = {"a.sql": "CREATE VIEW Shop.s.a AS SELECT c.x, o.y FROM crm.s.c AS c JOIN other.s.o AS o ON true;"}
    await learn(api, texts, source="two", namespace=DBT)

    assert [(MAIN, "s.a.x"), ("headwater://crm", "s.c.x")] == await line(api, column("s.a.x"))
    assert [(MAIN, "s.a.y"), (DBT, "other.s.o.y")] == await line(api, column("s.a.y"))


async def test_one_thing_by_two_names_in_one_source(api: Api, tmp_path: Path) -> None:
    """Where one source names both, what it says flows from the one to the other flows nowhere."""
    await alias(api, LAKE, WAREHOUSE)
    same = event(
        inputs=[dataset("t")],
        outputs=[
            {
                "namespace": LAKE,
                "name": "t",
                "facets": {"columnLineage": {"fields": {"x": {"inputFields": [field_of("t", "x")]}}}},
            }
        ],
    )
    path = tmp_path / "events.json"
    path.write_bytes(orjson.dumps([same]))
    await run_over(api, [await uploaded(api.house, path, path.name)], source="events")

    found = (await api.ask("{ assets { edges { node { namespace name } } } }"))["assets"]["edges"]
    assert {"namespace": WAREHOUSE, "name": "t"} in [each["node"] for each in found]
    assert LAKE not in {each["node"]["namespace"] for each in found}
    assert [(WAREHOUSE, "t.x")] == await line(api, column("t.x", namespace=WAREHOUSE))


async def test_aliases_are_listed_and_removed(api: Api) -> None:
    """Aliases are listed by name, the same twice is one, and one that is removed is known to the past alone."""
    await alias(api, WAREHOUSE, MAIN, "shop")
    await alias(api, WAREHOUSE, MAIN, "shop")
    await alias(api, DBT, MAIN)
    assert 2 == await newest(api)

    listed = (await api.ask(LISTED))["namespaceAliases"]
    assert [(DBT, "", MAIN), (WAREHOUSE, "shop", MAIN)] == [
        (each["alias"], each["prefix"], each["namespace"]) for each in listed
    ]
    removed = await api.ask(REMOVE, alias=DBT)
    assert "NamespaceAliasRemoved" == removed["removeNamespaceAlias"]["__typename"]
    assert [WAREHOUSE] == [each["alias"] for each in (await api.ask(LISTED))["namespaceAliases"]]
    assert listed == (await api.ask(LISTED, asOf={"revision": 2}))["namespaceAliases"]
    again = (await api.ask(REMOVE, alias=DBT))["removeNamespaceAlias"]
    assert ("VALIDATION_FAILED", "alias") == (again["code"], again["field"])


WRONG = (
    ((MAIN, MAIN), "namespace"),
    (("c", "a"), "namespace"),
    (("b", "c"), "alias"),
    (("b", "a"), "namespace"),
    ((" ", "b"), "alias"),
    (("x" * 501, "b"), "alias"),
    (("c", "b\nd"), "namespace"),
    (("c", "b", "p" * 501), "prefix"),
)


@pytest.mark.parametrize(("given", "field"), WRONG)
async def test_aliases_that_are_refused(sqlite_api: Api, given: tuple[str, ...], field: str) -> None:
    """An alias of itself, of an alias, or of what has aliases is refused, as is what cannot be a name."""
    await alias(sqlite_api, "a", "b")
    refused = await alias(sqlite_api, *given)
    assert ("VALIDATION_FAILED", field) == (refused["code"], refused["field"])


async def test_a_reason_that_is_too_long(sqlite_api: Api) -> None:
    """A reason has at most a thousand characters."""
    refused = await alias(sqlite_api, "a", "b", reason="x" * 1_001)
    assert ("VALIDATION_FAILED", "reason") == (refused["code"], refused["field"])
