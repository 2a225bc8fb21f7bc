"""Clients generated from the JSON Schema of a report, by other people's tools, and what they make of reports.

    judge/schemas/report-1.1.json ──datamodel-codegen──> models.py             python_client.py
                                  ──quicktype, tsc─────> report.ts, check.js   typescript_client.py
    drawn reports ──> both clients ──> the same reports                        drawn.py
    reports with a member retyped or missing ──> refused by both

`uv run python -m tests.clients [REPORTS]` tries 10,000 of them. Nothing that is generated here is kept.
"""
