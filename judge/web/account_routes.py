"""The routes that exist only where people sign in. Imported there alone: nobody else waits for them at a start."""

from fastapi import APIRouter

from judge.web.pages import (
    account,
    account_data,
    account_tokens,
    class_changes,
    class_pages,
    class_results,
    device,
    identities,
    joining,
    lti,
    passkeys,
    providers,
    reset,
    sign_in,
)
from judge.web.pages import audit as audit_page
from judge.web.routes import audit, classes, lti_files, me, passkey_answers, tokens
from judge.web.routes import device as device_routes

ACCOUNT_ROUTERS: tuple[APIRouter, ...] = (
    me.router,
    tokens.router,
    device_routes.router,
    audit.router,
    classes.router,
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
    class_changes.router,  # /classes/new is not a class
    class_pages.router,
    class_results.router,
    joining.router,
    lti.router,
)
