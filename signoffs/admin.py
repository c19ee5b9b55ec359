from django.contrib import admin

from core.admin import ReadOnlyAdmin
from signoffs.models import Application


@admin.register(Application)
class ApplicationAdmin(ReadOnlyAdmin):
    list_display = ["code", "round", "origin", "status", "applicant", "applied_at", "ended_at"]
    list_filter = ["inspection", "status", "origin"]
    list_select_related = ["measure", "issue", "applicant"]
    search_fields = ["measure__code", "issue__code"]
