"""A dbt project becomes relations, texts and dependencies, under the names that the warehouse has."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.engines.lineage.analyse import analyse
from jobs.engines.lineage.dialects import DIALECTS as KNOWN_DIALECTS
from jobs.engines.lineage.dialects import bare_name
from jobs.engines.lineage.values import Lineage, RelationKind
from jobs.errors import BadCatalog
from jobs.pipelines.lineage.__main__ import dbt_files
from jobs.pipelines.lineage.sources.dbt import DIALECTS, read
from jobs.pipelines.lineage.sources.material import Material
from tests.dbt import RAW, Node, catalog, files, manifest, model, source

DATA = Path(__file__).resolve().parents[5] / "../shared/data/dbt"
RAW_COLUMNS = {"source__shop__raw__orders": {"id": "INTEGER", "price": "DECIMAL(10,2)"}}
STAGED = model("staged", 'select id, price * 2 as double from "shop"."raw"."orders"', needs=(RAW,))


def material(folder: Path, *nodes: tuple[str, Node], adapter: str = "duckdb", **more: Any) -> Material:
    columns = more.pop("columns", RAW_COLUMNS)
    return read(files(folder, manifest(*nodes, adapter=adapter, **more), catalog(**columns)), "tsql")


def lineage_of(told: Material) -> Lineage:
    known = {each.name: each.columns for each in told.relations if each.columns_complete}
    return analyse(told.texts, told.dialect or "", known=known)


def pairs(told: Material) -> Iterator[str]:
    for edge in lineage_of(told).edges:
        if edge.source.column and edge.target.column:
            yield f"{edge.source.relation}.{edge.source.column} {edge.target.relation}.{edge.target.column}"


def test_columns_flow_through_models(tmp_path: Path) -> None:
    """Compiled SQL is read under the warehouse's names, and lines are those of the compiled file."""
    last = model(
        "last", '-- a comment\nselect\n  double\nfrom "shop"."mart"."staged";\n', needs=("model.shop.staged",)
    )
    told = material(tmp_path, source(), STAGED, last)

    assert {
        "shop.raw.orders.id shop.mart.staged.id",
        "shop.raw.orders.price shop.mart.staged.double",
        "shop.mart.staged.double shop.mart.last.double",
    } == set(pairs(told))
    found = lineage_of(told)
    assert () == found.unresolved
    assert {"models/last.sql", "models/staged.sql"} == {text.name for text in told.texts}
    (edge,) = (edge for edge in found.edges if edge.target.relation == "shop.mart.last" and edge.target.column)
    assert 3 == edge.evidence[0].span.line
    definition = next(each.definition for each in told.relations if each.name.endswith('"last"'))
    assert definition is not None
    text = next(text.sql for text in told.texts if text.name == definition.text)
    assert text[definition.span.start : definition.span.end].startswith("-- a comment\nselect")


def test_what_dependencies_tell(tmp_path: Path) -> None:
    """What a node depends on is declared, with a line as evidence; models that are gone are passed over."""
    told = material(tmp_path, source(), model("m", "select 1 as a", needs=(RAW, "model.shop.gone")))

    (dependency,) = told.dependencies
    assert ('"shop"."raw"."orders"', '"shop"."mart"."m"') == (dependency.source, dependency.target)
    assert '"shop"."mart"."m" depends on "shop"."raw"."orders"' == told.records[0].sql


def test_ephemeral_models_are_no_relations(tmp_path: Path) -> None:
    """An ephemeral model stands within the SQL of others, who depend on what it depends on."""
    inside = model("inside", "select 1", needs=(RAW,), relation_name=None, config={"materialized": "ephemeral"})
    outer = model(
        "outer",
        'with __dbt__cte__inside as (select id from "shop"."raw"."orders") select id from __dbt__cte__inside',
        needs=("model.shop.inside",),
    )
    told = material(tmp_path, source(), inside, outer)

    assert {"shop.raw.orders.id shop.mart.outer.id"} == set(pairs(told))
    assert ["shop.mart.outer", "shop.raw.orders"] == sorted(bare_name(each.name) for each in told.relations)
    assert ['"shop"."raw"."orders"'] == [each.source for each in told.dependencies]


def test_snapshots_have_the_columns_that_dbt_adds(tmp_path: Path) -> None:
    """A snapshot has the columns of its SQL and dbt's own, which come from what they are made of."""
    config = {
        "materialized": "snapshot",
        "unique_key": "id",
        "updated_at": "price",
        "snapshot_meta_column_names": {"dbt_valid_to": "ended", "dbt_scd_id": None},
    }
    key, node = model("kept", 'select * from "shop"."raw"."orders" -- all;\n', needs=(RAW,), config=config)
    told = material(
        tmp_path, source(), (key.replace("model.", "snapshot."), {**node, "resource_type": "snapshot"})
    )

    made = next(each for each in lineage_of(told).relations if each.key == "shop.mart.kept")
    assert ["id", "price", "dbt_scd_id", "dbt_updated_at", "dbt_valid_from", "ended"] == [
        column.key for column in made.columns
    ]
    assert "shop.raw.orders.id shop.mart.kept.dbt_scd_id" in set(pairs(told))
    assert "shop.raw.orders.price shop.mart.kept.dbt_valid_from" in set(pairs(told))


