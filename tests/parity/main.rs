//! Parity with Flask-SocketIO: each test of its own test file, and 25 behaviours that it has without a
//! test, as a test of hobnob named after the behaviour. Read as a specification.
//!
//! Most tests are written with the public test client, as a user of hobnob writes them; where HTTP or the
//! bytes on the wire matter, with the raw client of this package, over a real port. The application of the
//! original's tests is in `fixture`.
//!
//! Where hobnob differs on purpose the test asserts what hobnob does, and its comment says in what and why.
//! What of the original is wrong and not copied is in `bugs`.
//!
//! | test of Flask-SocketIO | here |
//! |---|---|
//! | `test_connect` | `connecting::two_clients_connect_and_are_greeted_and_one_leaves_without_the_other` |
//! | `test_connect_query_string_and_headers` | `connecting::on_connect_sees_query_and_headers` |
//! | `test_connect_namespace` | `connecting::a_client_connects_to_another_namespace_without_the_root` |
//! | `test_connect_namespace_query_string_and_headers` | `connecting::on_connect_of_a_namespace_sees_query_and_headers` |
//! | `test_connect_rejected` | `connecting::a_client_that_on_connect_refuses_is_not_connected_and_is_told_why` |
//! | `test_disconnect` | `connecting::on_disconnect_runs_when_a_client_leaves_and_is_told_the_reason` |
//! | `test_disconnect_namespace` | `connecting::on_disconnect_need_not_take_the_reason` |
//! | `test_message_queue_options` | `serving::a_server_with_an_adapter_has_clients_and_one_that_is_not_served_only_sends` |
//! | `test_send` | `sending::a_text_is_the_event_message` |
//! | `test_send_json` | `sending::json_is_the_event_json_and_a_broadcast_reaches_the_sender_too` |
//! | `test_send_namespace` | `sending::a_text_stays_in_its_namespace` |
//! | `test_send_json_namespace` | `sending::json_stays_in_its_namespace` |
//! | `test_emit` | `sending::an_event_may_have_any_name` |
//! | `test_emit_binary` | `sending::bytes_within_an_object_go_both_ways` |
//! | `test_emit_catch_all_event` | `sending::an_event_that_nothing_else_handles_goes_to_the_catch_all` |
//! | `test_send_catch_all_namespace` | `sending::a_function_for_all_namespaces_answers_in_the_namespace_of_the_client` |
//! | `test_request_event_data` | `sending::a_handler_of_several_events_knows_which_one_came_with_which_arguments` |
//! | `test_emit_namespace` | `sending::an_event_of_a_namespace_is_answered_there` |
//! | `test_broadcast` | `reaching::a_broadcast_reaches_its_namespace_and_no_other` |
//! | `test_broadcast_namespace` | `reaching::a_broadcast_of_a_namespace_does_not_reach_the_root` |
//! | `test_managed_session` | `sessions::a_copy_of_the_http_session_lasts_as_long_as_the_connection` |
//! | `test_unmanaged_session` | `sessions::what_an_event_writes_into_the_http_session_is_kept` |
//! | `test_room` | `reaching::a_room_reaches_its_members_and_is_another_one_in_each_namespace` |
//! | `test_error_handling` | `acknowledgements::an_error_goes_to_the_error_handler_of_the_root` |
//! | `test_error_handling_namespace` | `acknowledgements::an_error_goes_to_the_error_handler_of_its_namespace` |
//! | `test_error_handling_default` | `acknowledgements::an_error_goes_to_the_default_handler_where_the_namespace_has_none` |
//! | `test_ack` | `acknowledgements::what_a_handler_returns_is_the_acknowledgement` |
//! | `test_noack` | `acknowledgements::who_does_not_ask_is_not_answered` |
//! | `test_error_handling_ack` | `acknowledgements::what_an_error_handler_returns_is_the_acknowledgement` |
//! | `test_on_event` | `sending::a_function_that_is_written_elsewhere_is_given_to_the_builder` |
//! | `test_connect_class_based` | `connecting::on_connect_of_a_class_greets` |
//! | `test_connect_class_based_query_string_and_headers` | `connecting::on_connect_of_a_class_sees_query_and_headers` |
//! | `test_disconnect_class_based` | `connecting::on_disconnect_of_a_class_need_not_take_the_reason` |
//! | `test_send_class_based` | `sending::on_message_of_a_class_handles_text` |
//! | `test_send_json_class_based` | `sending::on_json_of_a_class_handles_json` |
//! | `test_server_disconnected` | `connecting::a_handler_disconnects_its_client_and_no_other` |
//! | `test_emit_class_based` | `sending::a_method_handles_the_event_of_its_name` |
//! | `test_request_event_data_class_based` | `sending::a_method_knows_which_event_came_with_which_arguments` |
//! | `test_delayed_init` | `serving::a_server_is_set_up_in_one_place_and_finished_in_another` |
//! | `test_encode_decode` | `acknowledgements::what_a_client_sends_is_encoded_when_it_is_sent` |
//! | `test_encode_decode_2` | `acknowledgements::what_a_handler_sends_is_encoded_when_it_is_sent` |
//! | `test_background_task` | `outside::a_task_that_on_connect_starts_reaches_the_client` |
//!
//! | further behaviour | | here |
//! |---|---|---|
//! | 1 | only `False` refuses | `refusing::only_false_refuses_and_every_other_value_lets_in` |
//! | 2 | what a refusal tells the client | `refusing::a_refusal_says_why_and_may_have_data` |
//! | 2 | what a refusal tells the client | `refusing::a_refusal_may_come_from_a_function_that_on_connect_calls` |
//! | 3 | an empty auth object | `refusing::an_empty_auth_object_is_one` |
//! | 4 | no `on_disconnect` after a refusal | `refusing::on_disconnect_does_not_run_for_who_was_refused` |
//! | 5 | the reasons of a disconnect | `refusing::the_reasons_are_called_as_in_the_original` |
//! | 6 | rooms and session in `on_disconnect` | `refusing::on_disconnect_has_rooms_and_session_and_reaches_the_room` |
//! | 7 | a client's own room | `reaching::a_client_is_reached_by_its_sid` |
//! | 8 | `include_self` and `skip_sid` | `reaching::the_sender_and_others_may_be_left_out` |
//! | 9 | several rooms at once | `reaching::several_rooms_reach_each_client_once` |
//! | 10 | values of an acknowledgement | `values::what_is_returned_becomes_the_values_of_the_acknowledgement` |
//! | 11 | acknowledgement after the handler's events | `values::the_acknowledgement_comes_after_all_that_the_handler_sent` |
//! | 12 | arguments of an event | `values::what_is_sent_becomes_the_arguments_of_the_event` |
//! | 13 | function before method | `dispatching::a_function_comes_before_the_method_for_the_same_event` |
//! | 14 | an event without a method | `dispatching::an_event_without_a_method_is_not_acknowledged_unless_an_option_says_so` |
//! | 15 | an unknown namespace | `dispatching::an_unknown_namespace_is_refused_and_the_connection_stays` |
//! | 16 | `trigger_event` | `dispatching::a_middleware_sees_connect_and_disconnect_and_every_event` |
//! | 16 | `trigger_event` | `dispatching::a_middleware_may_answer_in_place_of_the_handler` |
//! | 17 | after `disconnect()` in a handler | `values::a_handler_goes_on_after_disconnect_and_is_still_acknowledged` |
//! | 18 | `call` | `calling::call_returns_a_value_a_tuple_of_several_or_none` |
//! | 18 | `call` | `calling::call_waits_for_a_minute_or_as_long_as_it_is_told` |
//! | 18 | `call` | `calling::call_ends_at_once_when_the_client_leaves` |
//! | 19 | `callback=` | `calling::what_a_client_answers_comes_back_to_who_asked` |
//! | 20 | sending from routes and tasks | `outside::a_task_of_the_server_reaches_everybody_in_a_namespace` |
//! | 20 | sending from routes and tasks | `outside::a_route_reaches_everybody_in_a_namespace` |
//! | 21 | origins | `serving::a_page_of_another_origin_is_refused_on_both_transports` |
//! | 22 | size of messages | `serving::a_message_beyond_the_limit_ends_the_connection_on_both_transports` |
//! | 23 | `close_room` | `reaching::closing_a_room_disconnects_nobody` |
//! | 24 | two namespaces on one connection | `reaching::two_namespaces_of_one_connection_do_not_depend_on_each_other` |
//! | 25 | inherited methods | `dispatching::what_classes_have_in_common_is_a_function_or_a_class_at_several_paths` |

mod acknowledgements;
mod bugs;
mod calling;
mod connecting;
mod dispatching;
mod fixture;
mod greeting;
mod outside;
mod reaching;
mod refusing;
mod sending;
mod serving;
mod sessions;
mod stage;
mod table;
mod values;
