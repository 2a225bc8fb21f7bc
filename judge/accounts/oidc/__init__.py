"""Sign-in at an identity provider by OpenID Connect: code flow with PKCE, of which this is the client.

browser ──> provider_client.authorization_url ──> provider ──> callback ──> provider_client.redeem ──> Identity
                                                              code + state        │
                                          discovery (cached), code for tokens, id_token verified
"""
