from django.contrib import admin

from core.admin import ReadOnlyAdmin
from issues.models import Area, Category, Inspection, Issue, Problem


@admin.register(Inspection)
class InspectionAdmin(ReadOnlyAdmin):
    list_display = ["code", "title", "organisation", "concentrated_from", "concentrated_until"]


@admin.register(Area, Category, Problem)
class LevelAdmin(ReadOnlyAdmin):
    list_display = ["position", "number", "title", "inspection"]
    list_filter = ["inspection"]


@admin.register(Issue)
class IssueAdmin(ReadOnlyAdmin):
    list_display = ["code", "text", "leader", "lead_unit", "status"]
    list_filter = ["inspection", "status"]
    list_select_related = ["leader", "lead_unit"]
    search_fields = ["code", "text"]
