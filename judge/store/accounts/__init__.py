"""Accounts as they are stored: users and their proofs of identity, sessions, access tokens, and the audit log."""
