"""The JSON schema of a report, made from the dataclasses of judge.report, with a description of every field.

Reports are sent as the text that the store holds, so nothing here builds or checks one: the schema only documents.
"""

from collections.abc import Mapping
from dataclasses import fields, make_dataclass
from typing import Annotated, Any, TypeAlias, get_type_hints

from pydantic import GetJsonSchemaHandler, TypeAdapter
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from judge.provenance import Provenance
from judge.reasons import Handover, Omission
from judge.report import SCHEMA, Report, Summary
from judge.reproduction_record import Reproduction
from judge.verdict import CaseResult, Cause, Check, Leaf, Mistake, VerdictOutcome

FILE = f"report-{SCHEMA}.json"
_HINTS = get_type_hints(Report)
ReportJson = make_dataclass(  # what Report.to_json returns
    "Report",
    [
        ("schema", str),
        ("summary", Summary),
        ("outcome", VerdictOutcome),
        *((each.name, _HINTS[each.name]) for each in fields(Report)),
    ],
    kw_only=True,
)

# By class and field; a field without a line here fails a test.
FIELDS: Mapping[type, Mapping[str, str]] = {
    ReportJson: {
        "schema": "version of this schema, major.minor: a minor one adds members, a major one changes them",
        "summary": "the report in a few words, at most 1.5 KB",
        "outcome": "what the verdict means to whoever counts",
        "problem": "slug of the problem",
        "verdict": "that of the first case that is not accepted",
        "score": "share of the cases that are accepted, 0 to 1; null if the judge failed, and not the program",
        "message": "the verdict's reason in a sentence",
        "cause": "the one reason for the verdict; null when accepted",
        "mistakes": "known mistakes that were recognised, the cause first",
        "cases": "one entry per case, samples first",
        "cases_total": "number of cases that the submission is judged on",
        "counterexample": (
            "a public case that fails as the hidden ones do, where the samples are accepted: the smallest that was "
            "found; else null"
        ),
        "reproduction": "a failing case that is shown, as text, from which `judge repro` makes a program; else null",
        "traceback": "of an exception, or where its time was up, with the submission's own frames only",
        "line": "line of the source that an error points at, or where its time was up",
        "stdout": "printed during the samples",
        "stderr": "printed during the samples",
        "time_ms": "wall time of the run, in milliseconds",
        "cpu_ms": "CPU time of the run, in milliseconds",
        "memory_mb": "MiB above those of an empty sandbox",
        "lane": "the way it was run: `fast`, in a process that had JAX loaded, or `full`, in a new one",
        "handed_over": "why the fast way gave up; null unless `lane` is `full` for that reason",
        "omitted": "what was left out, because a report has a size limit",
        "provenance": "the versions and the host that the verdict was made with",
    },
    Summary: {
        "verdict": "as in the report",
        "passed": "number of accepted cases",
        "total": "number of cases that the submission is judged on",
        "first_failure": "name of the first case that is not accepted",
        "cause": "id of the cause",
        "message": "the cause in a sentence",
        "proof": "what was measured, with its numbers; empty where the message says it",
        "hint": "what to change; may be empty",
        "line": "line of the source that an error points at, or where its time was up",
    },
    VerdictOutcome: {
        "fault": "`none`, `submission` or `judge`: at whose door the verdict lies",
        "retry": "true if the same program may get another verdict when it is sent again",
        "attempt": "true if it counts as an attempt",
    },
    Cause: {
        "id": "stable name of what `kind` says",
        "kind": "`mistake` or `check` of the problem, `exception`, `ending` (a limit, say), `judge`",
        "message": "the cause in a sentence",
        "proof": "what was measured in `case`, with its numbers",
        "hint": "what to change; may be empty",
        "link": "address of documentation on it; may be empty",
        "line": "line of the source that an error points at, or where its time was up",
        "case": "name of the case in which it was seen first",
        "explains": "ids of the mistakes and checks that follow from it",
    },
    Leaf: {
        "path": "dotted name of the parameter",
        "shape": "of the array",
        "norm_before": "norm of the array before the step; null where it is not finite, as all norms",
        "norm_after": "the same after it",
        "change": "norm of the difference",
        "expected_change": "norm of the reference's difference",
    },
    Reproduction: {
        "entry": "the function that is called",
        "case": "name of the sample, or of the counterexample",
        "arguments": "tuple of the arguments, as a Python expression of NumPy's `array`, `inf` and `nan`",
        "expected": "what the reference gives for them, as such an expression",
        "compared": (
            "in what the program differs: `result`, `model`, `start`, `frozen`, `trained`, `memory` (of the "
            "optimizer), `steps`"
        ),
    },
    Mistake: {
        "id": "its name in the problem",
        "message": "the error in the submission, in a sentence",
        "hint": "advice on how to correct it; may be empty",
    },
    CaseResult: {
        "name": "`sample-1`, `hidden-1` ...; `own-1` ... for input of the sender's own",
        "group": "`sample` or `hidden`",
        "verdict": "of this case",
        "message": "the verdict's reason in a sentence; empty when accepted",
        "ending": "how the program was ended before it replied, as `cpu_limit`; else null",
        "time_ms": "wall time of the call, in milliseconds",
        "checks": "one entry per check of the problem",
        "inputs": "arguments by parameter name; null for hidden cases",
        "leaves": "effect of the step on each parameter of the model; empty for hidden cases",
        "stdout": "printed during the call; empty for hidden cases",
        "returned": "what the submission returned, for input of the sender's own; null for other cases",
        "expected": "what the reference returns, for input of the sender's own; null for other cases",
    },
    Check: {
        "id": "its name in the problem",
        "passed": "true if the submission's value is right",
        "message": "the failure in a sentence; empty when passed",
        "expected": "the reference's value as JSON; null for hidden cases",
        "actual": "the submission's value as JSON; null for hidden cases",
        "error": "size of the difference, in the unit that `message` names",
        "symptom": "stable name of the way in which it failed; null for hidden cases",
        "mistake": "id of the known mistake that this check recognised",
    },
    Handover: {
        "id": "stable name of the reason, one of a closed set",
        "message": "the reason in a sentence",
    },
    Omission: {
        "id": "stable name of what was left out, one of a closed set",
        "message": "the same in words",
    },
    Provenance: {
        "package": "digest of the problem's files",
        "seed": "of the hidden cases",
        "judge": "version",
        "python": "version",
        "jax": "version",
        "jaxlib": "version",
        "flax": "version",
        "optax": "version",
        "numpy": "version",
        "processor": "model of the CPU",
        "worker": "id of the worker",
        "sandbox": "sandbox layers that were in force",
        "hidden_seed": (
            "origin of the hidden cases' seed: `package` (the problem's own), `request` (the number that was asked "
            "for) or `server` (a secret of this server)"
        ),
    },
}


class _Described:
    """Adds the descriptions of FIELDS to the schema that pydantic makes of Report and of the classes in it."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        pending: list[Any] = [schema]
        while pending:
            node = pending.pop()
            if isinstance(node, dict) and "$ref" in node:
                node = handler.resolve_ref_schema(node)
            if isinstance(node, dict):
                descriptions = _BY_NAME.get(str(node.get("title")), {})
                if "properties" in node and descriptions:
                    node["required"] = list(node["properties"])  # a report has every member, also where it is null
                for name, member in node.get("properties", {}).items():
                    member["description"] = descriptions[name]
                    member.pop("default", None)
            pending += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        return schema


_BY_NAME = {class_.__name__: descriptions for class_, descriptions in FIELDS.items()}

ReportSchema: TypeAlias = Annotated[ReportJson, _Described()]  # type: ignore[valid-type]
SummarySchema: TypeAlias = Annotated[Summary, _Described()]
ProvenanceSchema: TypeAlias = Annotated[Provenance, _Described()]


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a report, as it lies in judge/schemas/ and is served at /schemas/."""
    schema = TypeAdapter(ReportSchema).json_schema(mode="serialization")
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": FILE}
    return {**head, **schema, "title": "Report", "description": "The complete result of one submission."}
