"""Who may connect, and who is told why not."""

from socketio.packet import CONNECT

from scenarios.hostile import outlive
from stage import ALL, scenario


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


@scenario(transports=ALL)
def accepted_after_an_emit(stage):
    watch = stage.client('/refuse', auth={'how': 'watch'})
    stage.client('/refuse', auth={'how': 'true', 'emit': True})
    stage.call(watch, '/refuse', 'to those in')


@scenario
def refused_in_one_of_two_namespaces(stage):
    a = stage.newcomer()
    a.connect('/answers', '/refuse', auth={'how': 'refused with a text'})
    stage.call(a, '/answers', 'answer text')


@scenario
def on_connect_crashes(stage):
    stage.client('/refuse', auth={'how': 'watch'})
    b = stage.newcomer()
    # The original leaves the client without an answer: that is awaited on neither side, it is in the table.
    answers = 1 if stage.server['name'] != 'hobnob' else 2
    b.connect('/answers', '/refuse', auth={'how': 'crash'}, answers=answers)
    b.send('answer', namespace='/refuse')
    outlive(stage, b)


@scenario
def unknown_namespace(stage):
    a = stage.newcomer()
    a.connect('/answers', '/nowhere')
    stage.call(a, '/answers', 'answer text')


@scenario
def auth_object(stage):
    a, b = stage.client('/auth', auth={'token': 'x'}), stage.client('/auth', auth={'n': [1, None]})
    stage.call(a, '/auth', 'auth')
    stage.call(b, '/auth', 'auth')


@scenario
def no_auth_object(stage):
    a = stage.client('/answers')
    a.packet(CONNECT, '/auth')
    a.wait('/auth connected')
    stage.call(a, '/auth', 'auth')


@scenario
def empty_auth_object(stage):
    a = stage.client('/auth', auth={})
    stage.call(a, '/auth', 'auth')
