"""Clients that are asked."""

from flask import request
from flask_socketio import call, emit

from server import socketio


@socketio.on('ask', namespace='/calls')
def calls_ask(event):
    emit('answered', repr_of(call(event, 'a question')))
    return 'asked'


@socketio.on('ask in vain', namespace='/calls')
def calls_ask_in_vain():
    try:
        call('never answered', timeout=0.2)
    except Exception as error:
        return type(error).__name__
    return 'answered'


@socketio.on('ask with a callback', namespace='/calls')
def calls_callback(event):
    def answered(*args):
        emit('answered', repr_of(args))

    emit(event, 'a question', callback=answered)


@socketio.on('ask another', namespace='/calls')
def calls_ask_another(sid):
    return call('one', 'a question', to=sid)


@socketio.on('ask one who leaves', namespace='/calls')
def calls_ask_one_who_leaves(sid):
    try:
        return call('one', 'a question', to=sid, timeout=1)
    except Exception as error:
        return type(error).__name__


@socketio.on('who', namespace='/calls')
def calls_who():
    return request.sid


def repr_of(answer):
    """Shows a tuple, which would come as several arguments."""
    return {'tuple': list(answer)} if isinstance(answer, tuple) else {'value': answer}
