"""What an outsider runs without the platform. Imports nothing of it."""
