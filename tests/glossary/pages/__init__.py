"""Pages of the policies, through the client."""
