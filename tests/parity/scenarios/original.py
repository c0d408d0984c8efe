"""What the original's own tests check, as scenarios over the wire.

Left out is what has no counterpart on the wire or in hobnob: message queues, delayed `init_app`, sessions that
are not managed, and what its test client itself refuses to encode.
"""

from stage import scenario

FOO = {'foo': 'bar'}


@scenario
def connect(stage):
    stage.client('/', auth=FOO)
    stage.client('/', auth=FOO)


@scenario
def connect_with_query_and_headers(stage):
    stage.client('/', auth=FOO, query='?foo=bar&foo=baz', headers={'Authorization': 'Bearer foobar'})


@scenario
def connect_to_a_namespace(stage):
    a = stage.client('/test')
    b = stage.client('/test', query='?foo=bar', headers={'My-Custom-Header': 'x'})
    a.leave('/test')
    stage.wait_for_leaving(b)


@scenario
def connect_refused(stage):
    stage.client('/', auth=FOO, query='?fail=1')
    stage.client('/', auth={'foo': 'baz'})


@scenario
def client_disconnects(stage):
    a, b = stage.client('/', auth=FOO), stage.client('/', auth=FOO)
    a.leave('/')
    stage.wait_for_leaving(b)


@scenario
def send(stage):
    a, b = stage.client('/', auth=FOO), stage.client('/', auth=FOO)
    stage.emit(a, '/', 'message', 'echo this message back')
    stage.emit(a, '/', 'json', {'a': 'b'})
    c, d = stage.client('/test'), stage.client('/test')
    stage.emit(c, '/test', 'message', 'echo this message back')
    stage.emit(d, '/test', 'json', {'a': 'b'})


@scenario
def emit(stage):
    a, b = stage.client('/', auth=FOO), stage.client('/test')
    stage.emit(a, '/', 'my custom event', {'a': 'b'})
    stage.emit(b, '/test', 'my custom namespace event', {'a': 'b'})


@scenario
def catch_alls(stage):
    a, b = stage.client('/', auth=FOO), stage.client('/test')
    stage.emit(a, '/', 'an event nobody knows', {'a': 'b'})
    stage.emit(b, '/test', 'wildcard', {'a': 'b'})


@scenario
def event_seen_by_its_handler(stage):
    a, b, c = stage.client('/', auth=FOO), stage.client('/test'), stage.client('/ns')
    stage.emit(a, '/', 'other custom event', 'foo')
    stage.emit(a, '/', 'and another custom event', 'bar')
    stage.emit(b, '/test', 'yet another custom namespace event', 'foo')
    stage.emit(c, '/ns', 'other_custom_event', 'foo')


@scenario
def broadcast(stage):
    a, b, c = stage.client('/', auth=FOO), stage.client('/', auth=FOO), stage.client('/test')
    stage.emit(a, '/', 'my custom broadcast event', {'a': 'b'})
    d = stage.client('/test')
    stage.emit(d, '/test', 'my custom broadcast namespace event', {'a': 'b'})
    stage.settle()


@scenario
def session(stage):
    a, b = stage.client('/', auth=FOO), stage.client('/', auth=FOO)
    stage.call(a, '/', 'get session')
    stage.call(a, '/', 'set session', 'b')
    stage.call(a, '/', 'get session')
    stage.call(a, '/', 'set session', 'c')
    stage.call(a, '/', 'get session')
    stage.call(b, '/', 'get session')


@scenario
def room(stage):
    a, b, c = stage.client('/', auth=FOO), stage.client('/', auth=FOO), stage.client('/test')
    one = {'room': 'one'}
    stage.call(a, '/', 'join room', one)
    stage.call(b, '/', 'join room', one)
    stage.call(c, '/test', 'join room', one)
    stage.call(a, '/', 'my room event', {'a': 'b', 'room': 'one'})
    stage.call(a, '/', 'leave room', one)
    stage.call(a, '/', 'my room event', {'a': 'b', 'room': 'one'})
    b.leave('/')
    stage.wait_for_leaving(a)
    stage.call(a, '/', 'my room event', {'a': 'b', 'room': 'one'})
    stage.call(a, '/', 'my room namespace event', {'a': 'b', 'room': 'one'})
    stage.call(c, '/test', 'my room namespace event', one)
    stage.call(c, '/test', 'close room', 'one')
    stage.call(c, '/test', 'my room namespace event', one)


@scenario
def error_handlers(stage):
    a, b, c = stage.client('/', auth=FOO), stage.client('/test'), stage.client('/unused_namespace')
    stage.call(a, '/', 'error testing', '')
    stage.call(b, '/test', 'error testing', '')
    stage.call(c, '/unused_namespace', 'error testing', '')


@scenario
def acknowledgements(stage):
    a, b, c = stage.client('/', auth=FOO), stage.client('/test'), stage.client('/ns')
    for player, namespace, event in [(a, '/', 'my custom event'), (c, '/ns', 'my_custom_event')]:
        stage.call(player, namespace, 'message', 'echo this message back')
        stage.call(player, namespace, 'json', {'a': 'b'})
        stage.call(player, namespace, event, {'a': 'b'})
    stage.call(b, '/test', 'message', 'a handler without a return value')


@scenario
def acknowledgement_of_a_handler_that_sometimes_returns_nothing(stage):
    a = stage.client('/', auth=FOO)
    stage.call(a, '/', 'message', 'test noack')
    stage.call(a, '/', 'my custom event', {'noack': True})


@scenario
def no_acknowledgement_unless_asked(stage):
    a, c = stage.client('/', auth=FOO), stage.client('/ns')
    for player, namespace in [(a, '/'), (c, '/ns')]:
        stage.emit(player, namespace, 'message', 'echo this message back')
        stage.emit(player, namespace, 'json', {'a': 'b'})


@scenario
def class_based(stage):
    a = stage.client('/ns')
    b = stage.client('/ns', query='?foo=bar&foo=baz', headers={'Authorization': 'Bearer foobar'})
    stage.emit(a, '/ns', 'message', 'echo this message back')
    stage.emit(a, '/ns', 'json', {'a': 'b'})
    stage.emit(a, '/ns', 'my_custom_event', {'a': 'b'})
    a.leave('/ns')
    stage.wait_for_leaving(b)


@scenario
def server_disconnects(stage):
    a, b = stage.client('/', auth=FOO), stage.client('/', auth=FOO)
    c = stage.client('/ns')
    a.send('exit', namespace='/')
    a.wait('/ disconnected: server disconnect')
    stage.wait_for_leaving(b)
    b.send('exit', namespace='/')
    b.wait('/ disconnected: server disconnect')
    c.send('exit', namespace='/ns')
    c.wait('/ns disconnected: server disconnect')


@scenario
def emit_is_a_snapshot(stage):
    a = stage.client('/emits')
    stage.call(a, '/emits', 'snapshot', {'foo': 'bar'})


@scenario
def background_task(stage):
    a = stage.newcomer()
    a.connect('/bgtest')
    a.wait('bgtest')
    # The task may be faster than the acceptance, in the original as well.
    a.trace.sort()
