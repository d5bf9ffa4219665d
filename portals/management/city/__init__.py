"""The demo city, built by the deeds a person's clicks do. All in it is invented."""
