"""The admin of policies and drafts, walked over HTTP as RevOps does."""
