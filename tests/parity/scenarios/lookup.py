"""What handles an event where functions, classes and catch-alls could, and what is around them."""

from stage import scenario

NOBODY = {'name': 'nobody'}


@scenario
def function_before_method(stage):
    a = stage.client('/beside')
    for event in ['both', 'method', 'function']:
        stage.call(a, '/beside', event)


@scenario
def answers_of_functions(stage):
    a = stage.client('/beside')
    for event in ['nothing', 'tuple', 'list', 'bytes']:
        stage.call(a, '/beside', event)


@scenario
def on_error_of_functions_and_methods(stage):
    a = stage.client('/beside')
    stage.call(a, '/beside', 'fail in a function')
    stage.call(a, '/beside', 'fail_in_a_method')


@scenario
def function_of_all_namespaces(stage):
    for namespace in ['/beside', '/ns', '/answers', '/test', '/accepted', '/shadowed']:
        stage.call(stage.client(namespace), namespace, 'wildcard', {'a': 'b'})


@scenario
def functions_for_who_comes_and_goes(stage):
    a, b = stage.client('/doors'), stage.client('/doors')
    stage.call(a, '/doors', 'who')
    stage.client('/doors', auth=NOBODY)
    a.leave('/doors')
    stage.wait_for_leaving(b)


@scenario
def catch_all_shadows_a_class(stage):
    a, b = stage.client('/shadowed'), stage.client('/shadowed')
    stage.call(a, '/shadowed', 'named')
    stage.call(a, '/shadowed', 'method')
    stage.call(a, '/shadowed', 'an event nobody knows', 1, 'two')
    # Who comes and goes is not the catch-all's.
    a.leave('/shadowed')
    stage.wait_for_leaving(b)


@scenario
def accepted_without_handlers(stage):
    a, b = stage.client('/accepted', auth=NOBODY), stage.client('/accepted')
    stage.ask(a, '/accepted', 'an event nobody knows', 1)
    stage.call(a, '/accepted', 'wildcard', {'a': 'b'})
    stage.post('/announce', 'to everybody')
    a.leave('/accepted')
    stage.patience()


@scenario
def everything_of_everybody(stage):
    options = {'application': 'any_function'}
    a, b, c = (stage.client(namespace, **options) for namespace in ['/accepted', '/accepted', '/class'])
    stage.call(a, '/accepted', 'who')
    stage.call(c, '/class', 'who')
    stage.client('/accepted', auth=NOBODY, **options)
    a.leave('/accepted')
    stage.wait_for_leaving(b)


@scenario
def catch_all_of_all_namespaces(stage):
    a = stage.client('/accepted', '/class', application='any_function')
    stage.ask(a, '/accepted', 'an event nobody knows', 1)
    stage.ask(a, '/class', 'method')


@scenario
def class_for_all_namespaces(stage):
    options = {'application': 'any_class'}
    a, b, c = (stage.client(namespace, **options) for namespace in ['/one', '/one', '/two'])
    stage.ask(a, '/one', 'method')
    stage.client('/one', auth=NOBODY, **options)


def watching(stage):
    watch = stage.client('/watched')
    stage.call(watch, '/watched', 'watch')
    return watch


@scenario
def around_a_class(stage):
    watch, b = watching(stage), stage.client('/watched')
    stage.call(b, '/watched', 'double', 21)
    stage.emit(b, '/watched', 'an_event_nobody_knows')
    b.leave('/watched')
    watch.wait('after ["disconnect", []]')
    stage.patience()


@scenario
def answered_before_the_class(stage):
    watching(stage)
    b = stage.client('/watched')
    stage.call(b, '/watched', 'held_back')
    stage.client('/watched', auth=NOBODY)
    stage.patience()


@scenario
def around_a_handler_that_fails(stage):
    watching(stage)
    b = stage.client('/watched')
    stage.call(b, '/watched', 'fail')


@scenario
def around_a_function(stage):
    watching(stage)
    b = stage.client('/watched')
    stage.call(b, '/watched', 'function')
