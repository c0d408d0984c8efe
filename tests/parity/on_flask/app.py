"""An application on Flask-SocketIO: what `on_hobnob` is compared with. Prints its address."""

import importlib
import sys
import threading

from werkzeug.serving import make_server

from server import app, application

PLAIN = ['answers', 'calls', 'entrance', 'fixture', 'lookup', 'rooms']
FILES = {'plain': PLAIN, 'hasty': PLAIN}

for file in FILES.get(application, [application]):
    importlib.import_module(file)

if __name__ == '__main__':
    server = make_server('127.0.0.1', 0, app, threaded=True)
    print(f'http://127.0.0.1:{server.port}', flush=True)
    # Ends with drive.py, however that ends.
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdin.read()
