"""Aggregates that the parser knows by no class of their own, told by their names."""

from jobs.engines.lineage.dialects import word_set

ENDINGS = ("_agg", "_aggregate", "_group_array", "_group_object")
NAMES = frozenset(
    word.lower()
    for word in word_set(
        "every favg fsum sumkahan mad sem entropy geomean geometric_mean numeric_histogram histogram_numeric "
        "histogram_exact bitstring_agg reservoir_quantile approx_median approx_percentile_cont stats_mode "
        "kurtosis_pop kurtosis_samp skewness_pop skewness_samp map_union set_union approx_set hll_accumulate "
        "hll_combine hll_create_sketch hll_count.init hll_count.merge hll_count.merge_partial count_min_sketch "
        "try_avg try_sum varp stdevp sys_xmlagg xmlagg vector_avg vector_sum st_collect sparkbar"
    )
)
OF_DIALECT = {
    "databricks": frozenset({"some", "any", "std"}),
    "duckdb": frozenset({"product", "histogram", "arbitrary"}),
    "oracle": frozenset({"collect", "checksum"}),
    "spark": frozenset({"some", "any", "std"}),
    "sqlite": frozenset({"total"}),
    "trino": frozenset({"checksum", "histogram", "merge"}),
    "tsql": frozenset({"var", "product"}),
}
"""What is an aggregate in one dialect, and may be an ordinary function in another."""


def is_aggregate(called: str, dialect: str) -> bool:
    """Whether a function of this name, in small letters, aggregates.

    >>> is_aggregate("total", "sqlite"), is_aggregate("total", "postgres"), is_aggregate("range_agg", "")
    (True, False, True)
    """
    return called in NAMES or called.endswith(ENDINGS) or called in OF_DIALECT.get(dialect, ())
