"""A simulated fleet: a client of the bridge, and a world that is a pure function.

A robot's day follows from (seed, profile, serial, day of its life) alone, so that
history and live streams tell of the same world, a restart tells it again to the byte,
and a life that begins on another date is the same life.
"""
