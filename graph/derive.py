"""GraphQL inputs and types from the dataclasses of each run kind, so that a kind is one folder."""

import ast
import dataclasses
import inspect
import textwrap
import types
from collections.abc import Mapping
from enum import Enum
from functools import cache
from itertools import pairwise
from typing import Annotated, Any, Union, get_args, get_origin, get_type_hints

import strawberry
from typing_extensions import Doc

from graph.enums import describe
from graph.scalars import BigInt, Json
from jobs.errors import InvalidParams
from jobs.pipeline import WIDE, Long, Pipeline, Pipelines

SCALARS_OF: Mapping[Any, Any] = {Long: BigInt, object: Json}


def first_line(of: type[Any]) -> str:
    return (of.__doc__ or of.__name__).strip().partition("\n")[0]


@cache
def enum_of(values: type[Enum]) -> Any:
    """The GraphQL enum of a StrEnum: the names of its members, described by the docstrings below them."""
    describe(values, first_line(values), member_docs(values))
    return values


def member_docs(values: type[Enum]) -> dict[str, str]:
    """What stands as a docstring below each member of an enum, by the member's name."""
    (defined,) = ast.parse(textwrap.dedent(inspect.getsource(values))).body
    docs = {}
    for member, below in pairwise(getattr(defined, "body", ())):
        if isinstance(member, ast.Assign) and isinstance(below, ast.Expr):
            docs[ast.unparse(member.targets[0])] = str(ast.literal_eval(below.value))
    return docs


@strawberry.interface(description="What a run found or made: one type a kind.")
class RunResult:
    kind: str = strawberry.field(description="The kind of the run.")


class Shape:
    """Makes either inputs or output types of dataclasses, one for each, whatever refers to it."""

    def __init__(self, *, inputs: bool) -> None:
        self._inputs = inputs
        self._made: dict[type[Any], Any] = {}

    def of(self, values: type[Any], *interfaces: type[Any]) -> Any:
        """The GraphQL type of a dataclass."""
        if values not in self._made:
            self._made[values] = self._make(values, interfaces)
        return self._made[values]

    def _make(self, values: type[Any], interfaces: tuple[type[Any], ...]) -> Any:
        hints = get_type_hints(values, include_extras=True)
        namespace: dict[str, Any] = {"__annotations__": {}, "__module__": values.__module__}
        for field in dataclasses.fields(values):
            annotation, description = undoc(hints[field.name])
            if not description:
                raise TypeError(f"{values.__name__}.{field.name} has no description: give it a Doc")
            namespace["__annotations__"][field.name] = self.annotation(annotation)
            namespace[field.name] = strawberry.field(description=description, **self._default(field))
        name = values.__name__
        if self._inputs:
            made = type(name, (), namespace)
            return strawberry.input(
                made, name=f"{name.removesuffix('Params')}Input", description=first_line(values)
            )
        return strawberry.type(type(name, interfaces, namespace), name=name, description=first_line(values))

    def _default(self, field: dataclasses.Field[Any]) -> dict[str, Any]:
        if not self._inputs:
            return {}
        if field.default_factory is not dataclasses.MISSING:
            return {"default_factory": lambda: _listed(field.default_factory())}
        if field.default is dataclasses.MISSING:
            return {}
        if isinstance(field.default, tuple):
            return {"default_factory": lambda: _listed(field.default)}
        return {"default": field.default}

    def annotation(self, annotation: Any) -> Any:
        """The annotation Strawberry is given for one of a dataclass."""
        origin, args = get_origin(annotation), get_args(annotation)
        if annotation in SCALARS_OF:
            return SCALARS_OF[annotation]
        if origin is Annotated:
            return self.annotation(args[0])
        if origin in (tuple, list):
            return list[self.annotation(args[0])]  # type: ignore[misc]  # the element is only known here
        if origin in (Union, types.UnionType):
            return Union[tuple(arg if arg is type(None) else self.annotation(arg) for arg in args)]  # noqa: UP007 - built at run time
        if dataclasses.is_dataclass(annotation):
            return self.of(annotation)  # type: ignore[arg-type]  # a type, as the line above found
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return enum_of(annotation)
        return annotation


def _listed(default: Any) -> Any:
    return list(default) if isinstance(default, tuple) else default


def undoc(annotation: Any) -> tuple[Any, str]:
    """An annotation without its Doc, and the words of the Doc."""
    if get_origin(annotation) is not Annotated:
        return annotation, ""
    inner, *metadata = get_args(annotation)
    docs = [extra.documentation for extra in metadata if isinstance(extra, Doc)]
    return Long if WIDE in metadata else inner, docs[0] if docs else ""


def to_value(into: type[Any], given: Any) -> Any:
    """A dataclass from the input that was derived from it.

    Raises:
        InvalidParams: The dataclass refuses its values.
    """
    hints = get_type_hints(into)
    return into(**{name: _plain(hint, getattr(given, name)) for name, hint in hints.items()})


def _plain(annotation: Any, given: Any) -> Any:
    origin, args = get_origin(annotation), get_args(annotation)
    if given is None:
        return None
    if origin in (tuple, list):
        return tuple(_plain(args[0], item) for item in given)
    if origin in (Union, types.UnionType):
        return _plain(next(arg for arg in args if arg is not type(None)), given)
    if dataclasses.is_dataclass(annotation):
        return to_value(annotation, given)  # type: ignore[arg-type]  # a type, as the line above found
    return given


INPUTS = Shape(inputs=True)
OUTPUTS = Shape(inputs=False)


def run_input(pipelines: Pipelines) -> Any:
    """The @oneOf input with one member a kind."""
    namespace: dict[str, Any] = {"__annotations__": {}, "__module__": __name__}
    for kind, pipeline in pipelines.items():
        namespace["__annotations__"][kind] = INPUTS.of(pipeline.params) | None
        namespace[kind] = strawberry.field(description=pipeline.description, default=strawberry.UNSET)
    description = "What to run: exactly one kind."
    return strawberry.input(type("RunInput", (), namespace), one_of=True, description=description)


def result_types(pipelines: Pipelines, tabular: type[Any]) -> list[Any]:
    """The types of the results of all kinds: each implements RunResult, those that are rows `tabular`, too."""
    return [
        OUTPUTS.of(pipeline.result, RunResult, *([tabular] if pipeline.tabular else []))
        for pipeline in pipelines.values()
    ]


def to_result(pipeline: Pipeline[Any, Any, Any], value: Any, **more: Any) -> RunResult:
    """A kind's result as clients see it; `more` is what its interfaces ask for beside."""
    result: RunResult = _output(value, kind=pipeline.kind, **more)
    return result


def _output(value: Any, **more: Any) -> Any:
    """An instance of the derived type with a dataclass's values."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _output(getattr(value, field.name)) for field in dataclasses.fields(value)}
        return OUTPUTS.of(type(value))(**fields, **more)
    if isinstance(value, tuple | list):
        return [_output(item) for item in value]
    return value


def chosen(pipelines: Pipelines, given: Any) -> tuple[Pipeline[Any, Any, Any], Any]:
    """The kind that a RunInput names, and its params.

    Raises:
        InvalidParams: The params are not acceptable.
    """
    for kind, pipeline in pipelines.items():
        member = getattr(given, kind)
        if member is not strawberry.UNSET:
            return pipeline, to_value(pipeline.params, member)
    raise InvalidParams("run", "names no kind", hint=f"Give one of: {', '.join(pipelines)}.")
