"""Forms of one's own account."""

from zoneinfo import available_timezones

from django import forms

from people.models import User, validate_zone

# Names of rules, not of places: 'Etc/GMT+5' lies five hours *behind*, a trap for anyone who picks it.
OMITTED = ("Etc/", "SystemV/", "posix/", "right/", "US/")


def zone_choices(current: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """IANA zones by continent, for a select: [('Europe', [('Europe/London', 'London'), …]), …].

    `current` is offered even if it is an unusual name, so that saving the form never changes it unasked.
    """
    areas: dict[str, list[tuple[str, str]]] = {}
    for name in sorted(available_timezones()):
        area, _, place = name.partition("/")
        if place and not name.startswith(OMITTED):
            areas.setdefault(area, []).append((name, place.replace("_", " ")))
    known = {name for places in areas.values() for name, _ in places}
    plain = [(name, name) for name in dict.fromkeys([current, "UTC"]) if name not in known]
    return [("Without a place", plain), *areas.items()] if plain else list(areas.items())


class AccountForm(forms.Form):
    """What people change about themselves: where they are."""

    time_zone = forms.CharField(
        label="Time zone",
        max_length=64,
        validators=[validate_zone],
        widget=forms.Select,
        help_text="Times on every page are shown in this zone. Deadlines follow the queue's calendar, not this.",
    )

    def __init__(self, user: User, data: dict[str, str] | None = None) -> None:
        super().__init__(data, initial={"time_zone": user.time_zone})
        widget = self.fields["time_zone"].widget
        if isinstance(widget, forms.Select):
            widget.choices = zone_choices(user.time_zone)
