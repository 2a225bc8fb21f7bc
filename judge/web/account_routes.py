"""The routes that exist only where people sign in. Imported there alone: nobody else waits for them at a start."""

from fastapi import APIRouter

from judge.web.pages import (
    account,
    account_data,
    account_tokens,
    device,
    identities,
    lti,
    passkeys,
    providers,
    reset,
    sign_in,
)
from judge.web.pages import audit as audit_page
from judge.web.routes import audit, me, passkey_answers, tokens
from judge.web.routes import device as device_routes
from judge.web.routes import lti as lti_files

ACCOUNT_ROUTERS: tuple[APIRouter, ...] = (
    me.router,
    tokens.router,
    device_routes.router,
    audit.router,
    lti_files.router,
)

ACCOUNT_PAGE_ROUTERS: tuple[APIRouter, ...] = (
    sign_in.router,
    providers.router,
    identities.router,
    passkeys.router,
    passkey_answers.router,
    account.router,
    account_tokens.router,
    account_data.router,
    device.router,
    reset.router,
    audit_page.router,
    lti.router,
)