def test_tests_and_exposures_are_assets(tmp_path: Path) -> None:
    """A test reads what it tests by column, an exposure depends on models, a unit test on its model."""
    test = {
        "resource_type": "test",
        "compiled_code": 'select id from "shop"."mart"."staged" where id is null',
        "depends_on": {"nodes": ["model.shop.staged"]},
    }
    exposure = {
        "resource_type": "exposure",
        "description": "Weekly numbers\n",
        "owner": {"name": "Ann", "email": "ann@example.org"},
        "depends_on": {"nodes": ["model.shop.staged"]},
    }
    unit = {"resource_type": "unit_test", "depends_on": {"nodes": ["model.shop.staged"]}}
    nodes = (source(), STAGED, ("test.shop.not_null.1e9", test), ("exposure.shop.weekly", exposure))
    told = material(tmp_path, *nodes, unit_tests={"unit_test.shop.staged.adds": unit})

    kinds = {bare_name(each.name): each.kind for each in told.relations}
    assert {
        "exposure.shop.weekly": RelationKind.EXPOSURE,
        "test.shop.not_null.1e9": RelationKind.TEST,
        "unit_test.shop.staged.adds": RelationKind.TEST,
    }.items() <= kinds.items()
    assert "shop.mart.staged.id test.shop.not_null.1e9.id" in set(pairs(told))
    targets = [bare_name(each.target) for each in told.dependencies if "staged" in each.source]
    assert ["exposure.shop.weekly", "test.shop.not_null.1e9", "unit_test.shop.staged.adds"] == sorted(targets)
    assert "Weekly numbers" == next(each.description for each in told.relations if "exposure" in each.name)
    assert ["Ann"] == [each.value for each in told.annotations if "exposure" in each.relation]


def test_words_of_people(tmp_path: Path) -> None:
    """Owners come from meta, groups and the warehouse; tags and descriptions of columns are kept."""
    columns = {
        "ID": {"name": "ID", "description": "The key.", "tags": ["pii"], "config": {"tags": ["key"]}},
        "double": {"name": "double", "description": " "},
    }
    node = model(
        "owned",
        'select id, price as double from "shop"."raw"."orders"',
        tags=["daily"],
        meta={"owner": ["Ann", "Bob"]},
        group="finance",
        columns=columns,
    )
    groups = {"group.shop.finance": {"name": "finance", "owner": {"email": "fin@example.org"}}}
    told = material(
        tmp_path,
        source(),
        node,
        groups=groups,
        columns={**RAW_COLUMNS, "model__shop__owned": {"id": "INT", "double": "INT"}},
    )

    said = [(each.kind.value, each.value, each.column) for each in told.annotations]
    assert [
        ("owner", "Ann", None),
        ("owner", "Bob", None),
        ("owner", "fin@example.org", None),
        ("tag", "daily", None),
        ("tag", "pii", "id"),
        ("tag", "key", "id"),
        ("description", "The key.", "id"),
    ] == said


def test_what_has_no_sql(tmp_path: Path) -> None:
    """Models in Python, and models that were not compiled, are relations of whose insides nothing is known."""
    python = model("py", "def model(dbt, session): ...", needs=(RAW,), language="python")
    bare = model("bare", None, needs=(RAW,))
    told = material(tmp_path, source(), STAGED, ("model.shop.py", {**python[1], "compiled_code": None}), bare)

    assert {"bare": False, "py": False, "staged": True, "orders": True} == {
        bare_name(each.name).rpartition(".")[2]: each.explained for each in told.relations
    }
    words = " ".join(told.warnings)
    assert "without compiled SQL only the needs are known: model.shop.bare. Run `dbt compile`" in words
    assert "models that are no SQL only the needs are known: model.shop.py." in words


def test_names_as_an_adapter_quotes_them(tmp_path: Path) -> None:
    """Where names stand between backticks, those of tests do, too."""
    staged = model("m", "select id from `shop`.`raw`.`orders`", relation_name="`shop`.`mart`.`m`")
    test = {"resource_type": "test", "compiled_code": "select id from `shop`.`mart`.`m`"}
    told = material(
        tmp_path,
        source(relation_name="`shop`.`raw`.`orders`"),
        staged,
        ("test.shop.t.1e9", test),
        adapter="bigquery",
    )

    assert "bigquery" == told.dialect
    assert {"shop.raw.orders.id shop.mart.m.id", "shop.mart.m.id test.shop.t.1e9.id"} == set(pairs(told))


