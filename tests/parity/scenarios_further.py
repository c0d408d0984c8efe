"""What the original documents or does and does not test."""

import base64
import time

from player import DEADLINE
from stage import scenario

SHAPES = [
    'none', 'zero', 'empty text', 'false', 'true', 'number', 'fraction', 'text', 'list', 'empty list', 'object',
    'tuple', 'tuple of one', 'empty tuple', 'null in a tuple', 'bytes', 'bytes in an object', 'bytes in a tuple']


# Answers and events.


@scenario
def answers_of_every_shape(stage):
    a = stage.client('/answers')
    for shape in SHAPES:
        stage.call(a, '/answers', 'answer ' + shape)


@scenario
def emits_of_every_shape(stage):
    a = stage.client('/emits')
    for shape in ['omitted'] + SHAPES:
        stage.call(a, '/emits', 'emit', shape)
    stage.call(a, '/emits', 'send')


@scenario
def answer_comes_last(stage):
    a = stage.client('/answers')
    stage.call(a, '/answers', 'emit and answer')


@scenario
def arguments_of_every_shape(stage):
    a = stage.client('/answers')
    for argument in [None, 0, -1.5, '', 'héllo ☃ "quoted"', True, [], [1, [2, [None]]], {}, {'a': {'b': []}}]:
        stage.call(a, '/answers', 'echo', argument)
    stage.call(a, '/answers', 'echo')
    stage.call(a, '/answers', 'echo', 1, 'two', [3], {'four': 4})
    stage.call(a, '/answers', 'file', {'file': b'\x00\xff', 'name': 'x'})
    stage.call(a, '/answers', 'files', [b'%d' % number for number in range(10)])
    stage.call(a, '/answers', 'optional', 1)
    stage.call(a, '/answers', 'optional', 1, 2)
    stage.call(a, '/answers', 'number', 41)


@scenario
def message_below_the_limit(stage):
    a = stage.client('/answers')
    stage.call(a, '/answers', 'echo', 'x' * 900_000)


@scenario
def too_few_arguments(stage):
    a = stage.client('/answers')
    stage.ask(a, '/answers', 'two', 1)


@scenario
def too_many_arguments(stage):
    a = stage.client('/answers')
    stage.ask(a, '/answers', 'two', 1, 2, 3)


@scenario
def argument_of_the_wrong_type(stage):
    a = stage.client('/answers')
    stage.ask(a, '/answers', 'number', 'not a number')


@scenario
def handler_fails(stage):
    a = stage.client('/answers')
    stage.ask(a, '/answers', 'fail')
    stage.ask(a, '/answers', 'crash')
    stage.ask(a, '/answers', 'unserializable answer')
    stage.ask(a, '/answers', 'unserializable emit')
    stage.call(a, '/answers', 'answer text')


@scenario
def unhandled_in_a_namespace_of_functions(stage):
    a = stage.client('/answers')
    stage.ask(a, '/answers', 'an event nobody knows', 1)


@scenario
def unhandled_in_a_class(stage):
    a = stage.client('/ns')
    stage.ask(a, '/ns', 'an_event_nobody_knows', 1)


@scenario
def inherited_method(stage):
    a = stage.client('/ns')
    stage.call(a, '/ns', 'inherited')


@scenario
def emit_of_a_class_reaches_everybody(stage):
    a, b = stage.client('/ns'), stage.client('/ns')
    stage.call(a, '/ns', 'self_emit', {'a': 'b'})


@scenario
def emit_under_a_name_of_the_protocol(stage):
    a = stage.client('/emits')
    stage.ask(a, '/emits', 'reserved')


# Rooms.


def three(stage):
    """Three clients and their sids: `a` and `b` in room one, `b` and `c` in room two."""
    players = [stage.client('/rooms') for _ in range(3)]
    sids = [stage.call(player, '/rooms', 'who')[0] for player in players]
    a, b, c = players
    stage.call(a, '/rooms', 'join', 'one')
    stage.call(b, '/rooms', 'join', 'one', 'two')
    stage.call(c, '/rooms', 'join', 'two')
    return players, sids


@scenario
def rooms_of_a_client(stage):
    (a, b, c), _ = three(stage)
    stage.call(b, '/rooms', 'rooms')
    stage.call(b, '/rooms', 'leave', 'one')
    stage.call(b, '/rooms', 'leave', 'a room it is not in')
    stage.call(b, '/rooms', 'rooms')
    stage.call(b, '/rooms', 'join', 'two')
    stage.call(b, '/rooms', 'rooms')


