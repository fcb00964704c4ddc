"""The tests mirror the apps; tests/architecture holds the rules of the house."""
