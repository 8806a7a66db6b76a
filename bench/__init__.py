"""What the shop costs: journeys a second, processor time, latency, memory; beside the machine's floor."""
