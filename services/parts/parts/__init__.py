"""The parts department: catalogue, stock, reservations, back-orders and purchase orders."""
