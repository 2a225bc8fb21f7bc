"""The JSON schema of a report, made from the dataclasses of judge.verdict, with a description of every field.

Reports are sent as the text that the store holds, so nothing here builds or checks one: the schema only documents.
"""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from judge.verdict import CaseResult, Check, Mistake, Provenance, Report

# By class and field; a field without a line here fails a test.
FIELDS: Mapping[type, Mapping[str, str]] = {
    Report: {
        "problem": "slug of the problem",
        "verdict": "that of the first case that is not accepted",
        "score": "share of the cases that are accepted, 0 to 1",
        "message": "the verdict's reason in a sentence; empty when accepted",
        "mistakes": "known mistakes that were recognised",
        "cases": "one entry per case, samples first",
        "cases_total": "number of cases that the submission is judged on",
        "traceback": "of an exception, with the submission's own frames only",
        "line": "line of the source that a compile or runtime error points at",
        "stdout": "printed during the samples",
        "stderr": "printed during the samples",
        "time_ms": "wall time of the run, in milliseconds",
        "cpu_ms": "CPU time of the run, in milliseconds",
        "memory_mb": "MiB above those of an empty sandbox",
        "lane": "the way it was run: `fast`, in a process that had JAX loaded, or `full`, in a new one",
        "handed_over": "why the fast way gave up, where `lane` is `full` for that reason",
        "omitted": "sentences that name what was left out, because a report has a size limit",
        "provenance": "the versions and the host that the verdict was made with",
    },
    Mistake: {
        "id": "its name in the problem",
        "message": "the error in the submission, in a sentence",
        "hint": "advice on how to correct it; may be empty",
    },
    CaseResult: {
        "name": "`sample-1`, `hidden-1` ...",
        "group": "`sample` or `hidden`",
        "verdict": "of this case",
        "message": "the verdict's reason in a sentence; empty when accepted",
        "time_ms": "wall time of the call, in milliseconds",
        "checks": "one entry per check of the problem",
        "inputs": "arguments by parameter name; null for hidden cases",
        "leaves": (
            "change of each parameter of the model: `path`, `shape`, `norm_before`, `norm_after`, `change` (norm of "
            "the difference) and `expected_change` (the reference's)"
        ),
    },
    Check: {
        "id": "its name in the problem",
        "passed": "true if the submission's value is right",
        "message": "the failure in a sentence; empty when passed",
        "expected": "the reference's value as JSON; null for hidden cases",
        "actual": "the submission's value as JSON; null for hidden cases",
        "error": "size of the difference, in the unit that `message` names",
        "mistake": "id of the known mistake that this check recognised",
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
                for name, member in node.get("properties", {}).items():
                    member["description"] = descriptions[name]
            pending += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []
        return schema


_BY_NAME = {class_.__name__: descriptions for class_, descriptions in FIELDS.items()}

ReportSchema = Annotated[Report, _Described()]
