"""The form of a named account: the domain as the rules compare it, and never a free-mail one."""

from typing import TYPE_CHECKING

from django import forms

from glossary.engine.fields import ContractField, FieldType
from routing.engine.cleaning import clean_value
from routing.engine.free_mail import is_free_mail
from routing.models import NamedAccount

if TYPE_CHECKING:
    AccountModelForm = forms.ModelForm[NamedAccount]
else:  # Django's own class takes no type parameter when it runs
    AccountModelForm = forms.ModelForm

_DOMAIN = ContractField(key="domain", label="Domain", type=FieldType.DOMAIN)


class NamedAccountForm(AccountModelForm):
    """`https://www.Acme.com/` and `acme.com` are one account; half the world's private people are none."""

    class Meta:
        model = NamedAccount
        fields = ["domain", "name", "owner"]

    def clean_domain(self) -> str:
        """The bare domain in lower case. Raises ValidationError saying what is wrong with it."""
        try:
            domain = str(clean_value(_DOMAIN, self.cleaned_data["domain"].strip()))
        except ValueError as error:
            raise forms.ValidationError(str(error)) from None
        if is_free_mail(domain):
            raise forms.ValidationError(
                f"{domain} is a free-mail provider: everybody who writes from it would go to this owner. "
                "Use the company's own domain."
            )
        return domain
