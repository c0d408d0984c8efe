"""What no client should send, and who may not even try."""

from scenarios.leaving import two_at_home
from stage import scenario


@scenario
def events_called_connect_and_disconnect(stage):
    watch = stage.client('/wire')
    stage.call(watch, '/wire', 'watch')
    b = stage.client('/wire', auth={'by': 'the handshake'})
    watch.wait('on_connect')
    stage.settle()
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
    a.gone = True
    a.send('fence', 'x' * 1_100_000, namespace='/leave', quiet=True)
    stage.wait_for_leaving(b)


@scenario
def origins(stage):
    for origin in [None, 'http://SERVER', 'https://SERVER', 'http://example.com', 'null', 'nonsense']:
        headers = {} if origin is None else {'Origin': origin}
        stage.notes.append(f'Origin {origin}: {stage.handshake(headers)}')


@scenario
def origins_behind_a_proxy(stage):
    forwarded = {'X-Forwarded-Proto': 'https', 'X-Forwarded-Host': 'example.com'}
    for origin in ['https://example.com', 'http://example.com', 'https://example.org']:
        stage.notes.append(f'Origin {origin}: {stage.handshake({**forwarded, "Origin": origin})}')
