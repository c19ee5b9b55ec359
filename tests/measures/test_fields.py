"""The descriptions of fields: they agree with the tables, and no two of them with one another."""

from collections import Counter

import pytest
from django.db import models

from core.fields import Field, FieldType
from issues import fields as issue_fields
from issues.models import Issue
from ledger.fields import COLUMNS, HIDDEN, READABLE
from measures import fields as measure_fields
from measures.models import Measure
from readers.workbook.headers import plain

COLUMN_TYPES: dict[FieldType, tuple[type[models.Field], ...]] = {
    FieldType.TEXT: (models.TextField, models.CharField),
    FieldType.LINE: (models.CharField,),
    FieldType.CHOICE: (models.CharField,),
    FieldType.CHOICES: (models.JSONField,),
    FieldType.DATE: (models.DateField,),
    FieldType.NUMBER: (models.IntegerField,),
    FieldType.YES_NO: (models.BooleanField,),
    FieldType.REFERENCE: (models.ForeignKey,),
    FieldType.REFERENCES: (models.ManyToManyField, models.ManyToOneRel),  # type: ignore[dict-item]
}
DESCRIBED = [(Measure, each) for each in measure_fields.FIELDS] + [(Issue, each) for each in issue_fields.FIELDS]
NAMES = [f"{model.__name__}.{each.name}" for model, each in DESCRIBED]


@pytest.mark.parametrize(("model", "described"), DESCRIBED, ids=NAMES)
def test_a_description_agrees_with_the_table(model: type[models.Model], described: Field) -> None:
    column = model._meta.get_field(described.name)
    assert isinstance(column, COLUMN_TYPES[described.type])
    assert described.level == model.__name__.lower()
    if described.is_plain:
        assert described.max_length == (getattr(column, "max_length", None) or 0)
        assert described.empty == column.get_default() or getattr(column, "null", False)
    if described.type == FieldType.CHOICE:
        assert set(described.words) == {code for code, _label in column.choices or ()}


def test_every_kind_of_a_measure_has_a_word() -> None:
    assert set(measure_fields.KIND_WORDS) == set(Measure.Kind.values)
    assert set(measure_fields.KIND_SPELLINGS.values()) <= set(Measure.Kind.values)


def test_no_two_columns_have_one_key_or_one_spelling() -> None:
    keys = Counter(each.key for each in READABLE)
    words = Counter(plain(word) for each in READABLE for word in {each.title, *each.spellings.split()})
    assert [key for key, count in [*keys.items(), *words.items()] if count > 1] == []


OFFICIAL = """
序号 方面 大类 问题 具体问题 整改目标 措施序号 整改措施 措施类型 责任领导 牵头单位 配合单位 责任人 整改时限 整改方式
进展情况 完成情况 是否长期坚持 证明材料(份) 销号日期 备注 问题标识 措施标识 时间节点
"""


def test_the_official_ledger_has_its_columns_in_order() -> None:
    """A field that is added later comes between them."""
    titles = [each.title for each in (*COLUMNS, *HIDDEN)]
    assert [title for title in titles if title in OFFICIAL.split()] == OFFICIAL.split()
