"""Proofs of identity: passwords, tokens, passkeys, and identity providers. Nothing here knows the store or the web."""