@scenario
def own_room_among_the_rooms(stage):
    a = stage.client('/rooms')
    stage.call(a, '/rooms', 'all rooms')


@scenario
def own_room_left(stage):
    a = stage.client('/rooms')
    (sid,) = stage.call(a, '/rooms', 'who')
    stage.call(a, '/rooms', 'to', sid, {})
    stage.call(a, '/rooms', 'leave', sid)
    stage.call(a, '/rooms', 'to', sid, {})


@scenario
def to_rooms_and_sids(stage):
    (a, b, c), (sid_a, sid_b, sid_c) = three(stage)
    for to in ['one', 'two', ['one', 'two'], ['one', 'one'], 'nobody is here', sid_b, [sid_a, sid_c], ['one', sid_a]]:
        stage.call(a, '/rooms', 'to', to, {})
        stage.call(a, '/rooms', 'without context', to) if isinstance(to, str) else None
    stage.call(a, '/rooms', 'all', {})


@scenario
def to_nothing(stage):
    a, b = stage.client('/rooms'), stage.client('/rooms')
    stage.call(a, '/rooms', 'to', '', {})
    stage.call(a, '/rooms', 'to', [], {})


@scenario
def leaving_out(stage):
    (a, b, c), (sid_a, sid_b, sid_c) = three(stage)
    for options in [{'include_self': False}, {'skip_sid': sid_b}, {'skip_sid': [sid_a, sid_b]}, {'skip_sid': []}]:
        stage.call(a, '/rooms', 'all', options)
        stage.call(a, '/rooms', 'to', ['one', 'two'], options)
        stage.call(a, '/rooms', 'send to', 'one', options)


@scenario
def leaving_out_the_sender_and_another(stage):
    (a, b, c), (sid_a, sid_b, sid_c) = three(stage)
    stage.call(a, '/rooms', 'all', {'include_self': False, 'skip_sid': sid_b})
    stage.call(a, '/rooms', 'send to', 'one', {'include_self': False, 'skip_sid': sid_b})


@scenario
def closed_room(stage):
    (a, b, c), _ = three(stage)
    stage.call(c, '/rooms', 'close', 'two')
    stage.call(a, '/rooms', 'to', 'two', {})
    stage.post('/close', 'one')
    stage.call(a, '/rooms', 'to', 'one', {})
    for player in a, b, c:
        stage.call(player, '/rooms', 'rooms')


@scenario
def what_one_does_to_another(stage):
    (a, b, c), (sid_a, sid_b, sid_c) = three(stage)
    stage.call(a, '/rooms', 'join other', sid_c, 'one')
    stage.call(a, '/rooms', 'to', 'one', {})
    a.call('put out', sid_b, namespace='/rooms')
    b.wait('/rooms disconnected: server disconnect')
    stage.call(a, '/rooms', 'to', ['one', 'two'], {})


@scenario
def sid_of_a_client(stage):
    a = stage.client('/rooms', '/calls')
    sids = {namespace: stage.call(a, namespace, 'who')[0] for namespace in ['/rooms', '/calls']}
    known = {namespace: a.client.get_sid(namespace) for namespace in sids}
    a.note(f'the same in both namespaces: {sids["/rooms"] == sids["/calls"]}')
    a.note(f'the one the client knows: {sids == known}')
    a.note(f'the one the client knows is the key to its connection: {a.client.eio.sid in known.values()}')


# Who may connect.


@scenario
def accepted_by_what_is_returned(stage):
    for how in ['none', 'zero', 'empty text', 'true', 'text']:
        stage.client('/refuse', auth={'how': how})


@scenario
def refused_by_false(stage):
    stage.client('/refuse', auth={'how': 'watch'})
    stage.client('/refuse', auth={'how': 'false'})
    stage.patience()


@scenario
def refused_by_an_error(stage):
    stage.client('/refuse', auth={'how': 'watch'})
    for how in ['refused', 'refused with a text', 'refused with a number']:
        stage.client('/refuse', auth={'how': how})
    stage.patience()


@scenario
def refused_with_data(stage):
    for how in ['refused with an object', 'refused with several']:
        stage.client('/refuse', auth={'how': how})


