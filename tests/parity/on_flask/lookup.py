"""Functions beside classes, what is around a class, and a namespace without anything."""

from flask import request, session
from flask_socketio import ConnectionRefusedError, Namespace, emit, join_room

from server import app, fence_in, socketio

fence_in('/shadowed')


class Beside(Namespace):
    def on_both(self):
        return 'method'

    def on_method(self):
        return 'method'

    def on_wildcard(self, data):
        return 'method'

    def on_fail_in_a_method(self):
        raise AssertionError()


socketio.on_namespace(Beside('/beside'))


@socketio.on('both', namespace='/beside')
def beside_both():
    return 'function'


@socketio.on('function', namespace='/beside')
def beside_function():
    return 'function'


@socketio.on('fail in a function', namespace='/beside')
def beside_fail():
    raise AssertionError()


@socketio.on_error('/beside')
def beside_on_error(error):
    return 'error/beside'


ANSWERS = {'nothing': None, 'tuple': ('a', 1), 'list': ['a', 1], 'bytes': b'abc'}

for name, answer in ANSWERS.items():
    socketio.on_event(name, lambda answer=answer: answer, namespace='/beside')


class Doors(Namespace):
    def on_connect(self, auth):
        session['by'] = 'method'

    def on_disconnect(self, reason):
        emit('left', 'method', broadcast=True, include_self=False)

    def on_who(self):
        return session['by']


socketio.on_namespace(Doors('/doors'))


@socketio.on('connect', namespace='/doors')
def doors_connect(auth):
    if auth == {'name': 'nobody'}:
        return False
    session['by'] = 'function'


@socketio.on('disconnect', namespace='/doors')
def doors_disconnect(reason):
    emit('left', 'function', broadcast=True, include_self=False)


class Shadowed(Namespace):
    def on_connect(self, auth):
        session['by'] = 'method'

    def on_disconnect(self, reason):
        emit('left', 'method', broadcast=True, include_self=False)

    def on_method(self):
        return 'method'


socketio.on_namespace(Shadowed('/shadowed'))


@socketio.on('named', namespace='/shadowed')
def shadowed_named():
    return 'function'


@socketio.on('*', namespace='/shadowed')
def shadowed_any(event, *args):
    return [event, list(args), session['by']]


class Watched(Namespace):
    def trigger_event(self, event, *args):
        self.emit('before', event, room='watchers')
        if event == 'connect' and args[2] == {'name': 'nobody'}:
            raise ConnectionRefusedError('not you')
        if event == 'held_back':
            return 'not today'
        try:
            answer = super().trigger_event(event, *args)
        except Exception:
            self.emit('failed', event, room='watchers')
            raise
        self.emit('after', (event, [] if answer is None else [answer]), room='watchers')
        return answer

    def on_connect(self, auth):
        emit('on_connect', to='watchers')

    def on_disconnect(self, reason):
        emit('on_disconnect', reason, to='watchers', skip_sid=request.sid)

    def on_watch(self):
        join_room('watchers')

    def on_double(self, number):
        emit('on_double', to='watchers')
        return number * 2

    def on_held_back(self):
        return 'method'

    def on_fail(self):
        raise AssertionError()


socketio.on_namespace(Watched('/watched'))


@socketio.on('function', namespace='/watched')
def watched_function():
    return 'function'


@app.post('/announce')
def announce():
    socketio.emit('announced', request.get_data(as_text=True), namespace='/accepted')
    return 'announced'
