"""What the desk refuses, with a sentence per field so that a form can show it where it belongs."""


class DecisionRefused(Exception):
    """A decision is not possible as given.

    Attributes:
        errors: form field → sentence; the empty field name stands for the whole decision.
    """

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(errors.values()))
        self.errors = errors


class DefinitionsChanged(DecisionRefused):
    """The form was rendered under definitions that are no longer in force; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            {
                "": "The definitions changed while this form was open. Read it again below: "
                "what you entered is still here. Then submit once more."
            }
        )
