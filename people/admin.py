"""People in the admin: accounts, roles (groups) and teams."""

from django.contrib import admin
from django.contrib.auth.admin import GroupAdmin as PlainGroupAdmin
from django.contrib.auth.admin import UserAdmin as PlainUserAdmin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from unfold.admin import ModelAdmin
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from people.choices import RUNS_OPERATIONS, Role
from people.models import Team, User

admin.site.unregister(Group)


def _runs_operations(request: HttpRequest) -> bool:
    return isinstance(request.user, User) and request.user.has_role(*RUNS_OPERATIONS)


@admin.register(User)
class UserAdmin(PlainUserAdmin, ModelAdmin):  # type: ignore[type-arg]  # generic in the stubs only
    """Accounts. A person's roles are their groups; the team decides which manager sees their leads.

    Administrators edit; the operations roles may look, and edit teams.
    """

    form = UserChangeForm
    add_form = UserCreationForm
    change_password_form = AdminPasswordChangeForm
    list_display = ["username", "email", "first_name", "last_name", "team", "is_active", "is_staff"]
    list_filter = ["is_active", "is_staff", "groups", "team"]
    list_select_related = ["team"]
    autocomplete_fields = ["team"]
    fieldsets = [
        (None, {"fields": ["username", "password"]}),
        ("Person", {"fields": ["first_name", "last_name", "email", "sso_subject", "team", "time_zone"]}),
        ("Access", {"fields": ["is_active", "is_staff", "is_superuser", "groups", "user_permissions"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    readonly_fields = ["last_login", "date_joined"]

    def has_view_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return _runs_operations(request) or super().has_view_permission(request, obj)

    add_fieldsets = [
        (
            None,
            {
                "classes": ["wide"],
                "fields": [
                    "username",
                    "email",
                    "team",
                    "time_zone",
                    "usable_password",
                    "password1",
                    "password2",
                ],
            },
        )
    ]


@admin.register(Group)
class RoleAdmin(PlainGroupAdmin, ModelAdmin):
    """Roles: groups whose names are the role keys of the charter, with what each may do in the admin."""

    list_display = ["name", "label"]

    @admin.display(description="Role")
    def label(self, group: Group) -> str:
        """The role's name as people say it; empty for a group that is no role."""
        return str(dict(Role.choices).get(group.name, ""))


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    """Sales teams and who gets their breaches."""

    list_display = ["name", "manager"]
    list_select_related = ["manager"]
    search_fields = ["name"]
    autocomplete_fields = ["manager"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return _runs_operations(request) or super().has_module_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return _runs_operations(request) or super().has_view_permission(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Team | None = None) -> bool:
        return _runs_operations(request) or super().has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _runs_operations(request) or super().has_add_permission(request)
