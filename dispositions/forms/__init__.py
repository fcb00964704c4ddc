"""Forms of the desk: each is built from the policies in force and knows which edition that was."""
