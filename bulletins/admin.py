from django.contrib import admin

from bulletins.models import Bulletin
from core.admin import ReadOnlyAdmin


@admin.register(Bulletin)
class BulletinAdmin(ReadOnlyAdmin):
    list_display = ["title", "edition", "status", "number_year", "number", "published_at"]
    list_filter = ["status", "year"]
    search_fields = ["title"]
