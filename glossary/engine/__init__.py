"""Pure rules of the policies: documents, conditions, words, seals. No ORM, no clock."""
