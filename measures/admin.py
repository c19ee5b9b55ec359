from django.contrib import admin

from core.admin import ReadOnlyAdmin
from measures.models import Extension, Measure


@admin.register(Measure)
class MeasureAdmin(ReadOnlyAdmin):
    list_display = ["code", "text", "leader", "lead_unit", "deadline", "status"]
    list_filter = ["inspection", "status", "mode"]
    list_select_related = ["leader", "lead_unit"]
    search_fields = ["code", "text"]


@admin.register(Extension)
class ExtensionAdmin(ReadOnlyAdmin):
    list_display = ["measure", "old_deadline", "new_deadline", "status", "requested_by", "decided_by"]
    list_select_related = ["measure", "requested_by", "decided_by"]
