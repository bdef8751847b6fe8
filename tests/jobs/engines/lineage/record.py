"""Write what the engine says today below `-- edges:` of every golden file. Review the difference like code."""

from tests.jobs.engines.lineage import parsers
from tests.jobs.engines.lineage.golden import EDGES, cases, lineage_of, load, rendered


def record() -> int:
    """Rewrite the golden files whose lineage changed, and return how many."""
    changed = 0
    for path in cases():
        case = load(path)
        now = rendered(lineage_of(case))
        if now != case.recorded:
            path.write_text(f"{case.sql}{EDGES}{now}", encoding="utf-8")
            changed += 1
    parsers.RECORD.write_text(parsers.installed(), encoding="utf-8")
    return changed


if __name__ == "__main__":
    record()
