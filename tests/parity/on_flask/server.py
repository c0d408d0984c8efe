"""The server of the application on Flask-SocketIO, to which the other files add."""

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
hasty = {'ping_interval': 1, 'ping_timeout': 2} if '--hasty' in sys.argv else {}
socketio = SocketIO(app, async_mode='threading', **hasty)


def fence():
    """Answered when everything before it is on its way: how drive.py knows that no more will come."""


def fence_in(*namespaces):
    for namespace in namespaces:
        socketio.on_event('fence', fence, namespace=namespace)


@app.get('/connected')
def connected():
    """How many clients there are, in all namespaces together."""
    manager = socketio.server.manager
    return str(sum(
        manager.is_connected(sid, namespace)
        for namespace, rooms in list(manager.rooms.items()) for sid in list(rooms.get(None, ()))))
