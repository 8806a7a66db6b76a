"""How people and customers behave in a shop: the driver library of demo, bench and stories."""
