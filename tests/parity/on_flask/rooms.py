"""Whom an event reaches, and what comes from outside of handlers."""

from flask import request
from flask_socketio import close_room, disconnect, emit, join_room, leave_room, rooms, send

from server import app, socketio


@socketio.on('who', namespace='/rooms')
def rooms_who():
    return request.sid


@socketio.on('join', namespace='/rooms')
def rooms_join(*names):
    for name in names:
        join_room(name)
    return len(names)


@socketio.on('leave', namespace='/rooms')
def rooms_leave(room):
    leave_room(room)


@socketio.on('rooms', namespace='/rooms')
def rooms_rooms():
    return sorted(room for room in rooms() if room != request.sid)


@socketio.on('all rooms', namespace='/rooms')
def rooms_all():
    return ['own sid' if room == request.sid else room for room in rooms()]


@socketio.on('close', namespace='/rooms')
def rooms_close(room):
    close_room(room)


@socketio.on('to', namespace='/rooms')
def rooms_to(room, options):
    emit('hello', 'to', to=room, **options)


@socketio.on('send to', namespace='/rooms')
def rooms_send_to(room, options):
    send('hello', to=room, **options)


@socketio.on('all', namespace='/rooms')
def rooms_broadcast(options):
    emit('hello', 'all', broadcast=True, **options)


@socketio.on('without context', namespace='/rooms')
def rooms_without_context(room):
    socketio.emit('hello', 'without context', namespace='/rooms', to=room)


@socketio.on('join other', namespace='/rooms')
def rooms_join_other(sid, room):
    join_room(room, sid=sid)


@socketio.on('put out', namespace='/rooms')
def rooms_put_out(sid):
    disconnect(sid)


@socketio.on('to another namespace', namespace='/rooms')
def rooms_to_another(text):
    emit('news', text, namespace='/news', broadcast=True)


@socketio.on('task', namespace='/news')
def news_task(text):
    socketio.start_background_task(socketio.emit, 'news', text, namespace='/news')
    return 'started'


@app.post('/publish')
def publish():
    socketio.emit('news', request.get_data(as_text=True), namespace='/news')
    return 'published'


@app.post('/close')
def close():
    socketio.close_room(request.get_data(as_text=True), namespace='/rooms')
    return 'closed'
