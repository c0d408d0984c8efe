"""What Celery workers and their like do: emit through Redis, without being a server.

    python workers.py URL ANNA BERT CLEO

with the sids of three clients. The test beside says what each of them gets.
"""
import json
import pickle
import sys

import redis
from flask_socketio import SocketIO
from socketio import RedisManager

url, anna, bert, cleo = sys.argv[1:]
HALL = "/hall"

# As python-socketio documents it for an external process.
worker = RedisManager(url, write_only=True)
worker.emit("one", {"n": 1, "text": "où"}, namespace=HALL)
worker.emit("several", ("a", [2], None), namespace=HALL)
worker.emit("bytes", {"file": b"\x00\xff", "more": [b"x"]}, namespace=HALL)
worker.emit("tea", 1, room="tea", namespace=HALL)
worker.emit("tea or coffee", 1, room=["tea", "coffee"], namespace=HALL)
worker.emit("bert", 1, to=bert, namespace=HALL)
worker.emit("not anna", 1, skip_sid=anna, namespace=HALL)
worker.emit("cleo", 1, skip_sid=[anna, bert], namespace=HALL)
worker.enter_room(bert, HALL, "juice")
worker.emit("juice", 1, room="juice", namespace=HALL)
worker.leave_room(bert, HALL, "juice")
worker.emit("no juice", 1, room="juice", namespace=HALL)
worker.close_room("coffee", HALL)
worker.emit("no coffee", 1, room="coffee", namespace=HALL)
worker.emit("nobody", 1, room="nobody", namespace=HALL)

# What means nothing on the other side, or is not to be trusted.
queue = redis.Redis.from_url(url)


def publish(**message):
    queue.publish("socketio", json.dumps(message))


worker.emit("nowhere", 1, namespace="/no/../such,namespace")
worker.emit("own room of nobody", 1, room="~", namespace=HALL)
worker.emit("connect", 1, namespace=HALL)
publish(method="callback", host_id="x", sid=anna, namespace=HALL, id=1, args=[])
publish(method="emit", event="asks", data=[1], namespace=HALL, callback=[anna, HALL, 1])
publish(method="emit", event="half", data=[[1], "no base64"], binary=True, namespace=HALL)
publish(method="emit")
queue.publish("socketio", "not JSON")
queue.publish("socketio", pickle.dumps({"method": "emit", "event": "pickled", "data": [1]}))

# A server of python-socketio publishes this for a client that is not its own; the write-only manager
# cannot.
publish(method="disconnect", sid=cleo, namespace=HALL, host_id="x")
worker.emit("without cleo", 1, namespace=HALL)

# As Flask-SocketIO documents it for an external process. Its channel is another.
flask = SocketIO(message_queue=url)
flask.emit("flask", {"n": 2}, namespace=HALL)
flask.emit("flask for bert", ("a", b"b"), to=bert, namespace=HALL)
flask.send("text", namespace=HALL)
flask.emit("last", namespace=HALL)
