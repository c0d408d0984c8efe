"""All scenarios, in the order in which they are played."""

from scenarios import original, answers, lookup, rooms, connecting, leaving, hostile

FILES = [original, answers, lookup, rooms, connecting, leaving, hostile]
