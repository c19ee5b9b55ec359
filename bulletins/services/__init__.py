"""Weekly bulletins: drafted, given their text, published with their number, corrected, handed out as files."""

from bulletins.services.exports import request_bulletin_paper
from bulletins.services.lifecycle import correct_bulletin, draft_bulletin, edit_bulletin, next_number, publish_bulletin

__all__ = [
    "correct_bulletin",
    "draft_bulletin",
    "edit_bulletin",
    "next_number",
    "publish_bulletin",
    "request_bulletin_paper",
]
