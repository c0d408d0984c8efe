"""Who may connect, who leaves, and events under names of the protocol."""

from flask import request, session
from flask_socketio import ConnectionRefusedError, disconnect, emit, join_room, rooms

from server import socketio

REFUSALS = {
    'refused': (), 'refused with a text': ('no entry',), 'refused with an object': ('no entry', {'code': 7}),
    'refused with several': ('no entry', 1, 'two'), 'refused with a number': (5,)}
RETURNED = {'none': None, 'zero': 0, 'empty text': '', 'true': True, 'text': 'welcome', 'false': False}


@socketio.on('connect', namespace='/refuse')
def refuse_connect(auth):
    how = auth['how']
    if auth.get('emit'):
        emit('early', how)
        join_room('in')
    if how in REFUSALS:
        raise ConnectionRefusedError(*REFUSALS[how])
    if how == 'crash':
        raise ZeroDivisionError()
    if how == 'watch':
        join_room('watchers')
        return None
    return RETURNED[how]


@socketio.on('disconnect', namespace='/refuse')
def refuse_disconnect(reason):
    emit('left', reason, to='watchers')


@socketio.on('to those in', namespace='/refuse')
def refuse_to_those_in():
    emit('hello', to='in')


@socketio.on('answer', namespace='/refuse')
def refuse_answer():
    emit('handled', to='watchers')
    return 'handled'


@socketio.on('connect', namespace='/auth')
def auth_connect(auth):
    session['auth'] = auth


@socketio.on('auth', namespace='/auth')
def auth_tell():
    return [session['auth']]


@socketio.on('connect', namespace='/leave')
def leave_connect(auth):
    session['name'] = auth['name']
    join_room('home')
    join_room('of ' + auth['name'])


@socketio.on('disconnect', namespace='/leave')
def leave_disconnect(reason):
    mine = sorted(room for room in rooms() if room != request.sid)
    emit('left', (session['name'], reason, mine), to='home')
    emit('goodbye', session['name'])


@socketio.on('go', namespace='/leave')
def leave_go():
    emit('before')
    disconnect()
    emit('after')
    emit('after, to all', to='home')
    return 'gone'


@socketio.on('connect', namespace='/wire')
def wire_connect(auth):
    emit('on_connect', auth, to='watchers')


@socketio.on('disconnect', namespace='/wire')
def wire_disconnect(reason):
    emit('on_disconnect', reason, to='watchers')


@socketio.on('watch', namespace='/wire')
def wire_watch():
    join_room('watchers')
