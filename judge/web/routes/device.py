"""The routes by which a command line is signed in, in the shape of RFC 8628; see judge.web.device_login."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from judge.web.device_login import INTERVAL_SECONDS, LASTS, start, token_for_device
from judge.web.json_body import read_json
from judge.web.problem_details import documented
from judge.web.request_body import documented_body
from judge.web.state import TheService
from judge.web.token_schemas import DeviceIn, DeviceOut, DeviceTokenIn, DeviceTokenOut

router = APIRouter(prefix="/api/device", tags=["accounts"])


@router.post(
    "",
    response_model=DeviceOut,
    responses=documented(400, 403, 404, 408, 409, 413, 415, 429),
    openapi_extra=documented_body(DeviceIn, multipart=False),
)
async def begin(request: Request, service: TheService, response: Response) -> Any:
    """Ask to be signed in: show `user_code` to your person, and ask for the token with `device_code`."""
    given = await read_json(request, DeviceIn)
    codes = await start(request, service, given.name, given.scopes)
    response.headers["Cache-Control"] = "no-store"
    return {
        "device_code": codes.device_code,
        "user_code": codes.user_code,
        "verification_uri": f"{request.url.scheme}://{request.url.netloc}/device",
        "expires_in": int(LASTS.total_seconds()),
        "interval": INTERVAL_SECONDS,
    }


@router.post(
    "/token",
    response_model=DeviceTokenOut,
    responses=documented(400, 403, 404, 408, 409, 413, 415),
    openapi_extra=documented_body(DeviceTokenIn, multipart=False),
)
async def token(request: Request, service: TheService, response: Response) -> Any:
    """Ask for the token. Until the code is confirmed, `error` is one of RFC 8628, such as authorization_pending."""
    given = await read_json(request, DeviceTokenIn)
    text, made = await token_for_device(request, service, given.device_code)
    response.headers["Cache-Control"] = "no-store"
    assert made.expires is not None
    return {
        "access_token": text,
        "token_type": "Bearer",
        "expires_in": int((made.expires - datetime.now(UTC)).total_seconds()),
        "scope": " ".join(sorted(made.scopes)),
    }
