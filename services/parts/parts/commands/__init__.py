"""What people ask the parts department for: catalogue, stock, counter, orders, reservations."""
