"""The application on Flask-SocketIO: what app.rs is compared with. Prints its address.

The namespaces `/`, `/test`, `/ns`, `/unused_namespace` and `/bgtest` do what the ones in the original's
own tests do; the others have one subject each.
"""

import logging
import sys
import threading

from flask import Flask, request, session
from flask_socketio import (
    ConnectionRefusedError, Namespace, SocketIO, call, close_room, disconnect, emit, join_room, leave_room,
    rooms, send)
from werkzeug.serving import make_server

logging.disable(logging.CRITICAL)

app = Flask(__name__)
app.config['SECRET_KEY'] = 'for the cookie of the session'
hasty = {'ping_interval': 1, 'ping_timeout': 1} if '--hasty' in sys.argv else {}
socketio = SocketIO(app, async_mode='threading', **hasty)


def fence():
    """Answered when everything before it is on its way: how drive.py knows that no more will come."""


NAMESPACES = [
    '/', '/test', '/unused_namespace', '/bgtest', '/answers', '/emits', '/rooms', '/refuse', '/auth', '/leave',
    '/calls', '/wire', '/news']
for namespace in NAMESPACES:
    socketio.on_event('fence', fence, namespace=namespace)


def tell_request():
    query = request.args.to_dict(flat=False)
    send({name: query[name] for name in query if name == 'foo'}, json=True)
    names = ['Authorization', 'My-Custom-Header']
    send({name: request.headers[name] for name in names if name in request.headers}, json=True)


# The namespaces of the original's tests.


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

    def on_fence(self):
        pass


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


# What a handler answers.

ANSWERS = {
    'none': None, 'zero': 0, 'empty text': '', 'false': False, 'true': True, 'number': 7, 'fraction': 0.5,
    'text': 'héllo ☃', 'list': [1, 2], 'empty list': [], 'object': {'a': [1, {'b': None}]}, 'tuple': (1, 'two', [3]),
    'tuple of one': (1,), 'empty tuple': (), 'null in a tuple': (None,), 'bytes': b'\x00\x01\xff',
    'bytes in an object': {'file': b'abc', 'name': 'x'}, 'bytes in a tuple': (b'a', 1, b'b')}


for name, answer in ANSWERS.items():
    socketio.on_event('answer ' + name, lambda answer=answer: answer, namespace='/answers')


@socketio.on('emit and answer', namespace='/answers')
def answers_order():
    for number in range(3):
        emit('number', number)
    return 'after'


@socketio.on('two', namespace='/answers')
def answers_two(a, b):
    emit('ran', (a, b))
    return 'two'


@socketio.on('optional', namespace='/answers')
def answers_optional(a, b=None):
    return [a, b]


@socketio.on('number', namespace='/answers')
def answers_number(n):
    return n + 1


@socketio.on('echo', namespace='/answers')
def answers_echo(*args):
    return list(args)


@socketio.on('file', namespace='/answers')
def answers_file(file):
    emit('file', file)
    return file


@socketio.on('files', namespace='/answers')
def answers_files(files):
    return len(files)


@socketio.on('fail', namespace='/answers')
def answers_fail():
    raise OSError('the disk is full')


@socketio.on('crash', namespace='/answers')
def answers_crash():
    return 1 / 0


@socketio.on('unserializable answer', namespace='/answers')
def answers_unserializable():
    return object()


@socketio.on('unserializable emit', namespace='/answers')
def emit_unserializable():
    emit('unserializable', object())


# What is emitted.


@socketio.on('emit', namespace='/emits')
def emits(name):
    if name == 'omitted':
        emit('shape')
    else:
        emit('shape', ANSWERS[name])


@socketio.on('snapshot', namespace='/emits')
def emits_snapshot(data):
    emit('snapshot', data)
    data['foo'] = 'baz'
    return data


@socketio.on('send', namespace='/emits')
def emits_send():
    send('text')
    send({'a': 1}, json=True)
    send(b'bytes')


@socketio.on('reserved', namespace='/emits')
def emits_reserved():
    emit('connect', 'not a connection')
    return 'sent'


# Whom it reaches.


@socketio.on('who', namespace='/rooms')
def rooms_who():
    return request.sid


@socketio.on('join', namespace='/rooms')
def rooms_join(*names):
    for name in names:
        join_room(name)
    return len(names)


@socketio.on('leave', namespace='/rooms')
def rooms_leave(room):
    leave_room(room)


@socketio.on('rooms', namespace='/rooms')
def rooms_rooms():
    return sorted(room for room in rooms() if room != request.sid)


@socketio.on('all rooms', namespace='/rooms')
def rooms_all():
    return ['own sid' if room == request.sid else room for room in rooms()]


@socketio.on('close', namespace='/rooms')
def rooms_close(room):
    close_room(room)


@socketio.on('to', namespace='/rooms')
def rooms_to(room, options):
    emit('hello', 'to', to=room, **options)


@socketio.on('send to', namespace='/rooms')
def rooms_send_to(room, options):
    send('hello', to=room, **options)


@socketio.on('all', namespace='/rooms')
def rooms_broadcast(options):
    emit('hello', 'all', broadcast=True, **options)


@socketio.on('without context', namespace='/rooms')
def rooms_without_context(room):
    socketio.emit('hello', 'without context', namespace='/rooms', to=room)


@socketio.on('join other', namespace='/rooms')
def rooms_join_other(sid, room):
    join_room(room, sid=sid)


@socketio.on('put out', namespace='/rooms')
def rooms_put_out(sid):
    disconnect(sid)


@socketio.on('to another namespace', namespace='/rooms')
def rooms_to_another(text):
    emit('news', text, namespace='/news', broadcast=True)


# Who may connect.

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


# Who leaves.


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


# Who is asked.


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


# What comes in under names of the protocol.


@socketio.on('connect', namespace='/wire')
def wire_connect(auth):
    emit('on_connect', auth, to='watchers')


@socketio.on('disconnect', namespace='/wire')
def wire_disconnect(reason):
    emit('on_disconnect', reason, to='watchers')


@socketio.on('watch', namespace='/wire')
def wire_watch():
    join_room('watchers')


# What comes from outside of handlers.


@socketio.on('task', namespace='/news')
def news_task(text):
    socketio.start_background_task(socketio.emit, 'news', text, namespace='/news')
    return 'started'


@app.post('/publish')
def publish():
    socketio.emit('news', request.get_data(as_text=True), namespace='/news')
    return 'published'


@app.post('/close')
def close():
    socketio.close_room(request.get_data(as_text=True), namespace='/rooms')
    return 'closed'


if __name__ == '__main__':
    server = make_server('127.0.0.1', 0, app, threaded=True)
    print(f'http://127.0.0.1:{server.port}', flush=True)
    # Ends with drive.py, however that ends.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