@scenario
def refused_after_an_emit(stage):
    watch = stage.client('/refuse', auth={'how': 'watch'})
    stage.client('/refuse', auth={'how': 'false', 'emit': True})
    stage.call(watch, '/refuse', 'to those in')


@scenario
def accepted_after_an_emit(stage):
    watch = stage.client('/refuse', auth={'how': 'watch'})
    stage.client('/refuse', auth={'how': 'true', 'emit': True})
    stage.call(watch, '/refuse', 'to those in')


@scenario
def refused_in_one_of_two_namespaces(stage):
    a = stage.newcomer()
    a.connect_without_waiting('/answers', '/refuse', auth={'how': 'refused with a text'})
    a.until('an answer from both', lambda: len(a.trace) == 2)
    a.trace.sort()
    stage.call(a, '/answers', 'answer text')


@scenario
def on_connect_crashes(stage):
    stage.client('/refuse', auth={'how': 'watch'})
    b = stage.newcomer()
    b.connect_without_waiting('/refuse', '/answers', auth={'how': 'crash'})
    b.wait('/answers connected')
    stage.patience()


@scenario
def event_after_on_connect_has_crashed(stage):
    stage.client('/refuse', auth={'how': 'watch'})
    b = stage.newcomer()
    b.connect_without_waiting('/refuse', auth={'how': 'crash'})
    if stage.server['name'] == 'hobnob':
        b.wait('/refuse refused ["internal error"]')
    answered = b.ask('answer', namespace='/refuse')
    b.until('an answer, or the end', lambda: answered or b.client.eio.state != 'connected')


@scenario
def unknown_namespace(stage):
    a = stage.newcomer()
    a.connect_without_waiting('/answers', '/nowhere')
    a.until('an answer from both', lambda: len(a.trace) == 2)
    a.trace.sort()
    stage.call(a, '/answers', 'answer text')


@scenario
def auth_object(stage):
    a, b = stage.client('/auth', auth={'token': 'x'}), stage.client('/auth', auth={'n': [1, None]})
    stage.call(a, '/auth', 'auth')
    stage.call(b, '/auth', 'auth')


@scenario
def empty_auth_object(stage):
    a = stage.client('/auth', auth={})
    stage.call(a, '/auth', 'auth')


# Who leaves.


def two_at_home(stage, **options):
    a = stage.client('/leave', auth={'name': 'Ann'}, **options)
    b = stage.client('/leave', auth={'name': 'Ben'}, **options)
    return a, b


@scenario
def client_leaves_a_namespace(stage):
    a, b = two_at_home(stage)
    a.leave('/leave')
    b.wait('left')
    stage.settle()


@scenario
def client_ends_the_connection(stage):
    a, b = two_at_home(stage)
    a.close_connection()
    b.wait('left')


@scenario(transports=['websocket'])
def client_closes_the_websocket(stage):
    a, b = two_at_home(stage)
    a.close_websocket()
    b.wait('left')


@scenario(transports=['websocket'])
def connection_breaks(stage):
    a, b = two_at_home(stage)
    a.drop_websocket()
    b.wait('left')


@scenario
def client_stops_answering_pings(stage):
    a, b = two_at_home(stage, hasty=True)
    a.stop_answering()
    b.wait('left')


@scenario
def server_disconnects_in_a_handler(stage):
    a = stage.client('/leave', '/answers', auth={'name': 'Ann'})
    b = stage.client('/leave', auth={'name': 'Ben'})
    answered = a.ask('go', namespace='/leave')
    a.wait('/leave disconnected: server disconnect')
    a.until('an acknowledgement', lambda: answered)
    b.wait('left')
    stage.call(a, '/answers', 'answer text')
    stage.call(b, '/leave', 'fence')


@scenario
def two_namespaces_on_one_connection(stage):
    a, b = stage.client('/leave', '/answers', auth={'name': 'Ann'}), stage.client('/leave', auth={'name': 'Ben'})
    a.leave('/leave')
    b.wait('left')
    stage.call(a, '/answers', 'answer text')


@scenario
def session_of_two_namespaces(stage):
    a = stage.client('/', '/test', auth={'foo': 'bar'})
    a.trace.clear()
    stage.call(a, '/', 'set session', 'b')
    stage.call(a, '/test', 'get session')


# Calls.


