"""Data hygiene: how complete and valid the fields of the contract are, and which leads each gap holds back."""
