"""The table of intended differences, and the comparison that allows them and nothing else."""

import tomllib


class Table:
    def __init__(self, path, scenarios):
        self.differences = tomllib.loads(path.read_text())
        # By scenario, transport and client: what of the original's trace is something else in hobnob's.
        self.places = {}
        for name, difference in self.differences.items():
            if not difference['reason'].strip():
                raise ValueError(f'{name}: a difference needs a reason')
            for seen in difference['seen']:
                if not seen['flask'] or not seen['hobnob']:
                    raise ValueError(f'{name}: without a line on both sides nobody knows where it is')
                if seen['flask'] == seen['hobnob']:
                    raise ValueError(f'{name}: that is no difference')
                for where in seen['in']:
                    scenario, clients = where.split(':')
                    _, transports = scenarios[scenario]
                    for transport in seen.get('transports', transports):
                        for client in [clients] if clients == 'http' else clients:
                            place = scenario, transport, client
                            self.places.setdefault(place, []).append((name, seen['flask'], seen['hobnob']))

    def compare(self, scenario, transport, original, hobnob):
        """Which clients saw what they should not have, and what is wrong with it."""
        wrong = []
        for side, traces in [('Flask-SocketIO', original), ('hobnob', hobnob)]:
            for problem in traces.pop('failed'):
                wrong.append((side, problem))
        listed = {client for *where, client in self.places if where == [scenario, transport]}
        for client in sorted({*original, *hobnob, *listed}):
            places = self.places.get((scenario, transport, client), [])
            expected, missing = translated(original.get(client, []), places)
            if missing:
                wrong.append((client, f'the original does not do what the table says: {", ".join(missing)}'))
            elif expected != hobnob.get(client, []):
                wrong.append((client, 'hobnob differs from the original, or from what the table says of it'))
        return wrong


def translated(trace, places):
    """The trace as hobnob should show it, and the differences for which there was no place in it."""
    free = list(trace)
    replaced = {}
    missing = []
    for name, flask, hobnob in places:
        for at in range(len(free) - len(flask) + 1):
            if free[at:at + len(flask)] == flask:
                # Not to be found a second time.
                free[at:at + len(flask)] = [None] * len(flask)
                replaced[at] = hobnob
                break
        else:
            missing.append(name)
    expected = []
    for at, line in enumerate(free):
        expected += replaced.get(at, [])
        if line is not None:
            expected.append(line)
    return expected, missing
