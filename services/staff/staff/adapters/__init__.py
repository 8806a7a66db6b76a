"""What staff needs of the outside world: password hashing and the signing of tokens."""
