"""Validation of reports by an OpenAPI document."""

from typing import Any

import jsonschema_rs


def report_validator(openapi: dict[str, Any]) -> Any:
    """Return a validator of `Report` as `openapi` describes it."""
    return jsonschema_rs.validator_for({"$ref": "#/components/schemas/Report", "components": openapi["components"]})
