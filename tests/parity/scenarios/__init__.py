"""All scenarios, in the order in which they are played."""

from scenarios import original, answers, rooms, connecting, leaving, hostile

FILES = [original, answers, rooms, connecting, leaving, hostile]
