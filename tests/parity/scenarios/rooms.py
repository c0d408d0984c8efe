"""Whom an event reaches."""

from stage import scenario


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
