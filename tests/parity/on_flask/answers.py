"""Answers and events of every shape, and handlers that fail."""

from flask_socketio import emit, send

from server import socketio

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
