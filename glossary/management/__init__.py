"""Commands of glossary."""
