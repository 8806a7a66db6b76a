"""The parts department."""
