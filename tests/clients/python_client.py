"""The client that datamodel-code-generator makes: Pydantic models."""

import importlib.util
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import judge
from judge.web.report_schema import FILE
from tests.clients.drawn import Json

SCHEMA = Path(judge.__file__).parent / "schemas" / FILE
OPTIONS = {
    "--input": str(SCHEMA),
    "--input-file-type": "jsonschema",
    "--output-model-type": "pydantic_v2.BaseModel",
    "--target-python-version": "3.11",
    "--extra-fields": "allow",  # a newer minor version adds members
    "--formatters": "builtin",
}
STRICT = ("--strict-types", "str", "int", "float", "bool")


class PythonClient:
    """Models of a report, generated into `folder`."""

    def __init__(self, folder: Path) -> None:
        """Generate and import them."""
        file = folder / "models.py"
        command = [sys.executable, "-m", "datamodel_code_generator", "--output", str(file), *STRICT]
        subprocess.run([*command, *(part for option in OPTIONS.items() for part in option)], check=True)
        spec = importlib.util.spec_from_file_location("generated_models", file)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module  # where Pydantic resolves the names in annotations
        spec.loader.exec_module(module)
        self._model = module.Report

    def returned(self, reports: Sequence[Json]) -> list[Json | None]:
        """Return each report as the client writes it after reading it; None where it was refused."""
        return [self._returned(report) for report in reports]

    def _returned(self, report: Json) -> Json | None:
        try:
            read = self._model.model_validate(report)
        except ValueError:
            return None
        return read.model_dump(mode="json", by_alias=True)
