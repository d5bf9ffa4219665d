"""Pilots, their gates and the volume that follows, as pages draw them."""
