"""The verbs of sign-off: apply, withdraw, accept, return, decide a batch, close an issue, set the review steps."""

from signoffs.services.applying import apply_for_closure, apply_for_sign_off, withdraw_application
from signoffs.services.claims import Claimed, ClaimSource, keep_claims
from signoffs.services.deciding import accept_application, decide_batch, return_application
from signoffs.services.manifests import verify_manifest
from signoffs.services.review_steps import review_steps_of, set_review_steps
from signoffs.services.verifying import verify_evidence, verify_signoffs

__all__ = [
    "Claimed",
    "ClaimSource",
    "accept_application",
    "apply_for_closure",
    "apply_for_sign_off",
    "review_steps_of",
    "decide_batch",
    "keep_claims",
    "return_application",
    "set_review_steps",
    "verify_evidence",
    "verify_manifest",
    "verify_signoffs",
    "withdraw_application",
]
