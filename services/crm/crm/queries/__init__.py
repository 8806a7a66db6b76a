"""Customer relations' lists and the whole of one customer, vehicle or visit, for reading."""
