"""What must hold of the governance of policies, whatever happens: tried by machine, by hand, at once and by force."""
