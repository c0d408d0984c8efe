"""An application with functions for all events of all namespaces."""

from flask import request, session
from flask_socketio import Namespace, emit

from server import socketio


class Class(Namespace):
    def on_connect(self, auth):
        session['by'] = 'method'

    def on_disconnect(self, reason):
        emit('left', 'method', broadcast=True, include_self=False)

    def on_who(self):
        return 'method'

    def on_method(self):
        return 'method'


socketio.on_namespace(Class('/class'))


@socketio.on('connect', namespace='*')
def any_connect(auth):
    if auth == {'name': 'nobody'}:
        return False
    session['by'] = 'function of ' + request.namespace


@socketio.on('disconnect', namespace='*')
def any_disconnect(reason):
    emit('left', ('function of ' + request.namespace, reason), broadcast=True, include_self=False)


@socketio.on('who', namespace='*')
def any_who():
    return session['by']


@socketio.on('*', namespace='*')
def any_event(event, *args):
    return [event, list(args)]
