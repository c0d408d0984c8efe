"""The namespaces that the original's own tests have."""

from flask import request, session
from flask_socketio import (
    ConnectionRefusedError, Namespace, close_room, disconnect, emit, join_room, leave_room, send)

from server import fence_in, socketio

fence_in('/')


def tell_request():
    query = request.args.to_dict(flat=False)
    send({name: query[name] for name in query if name == 'foo'}, json=True)
    names = ['Authorization', 'My-Custom-Header']
    send({name: request.headers[name] for name in names if name in request.headers}, json=True)


@socketio.on('connect')
def root_connect(auth):
    if request.args.get('fail'):
        raise ConnectionRefusedError('failed!')
    if auth != {'foo': 'bar'}:
        return False
    send('connected')
    tell_request()
    emit('dummy', to='nobody')


@socketio.on('disconnect')
def root_disconnect(reason):
    emit('left', reason, broadcast=True)


@socketio.on('message')
def root_message(message):
    send(message)
    if message != 'test noack':
        return message


@socketio.on('json')
def root_json(data):
    send(data, json=True, broadcast=True)
    if not data.get('noack'):
        return data


@socketio.on('my custom event')
def root_custom(data):
    emit('my custom response', data)
    if not data.get('noack'):
        return data


@socketio.on('other custom event')
@socketio.on('and another custom event')
def root_two_names(data):
    emit('my custom response', [request.event['message'], list(request.event['args'])])


@socketio.on('*')
def root_any(event, data):
    emit('my custom response', (event, data))


@socketio.on('my custom broadcast event')
def root_broadcast(data):
    emit('my custom response', data, broadcast=True)


@socketio.on('join room')
def root_join(data):
    join_room(data['room'])


@socketio.on('leave room')
def root_leave(data):
    leave_room(data['room'])


@socketio.on('my room event')
def root_room(data):
    emit('my room response', data, to=data['room'])


@socketio.on('my room namespace event')
def root_room_without_context(data):
    socketio.emit('my room response', data, to=data['room'])


@socketio.on('get session')
def root_get_session():
    return {'a': session.get('a')}


@socketio.on('set session')
def root_set_session(value):
    session['a'] = value


@socketio.on('exit')
def root_exit():
    disconnect()


@socketio.on('error testing')
def root_error(data):
    raise AssertionError()


@socketio.on_error()
def root_on_error(error):
    if not isinstance(error, AssertionError):
        raise error
    return 'error'


@socketio.on('connect', namespace='/test')
def test_connect(auth):
    send('connected-test')
    tell_request()


@socketio.on('disconnect', namespace='/test')
def test_disconnect():
    emit('left', broadcast=True)


@socketio.on('message', namespace='/test')
def test_message(message):
    send(message)


@socketio.on('json', namespace='/test')
def test_json(data):
    send(data, json=True, namespace='/test', broadcast=True)


@socketio.on('my custom namespace event', namespace='/test')
def test_custom(data):
    emit('my custom namespace response', data, namespace='/test')


@socketio.on('yet another custom namespace event', namespace='/test')
def test_event_seen(data):
    emit('my custom namespace response', [request.event['message'], list(request.event['args'])])


@socketio.on('my custom broadcast namespace event', namespace='/test')
def test_broadcast(data):
    emit('my custom namespace response', data, namespace='/test', broadcast=True)


@socketio.on('join room', namespace='/test')
def test_join(data):
    join_room(data['room'])


@socketio.on('my room namespace event', namespace='/test')
def test_room(data):
    send('room message', to=data['room'])


@socketio.on('close room', namespace='/test')
def test_close_room(room):
    close_room(room)


@socketio.on('get session', namespace='/test')
def test_get_session():
    return {'a': session.get('a')}


@socketio.on('exit', namespace='/test')
def test_exit():
    disconnect()


@socketio.on('error testing', namespace='/test')
def test_error(data):
    raise AssertionError()


@socketio.on_error('/test')
def test_on_error(error):
    if not isinstance(error, AssertionError):
        raise error
    return 'error/test'


@socketio.on('wildcard', namespace='*')
def any_namespace_wildcard(data):
    emit('my custom response', data)


@socketio.on('error testing', namespace='/unused_namespace')
def unused_error(data):
    raise AssertionError()


@socketio.on_error_default
def on_error_default(error):
    if not isinstance(error, AssertionError):
        raise error
    return 'error/default'


@socketio.on('connect', namespace='/bgtest')
def background_connect():
    def task():
        socketio.emit('bgtest', namespace='/bgtest')

    socketio.start_background_task(task)


class Common(Namespace):
    def on_inherited(self):
        return 'inherited'


class Ns(Common):
    def on_connect(self, auth):
        send('connected-ns')
        tell_request()

    def on_disconnect(self):
        emit('left', broadcast=True)

    def on_message(self, message):
        send(message)
        if message != 'test noack':
            return message

    def on_json(self, data):
        send(data, json=True, broadcast=True)
        if not data.get('noack'):
            return data

    def on_exit(self):
        disconnect()

    def on_my_custom_event(self, data):
        emit('my custom response', data)
        if not data.get('noack'):
            return data

    def on_other_custom_event(self, data):
        emit('my custom response', [request.event['message'], list(request.event['args'])])

    def on_self_emit(self, data):
        self.emit('my custom response', data)


socketio.on_namespace(Ns('/ns'))
