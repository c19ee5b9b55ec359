from django.urls import path

from issues.views import calendar, issue, settings

urlpatterns = [
    path("inspections/<slug:code>/settings/", settings.inspection_settings, name="inspection_settings"),
    path("issues/<int:pk>/edit/", issue.edit_issue, name="edit_issue"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/<str:day>/clear/", calendar.clear_calendar_day, name="clear_calendar_day"),
]
