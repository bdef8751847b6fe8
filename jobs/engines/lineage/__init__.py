"""The lineage engine: SQL text and known columns in; edges, evidence and what could not be explained out.

* `read.read_text(text, dialect)` reads one text: split, parse each statement once, keep its shape. No shape
  holds a tree of the parser: readings cross process boundaries. Every failure is a value in the reading.
* `infer.infer(readings, known, default_schema, dialect)` infers lineage over all readings, without a parser.
* `analyse.analyse(texts, dialect, known=..., default_schema=...)` does both in this process.
* `dialects.DIALECTS` are the dialects; an unknown one raises `dialects.UnknownDialect`, a ValueError.

What goes in and what comes out are the values of `values`. The README beside this file has the conventions.
"""
