"""Weekly bulletins: made, given their text, published with their number, corrected, handed out."""

from bulletins.services.lifecycle import correct_bulletin, draft_bulletin, edit_bulletin, next_number, publish_bulletin

__all__ = ["correct_bulletin", "draft_bulletin", "edit_bulletin", "next_number", "publish_bulletin"]
