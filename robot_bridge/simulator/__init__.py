"""A simulated fleet: a client of the bridge, and a world that is a pure function.

A robot's day follows from (seed, profile, serial, day) alone, so that history and
live streams tell of the same world and a restart tells it again to the byte.
"""
