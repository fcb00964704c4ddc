"""Pure rules of the desk: the dispositions document."""
