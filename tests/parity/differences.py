"""The table of intended differences, and the comparison that allows them and nothing else."""

import tomllib

BOTH = ['polling', 'websocket']


class Table:
    def __init__(self, path, scenarios):
        self.places = {}
        for name, difference in tomllib.loads(path.read_text()).items():
            if not difference.get('reason', '').strip():
                raise ValueError(f'{name}: a difference needs a reason')
            for place in difference['seen']:
                for where in place['in']:
                    scenario, client = where.split(':')
                    if scenario not in scenarios:
                        raise ValueError(f'{name}: there is no scenario {scenario}')
                    for transport in place.get('transports', BOTH):
                        key = scenario, transport, client
                        self.places.setdefault(key, []).append((name, place))

    def compare(self, scenario, transport, original, hobnob):
        """Which clients saw what they should not, and what is wrong with it."""
        wrong = []
        for side, traces in [('Flask-SocketIO', original), ('hobnob', hobnob)]:
            for problem in traces.pop('failed', []):
                wrong.append((side, problem))
        listed = {client for name, where, client in self.places if (name, where) == (scenario, transport)}
        for client in sorted({*original, *hobnob, *listed}):
            expected = list(original.get(client, []))
            at = 0
            for name, place in self.places.get((scenario, transport, client), []):
                here = find(expected, place['flask'], at)
                if here is None:
                    wrong.append((client, f'the original did not show what "{name}" says of it'))
                    break
                expected[here:here + len(place['flask'])] = place['hobnob']
                at = here + len(place['hobnob'])
            else:
                if expected != hobnob.get(client, []):
                    wrong.append((client, 'hobnob showed something else than the original, beyond the table'))
        return wrong


def find(lines, part, start):
    """Where these lines stand one after another, from `start` on."""
    if not part:
        raise ValueError('a difference names lines of the original: to add some, repeat the one before')
    for here in range(start, len(lines) - len(part) + 1):
        if lines[here:here + len(part)] == part:
            return here
    return None
