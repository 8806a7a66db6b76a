"""What the shop costs: journeys a second, processor time, latency, memory; with the machine's own floor."""
