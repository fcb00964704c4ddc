"""Forms of reporting: the questions of the reports, and the drafts of its policy."""
