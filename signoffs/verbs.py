"""What the trail records of sign-off."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class SignoffVerb(Verb):
    """Each is an event of the measure or the issue that was applied for: its history is where people look for it.

    Withdrawing and deciding have no kind here, for the application may be one for a measure or for an issue.
    """

    APPLY_FOR_SIGN_OFF = "apply_for_sign_off", _("applied for sign-off"), "measure", "apply"
    APPLY_FOR_CLOSURE = "apply_for_closure", _("applied for closure"), "issue", "apply-for-closure"
    WITHDRAW_APPLICATION = "withdraw_application", _("withdrew the application"), "", "withdraw"
    ACCEPT_APPLICATION = "accept_application", _("accepted the application"), "", "accept"
    RETURN_APPLICATION = "return_application", _("returned the application"), "", "return"
    CLOSE_ISSUE = "close_issue", _("closed the issue"), "issue"
    SET_REVIEW_STEPS = "set_review_steps", _("set the review steps"), "inspection"
    VERIFY_AUDIT = "verify_audit", _("verified the trail"), "chain"