def test_adapters_that_nobody_knows(tmp_path: Path) -> None:
    """SQL of an unknown adapter is read in the run's own dialect, which is told."""
    told = material(tmp_path, source(), STAGED, adapter="abacus")

    assert "tsql" == told.dialect
    assert any("the adapter abacus is not known" in words for words in told.warnings)
    assert set(DIALECTS.values()) <= set(KNOWN_DIALECTS)


def test_what_is_left_out_is_told(tmp_path: Path) -> None:
    """Metrics and semantic models are counted, not read; analyses and operations are no assets."""
    key, node = model("note", "select 1")
    analysis = (key.replace("model", "analysis"), {**node, "resource_type": "analysis"})
    told = material(tmp_path, source(), STAGED, analysis, metrics={"metric.shop.a": {}, "metric.shop.b": {}})

    assert ("manifest.json: metrics are not read (2).",) == told.warnings
    assert 2 == len(told.relations)


WHOLE = manifest(source(), STAGED)
BROKEN: tuple[tuple[Any, str, str], ...] = (
    (b'{"metadata": {"dbt_sch', "NOT_JSON", "no whole JSON object"),
    (b"[]", "NOT_JSON", "no whole JSON object"),
    (b"\xff\xfe", "NOT_JSON", "no whole JSON object"),
    ({**WHOLE, "metadata": {}}, "UNKNOWN_VERSION", "does not say what it is"),
    (
        {**WHOLE, "metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v13.json"}},
        "UNKNOWN_VERSION",
        "a manifest of version v12 is read",
    ),
    (catalog(), "UNKNOWN_VERSION", "catalog/v1.json"),
    ({key: value for key, value in WHOLE.items() if key != "nodes"}, "MISSING_FIELD", "has no nodes"),
    (manifest(), "NO_NODES", "has no models"),
    (manifest(model("a"), model("b")), "NOT_COMPILED", "Run `dbt compile`"),
    (manifest(("model.shop.x", {"relation_name": "x"})), "MISSING_FIELD", "without resource_type"),
    (manifest(model("a", "select 1", tags=7)), "WRONG_TYPE", "values of tags that are no list"),
    ({**WHOLE, "nodes": {"model.shop.a": 5}}, "WRONG_TYPE", "that are no object"),
    ({**WHOLE, "nodes": []}, "WRONG_TYPE", "values of nodes that are no object"),
)


@pytest.mark.parametrize(("artifact", "code", "words"), BROKEN)
def test_broken_manifests(tmp_path: Path, artifact: Any, code: str, words: str) -> None:
    """A manifest that is cut, of another version, not compiled or of wrong types is refused with what to do."""
    with pytest.raises(BadCatalog) as refused:
        read(files(tmp_path, artifact), "duckdb")

    problem = refused.value.problems[0]
    assert (code, "manifest.json") == (problem.code, problem.file)
    assert words in problem.message


def test_wrong_types_are_counted(tmp_path: Path) -> None:
    """One wrong field of many nodes is one problem, with the first places."""
    wrong = [model(f"m{number}", "select 1", description=number + 1) for number in range(7)]
    with pytest.raises(BadCatalog) as refused:
        read(files(tmp_path, manifest(*wrong)), "duckdb")

    (problem,) = refused.value.problems
    assert (7, 5, "description") == (problem.row_count, len(problem.rows), problem.field)


def test_catalogs_of_another_project(tmp_path: Path) -> None:
    """A catalog that tells of nothing in the manifest is refused."""
    with pytest.raises(BadCatalog) as refused:
        read(files(tmp_path, WHOLE, catalog(model__other__m={"a": "INT"})), "duckdb")

    assert ("OTHER_PROJECT", "catalog.json") == (refused.value.problems[0].code, refused.value.problems[0].file)


@pytest.mark.parametrize(("folder", "dialect"), [("colibri_duckdb", "duckdb"), ("colibri_sqlserver", "tsql")])
def test_real_projects(folder: str, dialect: str) -> None:
    """A real project is read whole on two adapters: all of its statements are explained."""
    if not (DATA / folder).is_dir():
        pytest.skip("no project is at hand (shared/data/dbt)")
    told = read(dbt_files(DATA / folder), "ansi")

    assert dialect == told.dialect
    found = lineage_of(told)
    assert () == found.unresolved
    assert 49 == found.explained
    schema = "main" if dialect == "duckdb" else "dbo"
    database = "jaffle_shop" if dialect == "duckdb" else "master"
    assert f"{database}.{schema}.stg_orders.order_total {database}.{schema}.orders.order_total" in set(
        pairs(told)
    )
