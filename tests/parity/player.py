"""One client of a scenario: the official Python client, and a trace of all that it saw.

The trace has one line for each thing that happened, in order. What another client of the scenario does is
in that one's trace.
"""

import json
import queue
import socket
import threading
import time

import engineio
import socketio

DEADLINE = 10
# A namespace that is in no trace: through it a client is still asked whether it has got everything, once it has left
# the one that it had.
ASIDE = '/aside'
TRANSPORTS = {
    'polling': ['polling'], 'websocket': ['websocket'],
    # As a client does it that is not told: polling first.
    'upgraded': ['polling', 'websocket']}


class Late(Exception):
    """Something that was waited for did not come."""


def shown(value):
    """JSON, with bytes in it made visible."""
    return json.dumps(value, default=lambda data: f'<bytes {bytes(data).hex()}>', ensure_ascii=False, sort_keys=True)


class InOrder(socketio.Client):
    """The official client; only that it handles packets one after another and tells of all of them.

    It would start a thread for each packet, and the order in which they came would be lost.
    """

    def __init__(self, seen):
        super().__init__(reconnection=False, handle_sigint=False, request_timeout=DEADLINE)
        self.seen = seen
        self.packets = queue.SimpleQueue()
        # Whether a packet says that it is disconnected.
        self.told = False
        trigger = self.eio._trigger_event

        def in_order(event, *args, run_async=False, **options):
            if event == 'connect':
                return trigger(event, *args, **options)
            self.packets.put(lambda: trigger(event, *args, **options))

        self.eio._trigger_event = in_order
        threading.Thread(target=self.work, daemon=True).start()

    def work(self):
        while packet := self.packets.get():
            packet()

    def _handle_disconnect(self, namespace):
        self.told = True
        super()._handle_disconnect(namespace)
        self.told = False

    def _trigger_event(self, event, namespace, *args):
        if event != '__disconnect_final':
            return self.seen(event, namespace, args)


