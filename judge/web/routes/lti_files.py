"""The files that a learning platform reads: the judge's public keys, and its addresses."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from judge.lti.tool import configuration
from judge.web.lti.launches import origin
from judge.web.state import TheService

KEYS_SECONDS = 3_600  # for which a platform may keep the keys

router = APIRouter(include_in_schema=False)


@router.get("/lti/jwks.json")
async def keys(service: TheService) -> JSONResponse:
    """Return the keys that this judge signs with."""
    from judge.lti.jose import public_keys  # cryptography is slow to import

    assert service.lti is not None
    content = public_keys(await service.lti.key.get())
    return JSONResponse(content, headers={"Cache-Control": f"public, max-age={KEYS_SECONDS}"})


@router.get("/lti/config.json")
async def config(request: Request) -> JSONResponse:
    """Return what an administrator pastes into a platform."""
    return JSONResponse(configuration(origin(request)))
