"""The two commands of the README, run as a person would."""
