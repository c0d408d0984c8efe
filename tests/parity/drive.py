"""Plays every scenario on Flask-SocketIO and on hobnob, and compares what the clients saw.

    drive.py ADDRESS ADDRESS_OF_THE_HASTY_ONE [NAME OF A SCENARIO ..]

The addresses are hobnob's; the original is started from here. What may differ is in differences.toml: there
and only there, on both sides as it says, or it is a failure.
"""

import itertools
import logging
import pathlib
import re
import subprocess
import sys
import threading
import time

import differences
import scenarios  # noqa: F401, which fills SCENARIOS
from stage import SCENARIOS, Stage

HERE = pathlib.Path(__file__).parent
DEADLINE = 300
SID = re.compile(r'["`]([A-Za-z0-9_-]{20}|~[A-Za-z0-9_-]{16})["`]')


logging.disable(logging.CRITICAL)


def start_original(*options):
    process = subprocess.Popen(
        [sys.executable, HERE / 'on_flask/app.py', *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return process, process.stdout.readline().strip()


def play(name, transport, server):
    """The traces of one scenario: of each client, sids replaced by names in order of appearance."""
    function, _ = SCENARIOS[name]
    stage = Stage(server, transport)
    failure = None
    try:
        function(stage)
    except Exception as error:  # It is told with the trace so far.
        failure = f'{type(error).__name__}: {error}'
    traces = {client: list(trace) for client, trace in stage.traces().items()}
    try:
        stage.end()
    except Exception as error:
        failure = failure or f'{type(error).__name__}: {error}'
    if failure:
        traces['failed'] = [failure]
    names = {}
    for client, trace in sorted(traces.items()):
        def rename(found):
            return f'<sid {names.setdefault(found.group(1), len(names) + 1)}>'
        traces[client] = [short(SID.sub(rename, line)) for line in trace]
    return traces


def short(line):
    return line if len(line) < 1000 else f'{line[:60]}.. ({len(line)} characters)'


def side_by_side(left, right):
    width = 76
    lines = [f'      {"Flask-SocketIO":{width}} hobnob']
    for a, b in itertools.zip_longest(left, right, fillvalue=''):
        lines.append(f'    {" " if a == b else "|"} {a:{width}} {b}')
    return '\n'.join(lines)


def main(address, hasty, only):
    started = time.monotonic()
    original, original_address = start_original()
    original_hasty, original_hasty_address = start_original('--hasty')
    threading.Thread(target=out_of_time, args=[original, original_hasty], daemon=True).start()
    try:
        flask = {'name': 'flask', 'address': original_address, 'hasty': original_hasty_address}
        hobnob = {'name': 'hobnob', 'address': address, 'hasty': hasty}
        passed = run(flask, hobnob, only)
    finally:
        for process in original, original_hasty:
            process.kill()
            process.wait()
    print(f'{time.monotonic() - started:.0f} s')
    return passed


def out_of_time(*processes):
    time.sleep(DEADLINE)
    print(f'not over after {DEADLINE} s', flush=True)
    for process in processes:
        process.kill()
    import os
    os._exit(1)


def run(flask, hobnob, only):
    table = differences.Table(HERE / 'differences.toml', SCENARIOS)
    failures = plays = lines = 0
    for name, (_, transports) in SCENARIOS.items():
        if only and name not in only:
            continue
        for transport in transports:
            seen = [None, None]
            T=time.monotonic()

            def see(index, server):
                seen[index] = play(name, transport, server)

            threads = [threading.Thread(target=see, args=both) for both in enumerate([flask, hobnob])]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            plays += 1
            lines += sum(len(trace) for trace in seen[0].values())
            wrong = table.compare(name, transport, *seen)
            print(f'{"FAILED" if wrong else "ok    "} {name} ({transport}) {time.monotonic()-T:.1f}', flush=True)
            for client, problem in wrong:
                failures += 1
                print(f'  {client}: {problem}')
                print(side_by_side(seen[0].get(client, []), seen[1].get(client, [])), flush=True)
    names = only or SCENARIOS
    print(f'{len(names)} scenarios, {plays} plays, {lines} lines of the original compared, {failures} failures')
    return not failures


if __name__ == '__main__':
    sys.exit(0 if main(sys.argv[1], sys.argv[2], sys.argv[3:]) else 1)
