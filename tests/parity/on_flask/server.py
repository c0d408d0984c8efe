"""The server of an application on Flask-SocketIO, to which the other files add."""

import logging
import sys
import threading

from flask import Flask
from flask_socketio import SocketIO

logging.disable(logging.CRITICAL)
# Handlers fail here on purpose.
threading.excepthook = lambda _: None

app = Flask(__name__)
app.config['SECRET_KEY'] = 'for the cookie of the session'
# Which of them this is, is said on the command line.
PLAIN = {'namespaces': ['/', '/accepted', '/aside']}
APPLICATIONS = {
    'plain': PLAIN,
    'hasty': {'ping_interval': 1, 'ping_timeout': 2, **PLAIN},
    'any_function': {'namespaces': ['/accepted', '/aside']},
    'any_class': {'namespaces': '*'}}
application = sys.argv[1]
socketio = SocketIO(app, async_mode='threading', **APPLICATIONS[application])


starting = threading.Lock()
started = []
start = socketio.server.start_background_task


def start_and_remember(*task, **options):
    with starting:
        started.append(start(*task, **options))
        return started[-1]


# The original handles each event in a thread of its own, and an event can overtake another.
socketio.server.start_background_task = start_and_remember


def fence():
    """Answered when everything before it is on its way: how drive.py knows that no more will come."""
    with starting:
        before = started[:started.index(threading.current_thread())]
    for thread in before:
        thread.join(timeout=5)
    with starting:
        started[:] = [thread for thread in started if thread.is_alive()]


def fence_in(*namespaces):
    for namespace in namespaces:
        socketio.on_event('fence', fence, namespace=namespace)


# Where a namespace has a catch-all, that would come first.
fence_in('*')


@app.get('/connected')
def connected():
    """How many clients there are, in all namespaces together."""
    manager = socketio.server.manager
    return str(sum(
        manager.is_connected(sid, namespace)
        for namespace, rooms in list(manager.rooms.items()) for sid in list(rooms.get(None, ()))))
