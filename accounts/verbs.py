"""What the trail records of units, people, roles and tokens."""

from django.utils.translation import gettext_lazy as _

from audit.verbs import Verb


class AccountVerb(Verb):
    """Verbs of the chain `accounts`."""

    CREATE_UNIT = "create_unit", _("created the unit"), "unit"
    MOVE_UNIT = "move_unit", _("moved the unit under another one"), "unit"
    PUT_IN_CHARGE = "put_in_charge", _("put a leader in charge of the unit"), "unit"
    EDIT_UNIT = "edit_unit", _("changed the unit"), "unit"
    CREATE_USER = "create_user", _("created the account"), "user"
    EDIT_USER = "edit_user", _("changed the account"), "user"
    CHANGE_PASSWORD = "change_password", _("set the password"), "user"
    APPOINT = "appoint", _("gave the role"), "appointment"
    DISMISS = "dismiss", _("ended the role"), "appointment"
    MAKE_TOKEN = "make_token", _("created the token"), "token"
    REVOKE_TOKEN = "revoke_token", _("revoked the token"), "token", "revoke"
