"""Forms of routing: filters of lists, uploads, corrections."""
