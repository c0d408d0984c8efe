"""Who leaves, why, and who is told. And who is asked, and leaves."""

from stage import scenario


def two_at_home(stage, **options):
    a = stage.client('/leave', auth={'name': 'Ann'}, **options)
    b = stage.client('/leave', auth={'name': 'Ben'}, **options)
    return a, b


@scenario
def client_leaves_a_namespace(stage):
    a, b = two_at_home(stage)
    a.leave('/leave')
    stage.wait_for_leaving(b)


@scenario
def client_ends_the_connection(stage):
    a, b = two_at_home(stage)
    a.close_connection()
    stage.wait_for_leaving(b)


@scenario(transports=['websocket'])
def client_closes_the_websocket(stage):
    a, b = two_at_home(stage)
    a.close_websocket()
    stage.wait_for_leaving(b)


@scenario(transports=['websocket'])
def connection_breaks(stage):
    a, b = two_at_home(stage)
    a.drop_websocket()
    stage.wait_for_leaving(b)


@scenario
def client_stops_answering_pings(stage):
    a, b = two_at_home(stage, application='hasty')
    a.stop_answering()
    stage.wait_for_leaving(b)


@scenario
def server_disconnects_in_a_handler(stage):
    a = stage.client('/leave', '/answers', auth={'name': 'Ann'})
    b = stage.client('/leave', auth={'name': 'Ben'})
    answered = a.ask('go', namespace='/leave')
    a.wait('/leave disconnected: server disconnect')
    a.until('an acknowledgement', lambda: answered)
    stage.wait_for_leaving(b)
    stage.call(a, '/answers', 'answer text')
    stage.call(b, '/leave', 'fence')


@scenario
def two_namespaces_on_one_connection(stage):
    a, b = stage.client('/leave', '/answers', auth={'name': 'Ann'}), stage.client('/leave', auth={'name': 'Ben'})
    a.leave('/leave')
    stage.wait_for_leaving(b)
    stage.call(a, '/answers', 'answer text')


@scenario
def session_of_two_namespaces(stage):
    a = stage.client('/', '/test', auth={'foo': 'bar'})
    a.trace.clear()
    stage.call(a, '/', 'set session', 'b')
    stage.call(a, '/test', 'get session')


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
    # Whether the question or the acknowledgement comes first is up to the task that asks.
    a.trace.sort()


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
    b.replies = {'one': lambda question: b.leave('/calls', aside=False)}
    stage.call(a, '/calls', 'ask one who leaves', sid)
