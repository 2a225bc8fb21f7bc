"""The parts of a submission's page that show its source and its report, drawn in a helper process."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from functools import lru_cache

from judge.report import Report
from judge.store.lazy_json import LazyJson
from judge.store.records import SubmissionRecord
from judge.web.pages.highlighting import highlight_python
from judge.web.pages.templating import Drawing
from judge.web.pages.view import case_names, provenance_rows, result_view

RESULT, SOURCE = "parts/result.html", "parts/source.html"
FACT_CHARACTERS = 200  # of one fact beside the result
MOST_FACTS = 40  # of one row


@dataclass(frozen=True, kw_only=True)
class SourceOrder:
    """The line that an error points at, if any; `assets` are the URLs of our own files."""

    line: int | None
    assets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class ResultOrder:
    """A finished submission without its source and report, and the cases that are expected."""

    stored: SubmissionRecord
    names: tuple[str, ...]
    assets: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Summary:
    """The facts that are shown beside a result."""

    time_ms: float
    cpu_ms: float
    memory_mb: float
    lane: str
    line: int | None
    handed_over: str | None
    provenance: tuple[tuple[str, tuple[str, ...]], ...]


def draw_source(order: SourceOrder, source: bytes) -> Iterator[bytes]:
    """Task: yield a source as the rows of a table."""
    lines = highlight_python(source.decode("utf-8", "replace"))
    yield _drawing(tuple(order.assets.items())).part(SOURCE, "source", lines, order.line).encode()


def draw_result(order: ResultOrder, report: bytes) -> Iterator[bytes]:
    """Task: yield a result as HTML, and its Summary as JSON."""
    view = result_view(replace(order.stored, report=LazyJson(report.decode())))
    names = case_names(order.names, view.report_object)
    html = _drawing(tuple(order.assets.items())).part(RESULT, "result", view, None, names)
    yield html.encode("utf-8", "replace")
    assert view.report_object is not None
    yield json.dumps(asdict(_summary(view.report_object))).encode()


def read_summary(piece: bytes) -> Summary:
    """Return the Summary that `draw_result` yielded."""
    fields = json.loads(piece)
    rows = tuple((name, tuple(values)) for name, values in fields.pop("provenance"))
    return Summary(**fields, provenance=rows)


def _summary(report: Report) -> Summary:
    rows = provenance_rows(asdict(report.provenance))
    return Summary(
        time_ms=report.time_ms,
        cpu_ms=report.cpu_ms,
        memory_mb=report.memory_mb,
        lane=report.lane[:FACT_CHARACTERS],
        line=report.line,
        handed_over=report.handed_over.message[:FACT_CHARACTERS] if report.handed_over else None,
        provenance=tuple(
            (name, tuple(value[:FACT_CHARACTERS] for value in values[:MOST_FACTS])) for name, values in rows
        ),
    )


@lru_cache(maxsize=1)
def _drawing(assets: tuple[tuple[str, str], ...]) -> Drawing:
    return Drawing(dict(assets).__getitem__)
