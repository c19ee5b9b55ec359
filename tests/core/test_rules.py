"""The table that says in which states a verb is possible."""

from types import SimpleNamespace

import pytest

from core.exceptions import RuleViolation
from core.rules import VerbRule, allowed_states, is_possible, require_possible
from core.transitions import NOT_FROM_THIS_STATE

RULES = {
    "edit": VerbRule(states=frozenset({"draft"}), refusal="Only a draft can be edited."),
    "publish": VerbRule(states=frozenset({"draft"}), moves_to="published"),
}
DRAFT, PUBLISHED = SimpleNamespace(status="draft"), SimpleNamespace(status="published")


def test_a_verb_is_possible_in_its_states_and_in_no_other() -> None:
    assert allowed_states(RULES, "edit") == {"draft"}
    assert is_possible(RULES, "edit", DRAFT)
    assert not is_possible(RULES, "edit", PUBLISHED)
    require_possible(RULES, "edit", DRAFT)


@pytest.mark.parametrize(
    ("verb", "refusal"), [("edit", "Only a draft can be edited."), ("publish", NOT_FROM_THIS_STATE)]
)
def test_in_another_state_it_is_refused_with_its_own_words_or_the_general_ones(verb: str, refusal: str) -> None:
    with pytest.raises(RuleViolation) as caught:
        require_possible(RULES, verb, PUBLISHED)
    assert str(caught.value) == str(refusal)
