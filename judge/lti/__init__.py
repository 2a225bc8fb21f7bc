"""LTI 1.3: messages of learning platforms are checked and answered here. Knows no store and sends nothing.

platform ──> login initiation ──> [state, nonce] ──> platform ──> launch, signed by the platform ──> check
judge    ──> deep linking response, client assertion: signed by the judge's own key
"""
