"""Pure Python of people: no ORM, no request."""
