"""What billing's screens show, in few round trips: a page of a list is one statement."""
