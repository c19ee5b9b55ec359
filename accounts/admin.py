"""Accounts are administered here: units, users, appointments. Every change goes through the services."""

from typing import Any, cast

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Appointment, Unit, User
from accounts.permissions import is_system_admin
from accounts.services import appoint, create_unit, create_user, dismiss, edit_unit, edit_user, note_password_change
from core.exceptions import RuleViolation


def _administrator(request: HttpRequest) -> User:
    """Return who is logged in: the pages of the administration require it."""
    return cast(User, request.user)


class SystemAdminOnly(admin.ModelAdmin):
    """Open to system administrators alone; nothing is deleted, for the trail points at it."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return is_system_admin(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_system_admin(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return is_system_admin(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return is_system_admin(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class UnitForm(forms.ModelForm):
    """A unit; a circle in the tree is refused before anything is saved."""

    class Meta:
        model = Unit
        fields = ["name", "short_name", "parent", "leader", "is_active"]

    def clean_parent(self) -> Unit | None:
        parent = self.cleaned_data["parent"]
        if parent and self.instance.pk and parent.path.startswith(self.instance.path):
            raise forms.ValidationError(_("A unit cannot be moved below itself."))
        return parent


@admin.register(Unit)
class UnitAdmin(SystemAdminOnly):
    form = UnitForm
    list_display = ["name", "short_name", "parent", "leader", "is_active"]
    list_select_related = ["parent", "leader"]
    search_fields = ["name", "short_name"]
    autocomplete_fields = ["parent", "leader"]
    ordering = ["path"]

    def save_model(self, request: HttpRequest, obj: Unit, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in self.form.Meta.fields}
        now = timezone.now()
        if change:
            edit_unit(unit=Unit.objects.get(pk=obj.pk), values=values, by=_administrator(request), at=now)
            return
        values.pop("is_active")
        created = create_unit(**values, by=_administrator(request), at=now)
        obj.pk, obj.path = created.pk, created.path


@admin.register(User)
class UserAdmin(SystemAdminOnly, DjangoUserAdmin):
    list_display = ["name", "username", "unit", "is_active", "last_login"]
    list_filter = ["is_active", "unit"]
    list_select_related = ["unit"]
    search_fields = ["name", "username"]
    autocomplete_fields = ["unit"]
    ordering = ["name"]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        (_("Person or post"), {"fields": ("name", "email", "unit", "is_active")}),
    )
    add_fieldsets = (
        (
            None,
            {"classes": ("wide",), "fields": ("username", "name", "unit", "usable_password", "password1", "password2")},
        ),
    )
    FIELDS = ("username", "name", "email", "unit", "is_active")

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        now, data = timezone.now(), form.cleaned_data
        if change:
            values = {name: data[name] for name in self.FIELDS if name in data}
            edit_user(user=User.objects.get(pk=obj.pk), values=values, by=_administrator(request), at=now)
            return
        password = data["password1"] if data.get("set_usable_password", True) else None
        created = create_user(
            username=data["username"],
            name=data["name"],
            unit=data["unit"],
            password=password or None,
            by=_administrator(request),
            at=now,
        )
        obj.pk = created.pk

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        response = super().user_change_password(request, id, form_url)
        if request.method == "POST" and response.status_code == 302:
            note_password_change(user=User.objects.get(pk=id), by=_administrator(request), at=timezone.now())
        return response


@admin.register(Appointment)
class AppointmentAdmin(SystemAdminOnly):
    list_display = ["user", "role", "unit", "since", "until"]
    list_filter = ["role"]
    list_select_related = ["user", "unit"]
    search_fields = ["user__name", "unit__name"]
    autocomplete_fields = ["user", "unit"]
    actions = ["dismiss_selected"]

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False  # an appointment is ended and another one created, so that the trail has both

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> list[str]:
        return []

    def save_model(self, request: HttpRequest, obj: Appointment, form: Any, change: bool) -> None:
        obj.pk = appoint(**form.cleaned_data, by=_administrator(request), at=timezone.now()).pk

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        person = request.user

        class AppointmentForm(form):  # type: ignore[valid-type, misc]
            def clean_user(self) -> User:
                user = self.cleaned_data["user"]
                if user == person:
                    raise forms.ValidationError(_("You cannot give yourself a role."))
                return user

        return AppointmentForm

    @admin.action(description=_("End the selected appointments"), permissions=["add"])
    def dismiss_selected(self, request: HttpRequest, queryset: Any) -> None:
        for appointment in queryset:
            try:
                dismiss(appointment=appointment, by=_administrator(request), at=timezone.now())
            except RuleViolation as refusal:
                self.message_user(request, str(refusal.message), messages.ERROR)
