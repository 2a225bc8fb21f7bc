"""The package oidc-provider-mock: an identity provider that others wrote."""

import warnings

with warnings.catch_warnings(record=True):  # it uses what Authlib calls outdated
    import oidc_provider_mock

run = oidc_provider_mock.run_server_in_thread
User = oidc_provider_mock.User
