"""Published policies in the admin: to look at. Changing them goes through change requests only."""

from django.contrib import admin
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from glossary.models import Edition, PolicyVersion


class ReadOnlyAdmin(ModelAdmin):
    """Shows rows and changes none."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(PolicyVersion)
class PolicyVersionAdmin(ReadOnlyAdmin):
    """Sealed versions."""

    list_display = ["workstream", "number", "title", "in_force_from", "published_at", "published_by_name"]
    list_filter = ["workstream"]
    list_select_related = ["published_by"]
    search_fields = ["title", "why"]
    show_full_result_count = False


@admin.register(Edition)
class EditionAdmin(ReadOnlyAdmin):
    """Which versions were in force together, since when."""

    list_display = ["number", "in_force_from", "versions"]
    show_full_result_count = False