class Player:
    def __init__(self, address, transport, name):
        self.address = address
        self.transport = transport
        self.name = name
        self.trace = []
        self.replies = {}
        self.changed = threading.Condition()
        self.client = InOrder(self.seen)
        self.gone = False
        self.mark = 0
        # How many namespaces have said yes or no.
        self.answers = 0

    def note(self, line):
        with self.changed:
            self.trace.append(line)
            self.changed.notify_all()

    def answer(self, line):
        with self.changed:
            self.answers += 1
            self.note(line)

    def seen(self, event, namespace, args):
        if self.gone:
            return None
        if namespace == ASIDE:
            with self.changed:
                return self.changed.notify_all()
        if event == 'connect' and not args:
            self.answer(f'{namespace} connected')
        elif event == 'connect_error':
            self.answer(f'{namespace} refused {shown(list(args))}')
        elif event == 'disconnect':
            # How the end of a connection shows depends on what the client was just doing.
            told = self.client.told
            self.note(f'{namespace} disconnected: {args[0]}' if told else f'{namespace} lost with the connection')
            # With its last namespace the client gives up the connection, at once or not quite.
            self.gone = set(self.client.namespaces) <= {namespace}
        else:
            self.note(f'{namespace} < {event} {shown(list(args))}')
        reply = self.replies.get(event)
        return reply(*args) if callable(reply) else reply

    # What a scenario has it do.

    def connect(self, *namespaces, auth=None, query='', headers=None, answers=None):
        """Connects, and waits until each namespace has said yes or no, or so many of them have."""
        try:
            self.client.connect(
                self.address + query, headers or {}, auth, TRANSPORTS[self.transport], list(namespaces), wait=False)
        except socketio.exceptions.ConnectionError as error:
            self.note(f'not connected: {error}')
            self.gone = True
            return
        answers = len(namespaces) if answers is None else answers
        self.until(f'{answers} answers', lambda: self.answers == answers)
        if len(namespaces) > 1:
            # One namespace does not wait for another.
            self.trace.sort()

    def send(self, event, *args, namespace, ack=None, quiet=False):
        """Sends an event, also to a namespace of which the client knows that it is not in it."""
        if not quiet:
            self.mark = len(self.trace)
            self.note(f'{namespace} > {event} {shown(list(args))}')
        number = self.client._generate_ack_id(namespace, ack) if ack else None
        self.packet(socketio.packet.EVENT, namespace, [event, *args], number)

    def packet(self, kind, namespace, data=None, number=None):
        self.client._send_packet(self.client.packet_class(kind, namespace=namespace, data=data, id=number))

    def raw(self, text):
        """Sends a message as it is."""
        self.mark = len(self.trace)
        self.note(f'> {text}')
        self.client.eio.send(text)

    def call(self, event, *args, namespace):
        """Sends an event and waits for its acknowledgement."""
        answered = self.ask(event, *args, namespace=namespace)
        self.until(f'an acknowledgement of {event}', lambda: answered)
        return answered[0]

    def ask(self, event, *args, namespace):
        """Sends an event, and asks for an acknowledgement that may not come: the list it would be in."""
        answered = []

        def ack(*values):
            self.note(f'{namespace} ack of {event} {shown(list(values))}')
            answered.append(values)

        self.send(event, *args, namespace=namespace, ack=ack)
        return answered

    def fence(self):
        """Returns when all that was on its way to this client is here."""
        for namespace in list(self.client.namespaces):
            passed = threading.Event()
            self.send('fence', namespace=namespace, ack=lambda *_: passed.set(), quiet=True)
            ends = time.monotonic() + DEADLINE
            while not passed.wait(0.05) and namespace in self.client.namespaces and not self.gone:
                if time.monotonic() > ends:
                    raise Late(f'{self.name}: {namespace} does not answer any more')

    def wait(self, event):
        """Waits for an event of this name, or another line that ends so, since the last thing it sent."""
        def here():
            return any(f'< {event} ' in line or line.endswith(event) for line in self.trace[self.mark:])
        self.until(event, here)

    def until(self, what, condition):
        with self.changed:
            if not self.changed.wait_for(condition, DEADLINE):
                raise Late(f'{self.name}: no {what}')

    def step(self):
        """From here on `wait` waits for something new."""
        self.mark = len(self.trace)

    # How it leaves.

    def leave(self, namespace, aside=True):
        """Leaves a namespace as the JavaScript client does it; the Python one has no way to."""
        if aside:
            self.packet(socketio.packet.CONNECT, ASIDE)
            self.until(f'acceptance to {ASIDE}', lambda: ASIDE in self.client.namespaces)
        self.mark = len(self.trace)
        self.note(f'{namespace} left')
        self.client.namespaces.pop(namespace)
        self.packet(socketio.packet.DISCONNECT, namespace)

    def close_connection(self):
        """The Engine.IO packet that ends a connection."""
        self.gone = True
        self.client.eio._send_packet(engineio.packet.Packet(engineio.packet.CLOSE))

    def close_websocket(self):
        self.gone = True
        self.client.eio.ws.close(timeout=0)

    def drop_websocket(self):
        """As when the network fails, only that the server is told by its own system."""
        self.gone = True
        self.client.eio.ws.sock.shutdown(socket.SHUT_RDWR)

    def stop_answering(self):
        """It does not answer pings any more, nor anything else."""
        self.gone = True
        self.client.eio._send_packet = lambda packet: None
        if self.transport == 'polling':
            # Nor does it ask any more: the original takes a poll that has to wait too long for an error.
            self.client.eio.write_loop_task = None

    def end(self):
        """Leaves politely, without waiting for what comes of it."""
        self.gone = True
        if self.client.eio.state == 'connected':
            for namespace in list(self.client.namespaces):
                self.packet(socketio.packet.DISCONNECT, namespace)
            self.close_connection()
        self.client.packets.put(None)
