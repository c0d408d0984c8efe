"""What handlers take, answer and emit, and what becomes of it when they fail."""

from stage import ALL, scenario

SHAPES = [
    'none', 'zero', 'empty text', 'false', 'true', 'number', 'fraction', 'text', 'list', 'empty list', 'object',
    'tuple', 'tuple of one', 'empty tuple', 'null in a tuple', 'bytes', 'bytes in an object', 'bytes in a tuple']


@scenario(transports=ALL)
def answers_of_every_shape(stage):
    a = stage.client('/answers')
    for shape in SHAPES:
        stage.call(a, '/answers', 'answer ' + shape)


@scenario(transports=ALL)
def emits_of_every_shape(stage):
    a = stage.client('/emits')
    for shape in ['omitted'] + SHAPES:
        stage.call(a, '/emits', 'emit', shape)
    stage.call(a, '/emits', 'send')


@scenario
def answer_comes_last(stage):
    a = stage.client('/answers')
    stage.call(a, '/answers', 'emit and answer')


@scenario(transports=ALL)
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
