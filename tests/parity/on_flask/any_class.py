"""An application with a class for all namespaces."""

from flask_socketio import Namespace, emit

from server import socketio


class Anywhere(Namespace):
    def on_connect(self, auth):
        return auth != {'name': 'nobody'}

    def on_method(self):
        emit('told', broadcast=True)
        return 'method'


socketio.on_namespace(Anywhere('*'))