@scenario
def server_asks(stage):
    a = stage.client('/calls')
    a.replies = {'one': lambda question: [question], 'several': lambda question: (question, 2), 'none': None}
    for event in ['one', 'several', 'none']:
        stage.call(a, '/calls', 'ask', event)


@scenario
def server_asks_with_a_callback(stage):
    a = stage.client('/calls')
    a.replies = {'several': lambda question: (question, {'b': 2})}
    a.call('ask with a callback', 'several', namespace='/calls')
    a.wait('answered')


@scenario
def server_asks_in_vain(stage):
    a = stage.client('/calls')
    released = []
    a.replies = {'never answered': lambda: a.step()}
    # Not answered: the acknowledgement of the official client is taken out of its way.
    send = a.client._send_packet
    a.client._send_packet = lambda packet: released.append(1) if packet.packet_type == 3 else send(packet)
    stage.call(a, '/calls', 'ask in vain')


@scenario
def server_asks_another(stage):
    a, b = stage.client('/calls'), stage.client('/calls')
    (sid,) = stage.call(b, '/calls', 'who')
    b.replies = {'one': {'from': 'b'}}
    stage.call(a, '/calls', 'ask another', sid)


@scenario
def asked_one_leaves(stage):
    a, b = stage.client('/calls'), stage.client('/calls')
    (sid,) = stage.call(b, '/calls', 'who')
    send = b.client._send_packet
    b.client._send_packet = lambda packet: None if packet.packet_type == 3 else send(packet)
    b.replies = {'one': lambda question: b.leave('/calls')}
    stage.call(a, '/calls', 'ask one who leaves', sid)


# What comes from outside of handlers.


@scenario
def emit_from_a_route_and_from_a_task(stage):
    a, b = stage.client('/news'), stage.client('/news')
    stage.post('/publish', 'from a route')
    for player in a, b:
        player.step()
    a.call('task', 'from a task', namespace='/news')
    for player in a, b:
        player.until('news from a task', lambda: any('from a task' in line and '<' in line for line in player.trace))
    # The task may be faster than the answer.
    a.trace.sort()


@scenario
def emit_to_another_namespace(stage):
    a, b = stage.client('/rooms', '/news'), stage.client('/news')
    stage.call(a, '/rooms', 'to another namespace', 'hello')


# What no client should send.


@scenario
def events_called_connect_and_disconnect(stage):
    watch = stage.client('/wire')
    stage.call(watch, '/wire', 'watch')
    b = stage.client('/wire', auth={'by': 'the handshake'})
    watch.wait('on_connect')
    b.send('connect', {'by': 'an event'}, namespace='/wire')
    b.send('disconnect', 'an event', namespace='/wire')
    stage.patience()


@scenario
def second_connect_to_a_namespace(stage):
    a = stage.client('/answers')
    a.raw('0/answers,{}')
    stage.patience()


@scenario
def event_in_a_namespace_not_joined(stage):
    a = stage.client('/answers')
    a.send('answer text', namespace='/rooms')
    outlive(stage, a)


@scenario
def event_without_a_name(stage):
    for text in ['2/answers,[]', '2/answers,{}', '2/answers,[5]']:
        a = stage.client('/answers')
        a.raw(text)
        outlive(stage, a)


def outlive(stage, player):
    """Shows whether the connection survives."""
    if stage.survives(player):
        player.note('still connected')


@scenario
def too_many_attachments(stage):
    a = stage.client('/answers')
    answered = a.ask('files', [b'%d' % number for number in range(11)], namespace='/answers')
    a.until('an answer, or the end', lambda: answered or a.client.eio.state != 'connected')


@scenario
def message_above_the_limit(stage):
    a, b = two_at_home(stage)
    a.send('fence', 'x' * 1_100_000, namespace='/leave', quiet=True)
    b.wait('left')


@scenario
def origins(stage):
    for origin in [None, 'SERVER', 'http://example.com', 'null', 'https://SERVER', 'nonsense']:
        headers = {} if origin is None else {'Origin': origin.replace('https://SERVER', 'SERVER'.lower())}
        stage.notes.append(f'Origin {origin}: {stage.handshake(headers)}')


@scenario
def origins_behind_a_proxy(stage):
    forwarded = {'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'example.com'}
    for origin in ['https://example.com', 'http://example.com', 'https://example.org']:
        stage.notes.append(f'Origin {origin}: {stage.handshake({**forwarded, "Origin": origin})}')
