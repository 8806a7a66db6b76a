"""The shop as containers: an engine, the images, the secrets they are given, and the calls to Compose."""
