"""The doors of the workshop for its front ends."""
