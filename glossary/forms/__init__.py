"""Forms and filters of the policy pages."""
