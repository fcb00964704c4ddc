"""The registry of document types. Each app registers its own when it starts; glossary knows no app above.

`known` holds the types and reads documents; `tables` says how a document lies in draft rows; `rows` carries
documents into rows and back.
"""

from glossary.registry.known import (
    DocumentType,
    check,
    document_type,
    document_types,
    is_back_tested,
    parse,
    register,
)
from glossary.registry.tables import Child, Shape, Table
from glossary.types import Documents

__all__ = [
    "Child",
    "DocumentType",
    "Documents",
    "Shape",
    "Table",
    "check",
    "document_type",
    "document_types",
    "is_back_tested",
    "parse",
    "register",
]
