//! What a client is answered: what the handler returned, or that it failed.

use std::any::type_name;

use serde::de::DeserializeOwned;
use serde_json::Value as Json;
use socketioxide_core::Value;

use super::TestError;
use crate::argument::{decode_answer, has_place_for};

/// The field that says that an event went wrong.
const ERROR: &str = "error";

/// Decodes an answer. One that says that the handler failed is an error, unless an `R` can say so too.
pub(super) fn decode<R: DeserializeOwned>(answer: &Value, what: &str) -> Result<R, TestError> {
    if let Some((message, object)) = failure(answer)
        && !has_place_for::<R>(ERROR, answer)
    {
        return Err(TestError::Failed {
            what: what.to_owned(),
            message,
            answer: object,
        });
    }
    decode_answer(answer).map_err(|error| TestError::Decode {
        what: format!("{what}, {},", answer.as_str().map_or("", |text| text)),
        expected: type_name::<R>(),
        error,
    })
}

/// The one value of an answer if it is an object whose `error` is text, and that text.
fn failure(answer: &Value) -> Option<(String, Json)> {
    let values: [Json; 1] = serde_json::from_str(answer.as_str()?).ok()?;
    let [object] = values;
    let message = object.as_object()?.get(ERROR)?.as_str()?.to_owned();
    Some((message, object))
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde::{Deserialize, de::IgnoredAny};
    use serde_json::json;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Settings {
        color: String,
        size: Option<u8>,
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Outcome {
        size: Option<u8>,
        error: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(untagged)]
    #[expect(dead_code, reason = "only decoded")]
    enum Either {
        Size(u8),
        Failed { error: String },
    }

    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only decoded")]
    struct Wrapped(Outcome);

    fn answered<R: DeserializeOwned>(answer: &Json) -> Result<R, TestError> {
        let answer = Value::Str(answer.to_string().into(), None);
        decode(&answer, "the answer")
    }

    fn fails<R: DeserializeOwned>(answer: &Json) -> bool {
        matches!(answered::<R>(answer), Err(TestError::Failed { .. }))
    }

    #[test]
    fn who_has_no_place_for_an_error_fails_with_it() {
        for answer in [
            json!([{ "error": "no" }]),
            json!([{ "error": "no", "data": { "size": 3 } }]),
        ] {
            assert!(fails::<()>(&answer));
            assert!(fails::<u8>(&answer));
            assert!(fails::<Option<u8>>(&answer));
            assert!(fails::<(String,)>(&answer));
            assert!(fails::<IgnoredAny>(&answer));
            assert!(fails::<Option<IgnoredAny>>(&answer));
            // It could be made of nothing, and would look like success.
            assert!(fails::<Settings>(&answer));
            assert!(fails::<(Option<Settings>, Option<u8>)>(&answer));
            let error = answered::<()>(&answer).unwrap_err();
            assert_eq!(error.to_string(), "the answer is an error: no");
            assert_eq!(error.failure(), Some("no"));
        }
    }

    #[test]
    fn who_has_a_place_for_an_error_gets_it() {
        let answer = json!([{ "error": "no" }]);
        assert_eq!(answered::<Json>(&answer).unwrap(), answer[0]);
        answered::<HashMap<String, String>>(&answer).unwrap();
        answered::<Outcome>(&answer).unwrap();
        answered::<Option<Outcome>>(&answer).unwrap();
        answered::<Wrapped>(&answer).unwrap();
        answered::<Either>(&answer).unwrap();
        answered::<(Json, Option<u8>)>(&answer).unwrap();
        answered::<(Outcome,)>(&answer).unwrap();
    }

    #[test]
    fn what_only_looks_like_an_error_is_an_answer() {
        for answer in [
            json!([]),
            json!([null]),
            json!(["error"]),
            json!([{ "error": null }]),
            json!([{ "error": 3 }]),
            json!([{ "errors": "no" }]),
            json!([[{ "error": "no" }]]),
            json!([{ "error": "no" }, 1]),
        ] {
            answered::<()>(&answer).unwrap();
        }
        assert_eq!(
            answered::<Settings>(&json!([{}])).unwrap(),
            Settings::default()
        );
        assert!(matches!(
            answered::<u8>(&json!([{ "error": 3 }])),
            Err(TestError::Decode { .. })
        ));
    }
}
