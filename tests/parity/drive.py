"""Plays every scenario on Flask-SocketIO and on hobnob, and compares what the clients saw.

    drive.py APPLICATION=ADDRESS .. [NAME OF A SCENARIO ..]

The addresses are hobnob's; the same applications of the original are started from here. What may differ is in
differences.toml: there and only there, on both sides as it says, or it is a failure.
"""

import itertools
import logging
import os
import pathlib
import re
import subprocess
import sys
import threading
import time

import scenarios  # noqa: F401, which fills SCENARIOS
from differences import Table
from stage import SCENARIOS, Stage

HERE = pathlib.Path(__file__).parent
DEADLINE = 300
SID = re.compile(r'["`]([A-Za-z0-9_-]{20}|~[A-Za-z0-9_-]{16})["`]')

# What the packages log is about clients that leave without saying so, as some here do.
logging.disable(logging.CRITICAL)


class Original:
    """An application on Flask-SocketIO, in a process of its own."""

    def __init__(self, name):
        command = [sys.executable, HERE / 'on_flask/app.py', name]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().strip()

    def end(self):
        self.process.kill()
        self.process.wait()


def play(name, transport, server):
    """The traces of one scenario, by client: sids have names in them, in order of appearance."""
    stage = Stage(server, transport)
    failures = []
    for step in (lambda: SCENARIOS[name][0](stage), stage.end):
        try:
            step()
        except Exception as error:  # It is told with the traces so far.
            failures.append(f'{type(error).__name__}: {error}')
    names = {}

    def named(found):
        return f'<sid {names.setdefault(found.group(1), len(names) + 1)}>'

    traces = {
        client: [shortened(SID.sub(named, line)) for line in list(trace)]
        for client, trace in sorted(stage.traces().items())}
    return {**traces, 'failed': failures}


def shortened(line):
    return line if len(line) < 1000 else f'{line[:60]}.. ({len(line)} characters)'


def side_by_side(original, hobnob):
    width = max(map(len, [*original, 'Flask-SocketIO']))
    lines = [f'      {"Flask-SocketIO":{width}}   hobnob']
    for left, right in itertools.zip_longest(original, hobnob, fillvalue=''):
        lines.append(f'    {" " if left == right else "|"} {left:{width}}   {right}')
    return '\n'.join(lines)


def on_both(action, servers):
    """Does it on both servers at once, which do not know of one another."""
    results = [None, None]

    def run(index):
        results[index] = action(servers[index])

    threads = [threading.Thread(target=run, args=[index]) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def compare(servers, only):
    """Plays all scenarios, or those named; whether there was nothing to complain of."""
    unknown = set(only) - set(SCENARIOS)
    if unknown:
        raise SystemExit(f'there is no scenario {", ".join(unknown)}')
    table = Table(HERE / 'differences.toml', SCENARIOS)
    played = only or list(SCENARIOS)
    plays = lines = failures = 0
    for name in played:
        for transport in SCENARIOS[name][1]:
            print(f'{name} ({transport})', end='', flush=True)
            original, hobnob = on_both(lambda server: play(name, transport, server), servers)
            wrong = table.compare(name, transport, original, hobnob)
            print(': FAILED' if wrong else '')
            for client, problem in wrong:
                print(f'  {client}: {problem}')
                print(side_by_side(original.get(client, []), hobnob.get(client, [])))
            plays += 1
            lines += sum(map(len, original.values()))
            failures += len(wrong)
    print(f'{len(played)} scenarios, {plays} with their transports, {lines} lines of traces; '
          f'{len(table.differences)} intended differences, {failures} others')
    return not failures


def main(*arguments):
    addresses = dict(argument.split('=', 1) for argument in arguments if '=' in argument)
    only = [argument for argument in arguments if '=' not in argument]
    originals = {}

    def give_up():
        print(f'\nnot over after {DEADLINE} s', flush=True)
        for original in list(originals.values()):
            original.end()
        os._exit(1)

    alarm = threading.Timer(DEADLINE, give_up)
    alarm.daemon = True
    alarm.start()
    try:
        for name in addresses:
            originals[name] = Original(name)
        addresses_of_originals = {name: original.address for name, original in originals.items()}
        servers = [
            {'name': 'Flask-SocketIO', 'addresses': addresses_of_originals},
            {'name': 'hobnob', 'addresses': addresses}]
        started = time.monotonic()
        passed = compare(servers, only)
        print(f'{time.monotonic() - started:.0f} s')
    finally:
        for original in originals.values():
            original.end()
    # Clients that did not notice their end are not waited for.
    sys.stdout.flush()
    os._exit(0 if passed else 1)


if __name__ == '__main__':
    main(*sys.argv[1:])
