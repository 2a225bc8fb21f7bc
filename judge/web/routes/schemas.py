"""The JSON Schemas of what the judge sends, by version; they lie in judge/schemas/ of an installation too."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Path as PathParameter
from fastapi.responses import Response

import judge
from judge.web.problem_details import Refusal, documented
from judge.web.schemas import SchemasOut

FOLDER = Path(judge.__file__).parent / "schemas"
MEDIA_TYPE = "application/schema+json"

router = APIRouter(prefix="/schemas", tags=["problems"])


@router.get("/", response_model=SchemasOut)
async def list_schemas() -> Any:
    """List the addresses of the JSON Schemas, the newest version of each last."""
    return {"schemas": [f"/schemas/{name}" for name in _files()]}


@router.get("/{name}", response_class=Response, responses=documented(404))
async def get_schema(name: Annotated[str, PathParameter(description="as `report-1.0.json`")]) -> Response:
    """Read one JSON Schema (2020-12)."""
    if name not in _files():
        raise Refusal(404, "unknown-schema", f"there is no such schema; there are {', '.join(_files())}")
    return Response((FOLDER / name).read_bytes(), media_type=MEDIA_TYPE)


def _files() -> list[str]:
    return sorted(each.name for each in FOLDER.glob("*.json"))
