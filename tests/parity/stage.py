"""What a scenario plays on: one server with all its applications, one transport, and the clients it asks for."""

import time

import requests
import websocket

from player import DEADLINE, Late, Player

SCENARIOS = {}
BOTH = ('polling', 'websocket')
ALL = (*BOTH, 'upgraded')


def scenario(function=None, *, transports=BOTH):
    """Makes a function a scenario, by its name."""
    def add(function):
        SCENARIOS[function.__name__] = (function, transports)
        return function
    return add(function) if function else add


class Stage:
    def __init__(self, server, transport):
        self.server = server
        self.transport = transport
        self.players = {}
        self.notes = []

    def client(self, *namespaces, application='plain', **options):
        """A client, connected: `a` is the first, `b` the second, and so on."""
        player = self.newcomer(application)
        player.connect(*namespaces, **options)
        self.settle()
        return player

    def newcomer(self, application='plain'):
        name = 'abcdef'[len(self.players)]
        address = self.server['addresses'][application]
        player = self.players[name] = Player(address, self.transport, name)
        return player

    def call(self, player, namespace, event, *args):
        """An event that is acknowledged, and all that comes of it, to whomever."""
        answer = player.call(event, *args, namespace=namespace)
        self.settle()
        return answer

    def emit(self, player, namespace, event, *args):
        """An event without acknowledgement, which makes the server send something to its client."""
        player.send(event, *args, namespace=namespace)
        self.patience()

    def ask(self, player, namespace, event, *args):
        """An event for which an acknowledgement is asked, where it is the question whether one comes."""
        answered = player.ask(event, *args, namespace=namespace)
        self.patience()
        if not answered:
            player.note(f'{namespace} no ack of {event}')

    def settle(self):
        for player in self.players.values():
            if not player.gone:
                player.fence()

    def patience(self):
        """All that comes of events that are not waited for, on one client and then on the others."""
        for _ in range(2):
            self.settle()

    def wait_for_leaving(self, *witnesses):
        """Until these have heard that somebody left, and everybody whatever else comes of it."""
        for witness in witnesses:
            witness.wait('left')
        self.patience()

    def survives(self, player):
        """Whether the connection outlives what its client has just sent."""
        try:
            self.patience()
        except Exception:
            pass
        return not player.gone and player.client.eio.state == 'connected'

    def post(self, path, text):
        answer = requests.post(self.server['addresses']['plain'] + path, data=text, timeout=DEADLINE)
        self.notes.append(f'POST {path} {text}: {answer.status_code} {answer.text}')
        self.settle()

    def handshake(self, headers):
        """Opens a connection without any client, to see the answer of HTTP."""
        address = self.server['addresses']['plain']
        real = {'http://SERVER': address, 'https://SERVER': address.replace('http', 'https')}
        headers = {name: real.get(value, value) for name, value in headers.items()}
        path = f'/socket.io/?EIO=4&transport={self.transport}'
        if self.transport == 'polling':
            answer = requests.get(address + path, headers=headers, timeout=DEADLINE)
            status = answer.status_code
            body = answer.text if status != 200 else answer.text[:1]
            allowed = answer.headers.get('Access-Control-Allow-Origin', 'nobody')
            allowed = allowed.replace(address.partition(':')[2], '//SERVER')
            return f'{status} {body} (readable for {allowed})'
        try:
            socket = websocket.create_connection(
                address.replace('http', 'ws') + path, header=headers, timeout=DEADLINE, suppress_origin=True)
        except websocket.WebSocketBadStatusException as refused:
            return f'{refused.status_code} {(refused.resp_body or b"").decode()}'
        first = socket.recv()[:1]
        socket.close()
        return f'101 {first}'

    def end(self):
        """Waits until nobody is left, who would be seen to leave in the next scenario."""
        for player in self.players.values():
            player.end()
        ends = time.monotonic() + DEADLINE
        for address in self.server['addresses'].values():
            while (left := requests.get(address + '/connected', timeout=DEADLINE).text) != '0':
                if time.monotonic() > ends:
                    raise Late(f'{left} clients are still connected')
                time.sleep(0.01)

    def traces(self):
        traces = {name: player.trace for name, player in self.players.items()}
        if self.notes:
            traces['http'] = self.notes
        return traces
