"""The questions of the reports as forms; reading and refusing is done in `engine.reading`, as at the terminal."""

from collections.abc import Mapping, Sequence

from django import forms

from glossary.engine.documents import GlossaryDocument
from glossary.engine.words import humanised, number_words
from glossary.types import EditionInForce
from reporting.engine.errors import CountingError
from reporting.engine.hygiene.question import HygieneQuestion
from reporting.engine.parameters import (
    SLA_ROWS,
    Basis,
    ConversionParameters,
    SlaParameters,
    WhatIfParameters,
    WinLossParameters,
)
from reporting.engine.reading import (
    AS_OF_EXAMPLE,
    Vocabulary,
    gate_text,
    read_conversion,
    read_hygiene,
    read_sla,
    read_what_if,
    read_win_loss,
)
from reporting.engine.win_loss.values import choosable
from reporting.exceptions import ParametersRefused
from routing.engine.documents import RoutingDocument, ScoringDocument

Choices = Sequence[tuple[str, str]]


def _select(label: str, choices: Choices, *, required: bool = False) -> forms.CharField:
    # A CharField: what is not among the choices is refused by the reader, in its own words.
    return forms.CharField(label=label, required=required, widget=forms.Select(choices=choices))


def _text(label: str, example: str) -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=40, widget=forms.TextInput(attrs={"placeholder": example})
    )


class _QuestionForm(forms.Form):
    """Gives the period and the as-of instant; a subclass adds its own fields and reads the question."""

    def __init__(self, data: Mapping[str, str], edition: EditionInForce, known: Vocabulary) -> None:
        super().__init__(data, auto_id="ask_%s")
        self.known = known
        self.fields |= self.own_fields(edition)
        self.fields |= {
            "since": _text("First month or day", "2018-01"),
            "until": _text("Last month or day", "2018-05"),
            "as_of": _text("As of", AS_OF_EXAMPLE),
        }

    def own_fields(self, edition: EditionInForce) -> dict[str, forms.Field]:
        """Fields of this report."""
        raise NotImplementedError

    def read(self, texts: Mapping[str, str]) -> None:
        """Read the question from cleaned texts; raises ParametersRefused."""
        raise NotImplementedError

    def clean(self) -> dict[str, str]:
        texts = {name: str(value or "") for name, value in self.cleaned_data.items()}
        if not self.errors:
            try:
                self.read(texts)
            except ParametersRefused as refusal:
                for problem in refusal.problems:
                    self._tell(problem)
        return texts

    def _tell(self, problem: object) -> None:
        named = isinstance(problem, CountingError) and problem.field in self.fields
        self.add_error(problem.field if named and isinstance(problem, CountingError) else None, str(problem))


class ConversionForm(_QuestionForm):
    """The question of the conversion report; `parameters` once it is valid."""

    parameters: ConversionParameters

    def own_fields(self, edition: EditionInForce) -> dict[str, forms.Field]:
        """Stages of the edition in force, window, rows and basis."""
        stages = [(stage.key, stage.name) for stage in edition.document(GlossaryDocument).stages]
        rows = [(key, key.replace("_", " ")) for key in ("total", "month", *self.known.dimensions)]
        return {
            "from": _select("From", stages, required=True),
            "to": _select("To", stages, required=True),
            "window": _text("Within days", "no window"),
            "by": _select("By", rows),
            "basis": _select(
                "Imported history",
                [(Basis.KNOWN, "from when it happened"), (Basis.RECORDED, "once imported")],
            ),
        }

    def read(self, texts: Mapping[str, str]) -> None:
        """Set `parameters`."""
        self.parameters = read_conversion(texts, self.known)


class SlaForm(_QuestionForm):
    """The question of the SLA report; `parameters` once it is valid."""

    parameters: SlaParameters

    def own_fields(self, edition: EditionInForce) -> dict[str, forms.Field]:
        """Promises of the edition in force, and the rows."""
        promises = [(target.key, target.name) for target in edition.document(RoutingDocument).sla]
        names = {"key": "promise"}
        return {
            "key": _select("Promise", [("", "all"), *promises]),
            "by": _select("By", [(key, names.get(key, key)) for key in SLA_ROWS]),
        }

    def read(self, texts: Mapping[str, str]) -> None:
        """Set `parameters`."""
        self.parameters = read_sla(texts, self.known)


class WhatIfForm(_QuestionForm):
    """The question of the what-if curve; `parameters` once it is valid."""

    parameters: WhatIfParameters

    def own_fields(self, edition: EditionInForce) -> dict[str, forms.Field]:
        """The thresholds that can be moved, each with its stage and what it is now."""
        stages = edition.document(GlossaryDocument).stage_by_key
        now = edition.document(ScoringDocument).thresholds
        gates = [
            (
                gate_text(stage, key),
                f"{stages[stage].short}: threshold “{humanised(key)}”, {number_words(now[key])} today",
            )
            for stage, key in self.known.gates
        ]
        return {"gate": _select("Threshold", gates)}

    def read(self, texts: Mapping[str, str]) -> None:
        """Set `parameters`."""
        self.parameters = read_what_if(texts, self.known)


class WinLossForm(_QuestionForm):
    """The question of the win/loss check; `parameters` once it is valid. Fields known too late are not offered."""

    parameters: WinLossParameters

    def own_fields(self, edition: EditionInForce) -> dict[str, forms.Field]:
        """One more field to compare the values of."""
        offered = choosable(edition.document(GlossaryDocument))
        return {"field": _select("One more field", [("", "none"), *offered.items()])}

    def read(self, texts: Mapping[str, str]) -> None:
        """Set `parameters`."""
        self.parameters = read_win_loss(texts, self.known)


class HygieneForm(_QuestionForm):
    """The period of the hygiene report; `question` once it is valid. Values are those of now: nothing to ask as of."""

    question: HygieneQuestion

    def __init__(self, data: Mapping[str, str], edition: EditionInForce, known: Vocabulary) -> None:
        super().__init__(data, edition, known)
        del self.fields["as_of"]

    def own_fields(self, edition: EditionInForce) -> dict[str, forms.Field]:
        """None but the period."""
        return {}

    def read(self, texts: Mapping[str, str]) -> None:
        """Set `question`."""
        self.question = read_hygiene(texts, self.known.now)
